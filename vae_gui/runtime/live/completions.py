"""LiveCompletions: what the unknown part of an image may be, kept up to date in the background."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from vae_gui.core.analysis.completion import Completions, completions
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.live.front import LiveFront
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task

SETTLED_MS = 250  # after the last change of the drawing or of what is unknown


class LiveCompletions(LiveFront[Completions]):
    """Signals: `changed()`, when value, progress or problem do."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._explorer = context.explorer
        self._asked: tuple[Frozen, Frozen] | None = None
        job = LatestJob(context.jobs, self)
        self._live = Live[Completions](
            context.explorer, context.training, job, self._task, SETTLED_MS
        )
        self._live.changed.connect(self.changed)
        self._explorer.weights.changed.connect(self._live.touch)

    @property
    def value(self) -> Completions | None:
        """Return the completions last asked for or, until known, those before; None while nothing is asked for."""
        return None if self._asked is None else self._live.value

    @property
    def up_to_date(self) -> bool:
        return self._live.up_to_date

    def ask(self, image: NDArray[np.uint8] | None, unknown: NDArray[np.bool_] | None) -> None:
        """Complete this image (side, side) where it is unknown (side, side); None for neither."""
        asked = None
        if image is not None and unknown is not None:
            asked = Frozen(image), Frozen(unknown)
        self._asked = asked
        self._live.touch()

    def _task(self) -> Task[Completions] | None:
        snapshot, asked = self._explorer.weights.snapshot, self._asked
        if snapshot is None or asked is None:
            return None
        image = np.asarray(asked[0].array, np.uint8)
        unknown = np.asarray(asked[1].array, np.bool_)
        return Task(asked, snapshot, partial(_complete, snapshot, image, unknown))


def _complete(
    snapshot: Snapshot, image: NDArray[np.uint8], unknown: NDArray[np.bool_]
) -> Job[Completions]:
    with import_lock():
        from vae_gui.core.vae.devices import use_threads

    use_threads(1)  # on a busy machine two threads mostly wait for each other: 10 s instead of 1
    return (yield from completions(snapshot, image, unknown))
