"""Keeps log p(x) of an image up to date in the background, not more often than it may cost."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from vae_gui.core.analysis.exact_posterior import LikelihoodGrid
from vae_gui.core.analysis.log_evidence import LogEvidence, bounded_log_evidence, exact_log_evidence
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.context import Context
from vae_gui.runtime.jobs import JobThread
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.runtime.training import Phase

SETTLED_MS = 250  # after the last change of the drawing
REST_SECONDS = 2.0  # while a model trains

Image = NDArray[np.uint8]


class LogEvidenceKeeper(QObject):
    """`result` is of `image`; None until it is known.

    Signals: `changed()`, when result, progress or problem do.
    """

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self.image: Image | None = None
        self.result: LogEvidence | None = None
        self.progress: Progress | None = None
        self.problem = ""
        self._samples: int | None = None
        self._context = context
        self._thread: JobThread | None = None
        self._grid: tuple[Snapshot, LikelihoodGrid] | None = None
        self._throttle = Throttle(self)
        self._throttle.due.connect(self._start)

    @property
    def busy(self) -> bool:
        return self._thread is not None

    def follow(self, image: Image | None, samples: int | None) -> None:
        """Weigh this image under the weights of now; samples: of the bound, None for the exact value."""
        if image is not self.image or samples != self._samples:
            self.cancel()
            self.image, self._samples, self.result = image, samples, None
            self.problem = ""
            self.changed.emit()
            if image is not None:
                self._throttle.settle(SETTLED_MS)
        elif image is not None and self._is_stale() and not self.busy:
            training = self._context.training.phase is Phase.RUNNING
            self._throttle.after_rest(REST_SECONDS if training else 0.0)

    def cancel(self) -> None:
        """Stop what is going on; the last result stays."""
        self._throttle.cancel()
        if self._thread is not None:
            self._thread.cancel()
            self._thread = self.progress = None
            self.changed.emit()

    def forget(self) -> None:
        """Cancel, and let go of what takes much memory."""
        self.follow(None, None)
        self._grid = None

    def _is_stale(self) -> bool:
        """A failure is not tried again with the same image."""
        snapshot = self._context.explorer.snapshot
        if self.problem:
            return False
        return self.result is None or self.result.snapshot is not snapshot

    def _start(self) -> None:
        snapshot, image, samples = self._context.explorer.snapshot, self.image, self._samples
        if snapshot is None or image is None or self.busy:
            return
        grid = None
        if self._grid is not None and self._grid[0] is snapshot:
            grid = self._grid[1]

        def make() -> Job[LogEvidence]:
            if samples is None:
                return exact_log_evidence(snapshot, image, grid)
            return bounded_log_evidence(snapshot, image, samples)

        self._thread = self._context.jobs.start("", make, self._on_done, self._on_failed)
        if self._thread is not None:
            self._thread.progressed.connect(self._on_progressed)
        self.changed.emit()

    def _on_progressed(self, progress: Progress) -> None:
        if self.sender() is self._thread:
            self.progress = progress
            self.changed.emit()

    def _on_done(self, value: object) -> None:
        if self.sender() is not self._thread:
            return
        self.result = cast(LogEvidence, value)
        if self.result.grid is not None:
            self._grid = self.result.snapshot, self.result.grid
        self._end()

    def _on_failed(self, text: str) -> None:
        if self.sender() is self._thread:
            self.problem = text
            self._end()

    def _end(self) -> None:
        self._thread = self.progress = None
        self.changed.emit()
        self.follow(self.image, self._samples)  # the weights may have moved on meanwhile
