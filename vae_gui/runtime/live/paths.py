"""PathLab: the owner of the ways from A to B, so that strip, pad and exports show the same one (D6)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from vae_gui.core.analysis.coverage import Calibrate, Coverage
from vae_gui.core.paths.curves import Points
from vae_gui.core.paths.path import (
    FREEHAND,
    GEODESIC,
    SLERP,
    STRAIGHT,
    LatentPath,
    Measured,
    frames_of,
    freehand_path,
    keyframe_leg,
    slerp_path,
    stops_of,
    straight_path,
)
from vae_gui.core.paths.requests import Measure, PathPlan
from vae_gui.core.support.types import Z
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.live.geodesic import GeodesicSearch
from vae_gui.runtime.training import Phase, Training

REST_MS, QUIET_MS = 2000, 60


class PathLab(QObject):
    """Signals: `changed()`: frames, lengths or the map are others though the latent state is the same;
    `drawing_changed()`: whether the next drag on the pad draws a path.
    """

    changed = Signal()
    drawing_changed = Signal()

    def __init__(self, jobs: Jobs, training: Training, explorer: Explorer) -> None:
        super().__init__()
        self.bending = GeodesicSearch(jobs, training, explorer, self)
        self.meter: Coverage | None = None
        self.drawing = False
        self._training, self._explorer = training, explorer
        self._watchers = 0
        self._paths: tuple[object, dict[str, LatentPath]] = (None, {})
        self._measured: dict[str, Measured] = {}
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._measure)
        self._map_timer = QTimer(self, singleShot=True)
        self._map_timer.timeout.connect(self._ask_for_map)
        self.bending.changed.connect(self._on_bent)
        explorer.model_changed.connect(self._on_space)
        explorer.latent_changed.connect(self._on_latent)
        explorer.timeline_entry_changed.connect(self._on_weights)
        explorer.scatter_changed.connect(self._on_scatter)
        training.snapshot_changed.connect(self._on_weights)
        training.phase_changed.connect(self._on_weights)

    # --- reading ------------------------------------------------------------

    @property
    def current(self) -> str:
        """The path of the strip, one of PATHS."""
        return self._explorer.latent.path

    @property
    def watched(self) -> bool:
        """Whether all paths are looked at, not only the current one."""
        return self._watchers > 0

    def names(self) -> tuple[str, ...]:
        """The paths that there are to compare."""
        drawn = self._explorer.latent.freehand or self.current == FREEHAND
        return (STRAIGHT, SLERP, GEODESIC, *((FREEHAND,) if drawn else ()))

    def path(self, name: str) -> LatentPath:
        """The straight way stands in for a shortest one that is not found yet, and says so."""
        if name == GEODESIC:
            found = self.bending.path()
            return found or replace(self._known(STRAIGHT), note=self.bending.note())
        return self._known(name)

    def points(self, frames: int, name: str | None = None) -> Points:
        """The frames of a path, at least as many as there are stops; without a name of the current one."""
        chosen = self.current if name is None else name
        even_images = self._explorer.latent.spacing == "image"
        return frames_of(
            self.path(chosen), frames, self._measured.get(chosen) if even_images else None
        )

    def measured(self, name: str) -> Measured | None:
        """How the image changes along a path, once that is known."""
        return self._measured.get(name)

    def plan(self, name: str) -> PathPlan:
        """For an export, which finds out what is missing."""
        latent = self._explorer.latent
        unfound = name == GEODESIC and not self.bending.up_to_date
        return PathPlan(
            stops_of(latent),
            None if unfound else self.path(name),
            None if unfound else self._measured.get(name),
            latent.spacing == "image",
        )

    def _known(self, name: str) -> LatentPath:
        latent = self._explorer.latent
        stops = stops_of(latent)
        key = stops, latent.freehand
        if self._paths[0] != key:
            paths = {STRAIGHT: straight_path(stops), SLERP: slerp_path(stops)}
            self._paths = key, {**paths, FREEHAND: freehand_path(latent)}
        return self._paths[1].get(name) or self._paths[1][STRAIGHT]

    # --- commands -----------------------------------------------------------

    def watch(self, on: bool) -> None:
        """A panel that shows all paths came or went."""
        self._watchers += 1 if on else -1
        self._on_latent()
        if on:
            self._on_scatter()
        self.changed.emit()

    def choose(self, name: str) -> None:
        """Which path the strip follows."""
        latent = replace(self._explorer.latent, path=name)
        self._explorer.set_latent(latent, f"Follow the {name} path")

    def space(self, spacing: str) -> None:
        """Equal steps in "z" or in the "image"."""
        self._explorer.set_latent(replace(self._explorer.latent, spacing=spacing), "Space the path")

    def add_keyframe(self, z: Z) -> None:
        """Where it is the least detour."""
        latent = self._explorer.latent
        at = keyframe_leg(stops_of(latent), z)
        keyframes = (*latent.keyframes[:at], z, *latent.keyframes[at:])
        self._explorer.set_latent(replace(latent, keyframes=keyframes), "Add a keyframe")

    def move_keyframe(self, index: int, z: Z, drag_id: int | None = None) -> None:
        latent = self._explorer.latent
        keyframes = (*latent.keyframes[:index], z, *latent.keyframes[index + 1 :])
        self._explorer.set_latent(replace(latent, keyframes=keyframes), "Move a keyframe", drag_id)

    def remove_keyframe(self, index: int) -> None:
        latent = self._explorer.latent
        keyframes = (*latent.keyframes[:index], *latent.keyframes[index + 1 :])
        self._explorer.set_latent(replace(latent, keyframes=keyframes), "Remove a keyframe")

    def set_drawing(self, on: bool) -> None:
        """Whether the next drag on the pad draws a path."""
        if on != self.drawing:
            self.drawing = on
            self.drawing_changed.emit()

    def draw(self, drawn: tuple[Z, ...], drag_id: int) -> None:
        """Follow these points, at least two; the first and the last become A and B."""
        latent = replace(
            self._explorer.latent, path=FREEHAND, freehand=drawn, a=drawn[0], b=drawn[-1]
        )
        self._explorer.set_latent(latent, "Draw a path", drag_id)

    def shutdown(self) -> None:
        """Ask for nothing more; safe to call twice."""
        self._timer.stop()
        self._map_timer.stop()
        self.bending.shutdown()

    # --- keeping up ---------------------------------------------------------

    def _wanted(self) -> tuple[str, ...]:
        """Whose lengths are needed."""
        if self.watched:
            return self.names()
        return (self.current,) if self._explorer.latent.spacing == "image" else ()

    def _on_space(self) -> None:
        self._measured.clear()
        self.meter = None
        self.bending.clear()
        self._on_latent()
        self._on_scatter()

    def _on_latent(self) -> None:
        self.bending.want(self.watched or self.current == GEODESIC)
        self._timer.start(0)

    def _on_bent(self) -> None:
        self._timer.start(0)
        self.changed.emit()

    def _on_weights(self) -> None:
        self.bending.weights_changed()
        if not self._timer.isActive():
            self._timer.start(self._rest())

    def _rest(self) -> int:
        return REST_MS if self._training.phase is Phase.RUNNING else QUIET_MS

    def _measure(self) -> None:
        for name in self._wanted():
            ask = Measure.of(self.path(name))
            self._explorer.ask(f"path-{name}", ask, partial(self._take, name))

    def _take(self, name: str, answer: Answer[Measured]) -> None:
        self._explorer.forget(f"path-{name}")
        self._measured[name] = answer.value
        self.changed.emit()

    def _on_scatter(self) -> None:
        if not self._map_timer.isActive():
            self._map_timer.start(QUIET_MS if self.meter is None else self._rest())

    def _ask_for_map(self) -> None:
        encodings = self._explorer.encodings
        if encodings is not None and len(encodings):
            self._explorer.ask("path-map", Calibrate(encodings), self._take_map)

    def _take_map(self, answer: Answer[Coverage]) -> None:
        self._explorer.forget("path-map")
        self.meter = answer.value
        self.changed.emit()
