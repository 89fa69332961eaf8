"""LiveLogEvidence: log evidence (log marginal likelihood, log p(x)) of one image, kept up to date in the background."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from vae_gui.core.analysis.exact_posterior import LikelihoodGrid
from vae_gui.core.analysis.log_evidence import LogEvidence, bounded_log_evidence, exact_log_evidence
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.support.progress import Job
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.live.front import LiveFront
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task

SETTLED_MS = 250  # after the last change of the drawing


class LiveLogEvidence(LiveFront[LogEvidence]):
    """Signals: `changed()`, when value, progress or problem do."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._explorer = context.explorer
        self._asked: tuple[Frozen, int | None] | None = None
        self._grid: tuple[Snapshot, LikelihoodGrid] | None = None
        job = LatestJob(context.jobs, self)
        self._live = Live[LogEvidence](
            context.explorer, context.training, job, self._task, SETTLED_MS
        )
        self._live.changed.connect(self._on_changed)
        self._explorer.weights.changed.connect(self._live.touch)

    @property
    def value(self) -> LogEvidence | None:
        """Return the log evidence of the image that was asked for; None until it is known."""
        result = self._live.result
        return result.value if result is not None and result.task.of == self._asked else None

    def ask(self, image: NDArray[np.uint8] | None, samples: int | None) -> None:
        """Weigh this image (side, side); samples: of the IWAE bound, None for the exact value."""
        self._asked = None if image is None else (Frozen(image), samples)
        self._live.touch()

    def cancel(self) -> None:
        """Stop what is going on; the last value stays."""
        self._live.cancel()

    def watch(self, on: bool) -> None:
        """Somebody who shows it came or went; when nobody is left, what takes much memory goes."""
        super().watch(on)
        if not on:
            self._grid = None

    def _task(self) -> Task[LogEvidence] | None:
        snapshot, asked = self._explorer.weights.snapshot, self._asked
        if snapshot is None or asked is None:
            return None
        return Task(asked, snapshot, lambda: self._weigh(snapshot, *asked))

    def _weigh(self, snapshot: Snapshot, image: Frozen, samples: int | None) -> Job[LogEvidence]:
        pixels = np.asarray(image.array, np.uint8)
        if samples is not None:
            return bounded_log_evidence(snapshot, pixels, samples)
        of, grid = self._grid or (None, None)
        return exact_log_evidence(snapshot, pixels, grid if of is snapshot else None)

    def _on_changed(self) -> None:
        if self.value is not None and self.value.grid is not None:
            self._grid = self.value.snapshot, self.value.grid
        self.changed.emit()
