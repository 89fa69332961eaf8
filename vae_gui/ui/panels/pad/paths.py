"""The paths on the pad: shown, bent by keyframes, and drawn freehand."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Qt

from vae_gui.core.paths.curves import Points
from vae_gui.core.state.drag import DragId
from vae_gui.core.support.types import Z
from vae_gui.ui.panels.pad.projection import Projection
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.marks import Marks, Point
from vae_gui.ui.plane.path_marks import PathLine
from vae_gui.ui.plane.view import PadView

STROKE_STEP_PX = 3.0


class PadPaths(QObject):
    """Puts them among the marks, and takes strokes and keyframes from the view."""

    def __init__(self, panel: Panel, view: PadView, projection: Projection) -> None:
        super().__init__(panel)
        self._explorer, self._lab, self._view = panel.explorer, panel.context.path_lab, view
        self._projection = projection
        self._stroke: list[Point] = []
        self._version = 0
        self._known: tuple[object, Marks] = (None, Marks())
        panel.bind_letter("P", self._on_draw_key)
        self._lab.drawing_changed.connect(self._on_drawing)
        self._lab.changed.connect(self._on_changed)
        view.drawn.connect(self._on_drawn)
        view.draw_ended.connect(self._on_draw_ended)
        view.keyframe_added.connect(self._on_keyframe_added)
        view.keyframe_removed.connect(self._on_keyframe_removed)

    def on(self, marks: Marks) -> Marks:
        """The same marks with the current paths."""
        latent, explorer = self._explorer.latent, self._explorer
        stops = latent.a, latent.b, latent.keyframes, latent.freehand
        shown = latent.path, latent.spacing, latent.frames, latent.axes
        weights = explorer.weights
        key = stops, shown, weights.alignment, weights.run_id, self._version
        if self._known[0] != key:
            self._known = key, self._paths()
        paths = self._known[1]
        return replace(marks, path=paths.path, lines=paths.lines, keyframes=paths.keyframes)

    def places(self) -> tuple[Point, ...]:
        """A, B, the keyframes and the frames of the path."""
        latent = self._explorer.latent
        ends = tuple(self._projection.place(z) for z in (latent.a, latent.b))
        paths = self._paths()
        return (*ends, *paths.keyframes, *paths.path)

    def drag_keyframe(self, index: int, x: float, y: float, drag_id: DragId) -> None:
        old = self._explorer.latent.keyframes[index]
        self._lab.move_keyframe(index, self._projection.z_at(old, x, y), drag_id)

    def _paths(self) -> Marks:
        lab, latent = self._lab, self._explorer.latent
        lines: tuple[PathLine, ...] = ()
        if lab.watched:
            lines = tuple(
                PathLine(name, self._points(lab.path(name).line), name == latent.path)
                for name in lab.names()
            )
        return Marks(
            path=self._points(lab.points(latent.frames)),
            lines=lines,
            keyframes=tuple(self._projection.place(z) for z in latent.keyframes),
        )

    def _points(self, points: Points) -> tuple[Point, ...]:
        return tuple(self._projection.place(tuple(z)) for z in points.tolist())

    def _on_changed(self) -> None:
        self._version += 1
        if self._view.marks.markers:  # else the layer is off
            self._view.set_marks(self.on(self._view.marks))

    def _on_draw_key(self) -> None:
        self._lab.set_drawing(not self._lab.drawing)

    def _on_drawing(self) -> None:
        self._stroke = []
        self._view.draws = self._lab.drawing
        if self._lab.drawing:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_drawn(self, x: float, y: float, drag_id: DragId) -> None:
        step = STROKE_STEP_PX * self._view.units_per_pixel()
        if self._stroke and np.hypot(x - self._stroke[-1][0], y - self._stroke[-1][1]) < step:
            return
        self._stroke.append((x, y))
        if len(self._stroke) > 1:
            drawn = tuple(self._projection.at_cursor(*place) for place in self._stroke)
            self._lab.draw(drawn, drag_id)

    def _on_draw_ended(self) -> None:
        self._lab.set_drawing(False)

    def _looked_at(self) -> Z:
        return self._explorer.focus_point

    def _on_keyframe_added(self) -> None:
        self._lab.add_keyframe(self._looked_at())

    def _on_keyframe_removed(self) -> None:
        keyframes = self._explorer.latent.keyframes
        if keyframes:
            x, y = self._projection.place(self._looked_at())
            places = np.array([self._projection.place(z) for z in keyframes]) - (x, y)
            self._lab.remove_keyframe(int(np.argmin(np.hypot(*places.T))))
