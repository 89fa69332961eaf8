"""Finds the shortest path again and again: a job once A and B have settled, or the weights are others."""

import time
from functools import partial
from typing import cast

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from vae_gui.core.paths.geodesic import Geodesic, geodesic
from vae_gui.core.paths.path import LatentPath, geodesic_path, stops_of
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.types import Z
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs, JobThread
from vae_gui.runtime.training import Phase, Training

SETTLED_MS, REST_MS = 300, 2000
_FRAMES = 32
_Stops = tuple[Z, ...]
_Found = tuple[_Stops, Snapshot, Geodesic]


class GeodesicSearch(QObject):
    """Signals: `changed()`: another path was found, or whether one is looked for."""

    changed = Signal()

    def __init__(self, jobs: Jobs, training: Training, explorer: Explorer, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._training, self._explorer = jobs, training, explorer
        self._found: _Found | None = None
        self._path: LatentPath | None = None
        self._job: JobThread | None = None
        self._looking_for: _Stops = ()
        self._declined: _Stops | None = None
        self._restarts = False
        self._wanted = False
        self._begun = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._begin)

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def declined(self) -> bool:
        """Whether the search between these ends was cancelled or failed."""
        return self._declined == self._stops()

    @property
    def up_to_date(self) -> bool:
        """Whether `path` is of these stops and of these weights."""
        found = self._found
        return (
            found is not None and found[0] == self._stops() and found[1] is self._explorer.snapshot
        )

    def path(self) -> LatentPath | None:
        """The path between these stops, of the last weights for which it was looked for."""
        return self._path if self._found is not None and self._found[0] == self._stops() else None

    def note(self) -> str:
        """Why there is none."""
        if self.declined:
            return "The search was cancelled: this is the straight line."
        return "Looking for the shortest path: until then the straight line."

    def want(self, on: bool) -> None:
        """Whether a path is needed. Called after every change of the latent state."""
        self._wanted = on
        if not on:
            self._stop()
        elif self._job is not None and self._looking_for != self._stops():
            self._restarts = True
            self._job.cancel()
        elif self._job is None and self.path() is None:
            self._timer.start(SETTLED_MS)

    def weights_changed(self) -> None:
        if self._wanted and self._job is None and not self._timer.isActive():
            training = self._training.phase is Phase.RUNNING
            rested = round(1000 * (time.monotonic() - self._begun))
            self._timer.start(max(0, REST_MS - rested) if training else SETTLED_MS)

    def find(self) -> None:
        """Look for it again after a search that was cancelled."""
        self._declined = None
        self._timer.start(0)

    def cancel(self) -> None:
        """End the search until A or B are others."""
        if self._job is not None:
            self._job.cancel()

    def clear(self) -> None:
        """Another model is shown."""
        self._stop()
        self._found = self._path = self._declined = None

    def shutdown(self) -> None:
        self._wanted = False
        self._timer.stop()

    def _stops(self) -> _Stops:
        return stops_of(self._explorer.latent)

    def _stop(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._restarts = True
            self._job.cancel()

    def _begin(self) -> None:
        snapshot, stops = self._explorer.snapshot, self._stops()
        if not self._wanted or self._job is not None or snapshot is None:
            return
        if self.up_to_date or self.declined:
            return
        self._begun = time.monotonic()
        self._looking_for, self._restarts = stops, False
        title = "" if self._training.phase is Phase.RUNNING else "Shortest path"
        self._job = self._jobs.start(
            title, partial(_look, stops, snapshot), self._on_found, self._explorer.failed.emit
        )
        if self._job is not None:
            self._job.failed.connect(self._on_declined)
            self._job.cancelled.connect(self._on_declined)
            self._job.finished.connect(self._on_finished)
            self.changed.emit()

    def _on_found(self, value: object) -> None:
        found = cast("_Found", value)
        snapshot = self._explorer.snapshot
        if snapshot is not None and found[1].run_id == snapshot.run_id:
            self._found = found
            self._path = geodesic_path(found[2].curve, len(found[0]) - 1, found[2].note)

    def _on_declined(self) -> None:
        if not self._restarts:
            self._declined = self._looking_for

    def _on_finished(self) -> None:
        self._job = None
        self._declined = self._declined if self.declined else None
        if self._wanted and not self.up_to_date and not self.declined:
            self._restarts = False
            if self.path() is None:
                self._timer.start(SETTLED_MS)
            else:
                self.weights_changed()
        self.changed.emit()


def _look(stops: _Stops, snapshot: Snapshot) -> Job[_Found]:
    yield Progress(0, None, "Looking for the shortest path")
    with import_lock():
        from vae_gui.core.vae.devices import use_threads

    use_threads(1)  # its tensors are small: two threads would mostly wait for each other
    found = yield from geodesic(snapshot, np.array(stops), _FRAMES)
    return stops, snapshot, found
