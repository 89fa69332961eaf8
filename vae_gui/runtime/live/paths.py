"""PathLab: the one owner of the paths from A to B, so that strip, pad and exports show the same one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from vae_gui.core.paths import PATHS
from vae_gui.core.paths.curves import Points
from vae_gui.core.paths.path import LatentPath, MeasuredPath, frames_of, keyframe_leg, stops_of
from vae_gui.core.paths.requests import Measure, PathPlan
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import MAX_KEYFRAMES
from vae_gui.core.support.types import Z
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.latest_answer import LatestAnswer
from vae_gui.runtime.live.geodesic import PathSearch
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task
from vae_gui.runtime.training import Training


class PathLab(QObject):
    """Signals: `changed()`: frames or lengths changed though the latent state is the same;
    `drawing_changed()`: whether the next drag on the pad draws a path.
    """

    changed = Signal()
    drawing_changed = Signal()

    def __init__(self, jobs: Jobs, training: Training, explorer: Explorer) -> None:
        super().__init__()
        self.drawing = False
        self._explorer = explorer
        self._watchers = 0
        self._built: tuple[object, dict[str, LatentPath]] = (None, {})
        self.searches = {
            name: PathSearch(
                entry, partial(self._is_looked_at, name), jobs, training, explorer, self
            )
            for name, entry in PATHS.items()
            if entry.search is not None
        }
        self._measures: dict[str, Live[MeasuredPath]] = {}
        for name in PATHS:
            answer = LatestAnswer(explorer.questions, f"path-{name}", self)
            live = Live[MeasuredPath](explorer, training, answer, partial(self._measure, name))
            live.watch(True)
            live.changed.connect(self.changed)
            self._measures[name] = live
        for search in self.searches.values():
            search.live.changed.connect(self._on_found)
        explorer.path_changed.connect(self._on_path)
        explorer.weights.changed.connect(self._touch_measures)

    @property
    def current(self) -> str:
        """The path of the strip, one of PATHS."""
        return self._explorer.latent.path

    @property
    def watched(self) -> bool:
        """Say whether all paths are looked at, not only the current one."""
        return self._watchers > 0

    def names(self) -> tuple[str, ...]:
        """The paths that there are to compare."""
        latent = self._explorer.latent
        return tuple(name for name, entry in PATHS.items() if entry.offered(latent))

    def path(self, name: str) -> LatentPath:
        """Return the path of this name; a path that stands in for one not found yet says so."""
        if name in self.searches:
            return self.searches[name].path()
        latent = self._explorer.latent
        key = stops_of(latent), latent.freehand
        if self._built[0] != key:
            self._built = key, {}
        known = self._built[1]
        if name not in known:
            known[name] = PATHS[name].build(latent)
        return known[name]

    def points(self, frames: int, name: str | None = None) -> Points:
        """The frames of a path, at least as many as there are stops; without a name of the current one."""
        chosen = self.current if name is None else name
        even_images = self._explorer.latent.spacing == "image"
        measured = self.measured(chosen) if even_images else None
        return frames_of(self.path(chosen), frames, measured)

    @property
    def up_to_date(self) -> bool:
        """Say whether every path is found and measured under the current weights."""
        found = all(search.live.up_to_date for search in self.searches.values())
        return found and all(self._measures[name].up_to_date for name in self.names())

    def measured(self, name: str) -> MeasuredPath | None:
        """Return how the image changes along a path, once that is known."""
        return self._measures[name].value

    def plan(self, name: str) -> PathPlan:
        """Return the plan of a path for an export, which finds out what is missing."""
        latent = self._explorer.latent
        search = self.searches.get(name)
        unfound = search is not None and not search.live.up_to_date
        return PathPlan(
            PATHS[name],
            stops_of(latent),
            None if unfound else self.path(name),
            None if unfound else self.measured(name),
            latent.spacing == "image",
        )

    def watch(self, on: bool) -> None:
        """A panel that shows all paths came or went."""
        self._watchers += 1 if on else -1
        self._on_path()
        self.changed.emit()

    def choose(self, name: str) -> None:
        """Choose which path the strip follows."""
        latent = replace(self._explorer.latent, path=name)
        self._explorer.set_latent(latent, f"Follow the {PATHS[name].title.lower()} path")

    def space(self, spacing: str) -> None:
        """Equal steps in "z" or in the "image"."""
        self._explorer.set_latent(replace(self._explorer.latent, spacing=spacing), "Space the path")

    def add_keyframe(self, z: Z) -> None:
        """Add a keyframe where it is the least detour, but no more keyframes than a file holds."""
        latent = self._explorer.latent
        if len(latent.keyframes) >= MAX_KEYFRAMES:
            return
        at = keyframe_leg(stops_of(latent), z)
        self._set_keyframes((*latent.keyframes[:at], z, *latent.keyframes[at:]), "Add a keyframe")

    def move_keyframe(self, index: int, z: Z, drag_id: DragId | None = None) -> None:
        known = self._explorer.latent.keyframes
        keyframes = (*known[:index], z, *known[index + 1 :])
        self._set_keyframes(keyframes, "Move a keyframe", drag_id)

    def remove_keyframe(self, index: int) -> None:
        known = self._explorer.latent.keyframes
        self._set_keyframes((*known[:index], *known[index + 1 :]), "Remove a keyframe")

    def set_drawing(self, on: bool) -> None:
        """Set whether the next drag on the pad draws a path."""
        if on != self.drawing:
            self.drawing = on
            self.drawing_changed.emit()

    def draw(self, drawn: tuple[Z, ...], drag_id: DragId) -> None:
        """Follow these points, at least two; the first and the last become A and B."""
        latent = replace(
            self._explorer.latent, path="freehand", freehand=drawn, a=drawn[0], b=drawn[-1]
        )
        self._explorer.set_latent(latent, "Draw a path", drag_id)

    def _set_keyframes(
        self, keyframes: tuple[Z, ...], text: str, drag_id: DragId | None = None
    ) -> None:
        latent = replace(self._explorer.latent, keyframes=keyframes)
        self._explorer.set_latent(latent, text, drag_id)

    def _is_looked_at(self, name: str) -> bool:
        return self.watched or self.current == name

    def _measure(self, name: str) -> Task[MeasuredPath] | None:
        """Its length is shown beside those of the others, and spaces the strip's frames."""
        spaced = name == self.current and self._explorer.latent.spacing == "image"
        if not (spaced or (self.watched and name in self.names())):
            return None
        request = Measure.of(self.path(name))
        return Task(request, self._explorer.weights.snapshot, request)

    def _touch_measures(self) -> None:
        for live in self._measures.values():
            live.touch()

    def _on_path(self) -> None:
        for search in self.searches.values():
            search.live.touch()
        self._touch_measures()

    def _on_found(self) -> None:
        self._touch_measures()
        self.changed.emit()
