"""PathSearch: a path that has to be searched for, such as the geodesic, kept up to date as A, B and the weights move."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from vae_gui.core.paths import PathEntry
from vae_gui.core.paths.path import LatentPath, stops_of
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job
from vae_gui.core.support.types import Z
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task
from vae_gui.runtime.training import Phase, Training

SETTLED_MS = 300
_FRAMES = 32


class PathSearch(QObject):
    """`wanted`: whether anybody looks at the path. `live` says whether it is searched for, and can be cancelled."""

    def __init__(
        self,
        entry: PathEntry,
        wanted: Callable[[], bool],
        jobs: Jobs,
        training: Training,
        explorer: Explorer,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._entry, self._wanted = entry, wanted
        self._training, self._explorer = training, explorer
        job = LatestJob(jobs, self)
        self.live = Live[LatentPath](explorer, training, job, self._task, SETTLED_MS)
        self.live.watch(True)
        explorer.weights.changed.connect(self.live.touch)

    @property
    def found(self) -> bool:
        """Say whether the path between these stops is known, for whatever weights."""
        result = self.live.result
        return result is not None and result.task.of == stops_of(self._explorer.latent)

    def path(self) -> LatentPath:
        """The path that is built at once stands in for one that is not found yet, and says so."""
        if self.found and self.live.value is not None:
            return self.live.value
        stand_in = self._entry.title.lower()
        note = f"Looking for the {stand_in}: until then the straight line."
        if self.live.problem:
            note = f"{self.live.problem} This is the straight line."
        return replace(self._entry.build(self._explorer.latent), note=note)

    def _task(self) -> Task[LatentPath] | None:
        snapshot, stops = self._explorer.weights.snapshot, stops_of(self._explorer.latent)
        if snapshot is None or not self._wanted():
            return None
        title = "" if self._training.phase is Phase.RUNNING else self._entry.title
        return Task(stops, snapshot, lambda: self._search(snapshot, stops), title)

    def _search(self, snapshot: Snapshot, stops: tuple[Z, ...]) -> Job[LatentPath]:
        with import_lock():
            from vae_gui.core.vae.devices import use_threads

        use_threads(1)  # its tensors are small: two threads would mostly wait for each other
        assert self._entry.search is not None
        return (yield from self._entry.search(snapshot, stops, _FRAMES))
