"""Gestures on the pad: hover, drag, nudge, mark A and B, copy, open the menu."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint

from vae_gui.core.state.drag import DragId
from vae_gui.ui.panels.pad.hover_card import HoverCardSource
from vae_gui.ui.panels.pad.paths import PadPaths
from vae_gui.ui.panels.pad.projection import Projection
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.marks import Point
from vae_gui.ui.plane.scatter import PadScatter
from vae_gui.ui.plane.view import PadView

SNAP = 0.25  # latent units between the places that what is dragged snaps to


class PadGestures(QObject):
    """scatter: the encodings that can be hovered; None where they are not shown.

    snaps: whether what is dragged stays on a grid.
    """

    def __init__(
        self,
        panel: Panel,
        view: PadView,
        projection: Projection,
        card: HoverCardSource,
        paths: PadPaths,
        scatter: Callable[[], PadScatter | None],
    ) -> None:
        super().__init__(panel)
        self._panel, self._view, self._projection = panel, view, projection
        self._card, self._paths, self._scatter = card, paths, scatter
        self._explorer = panel.explorer
        self.snaps = False
        view.dragged.connect(self._on_dragged)
        view.marker_dragged.connect(self._on_marker_dragged)
        view.hovered.connect(self._on_hovered)
        view.hover_ended.connect(self._on_hover_ended)
        view.nudged.connect(self._on_nudged)
        view.homed.connect(self._on_homed)
        view.marked.connect(self._on_marked)
        view.menu_requested.connect(self._on_menu)
        view.copy_requested.connect(self._on_copy)

    def _on_dragged(self, x: float, y: float, drag_id: DragId) -> None:
        self._card.hide()
        self._explorer.set_hover_point(None)
        self._explorer.move_cursor(self._projection.at_cursor(*self._snapped(x, y)), drag_id)

    def _snapped(self, x: float, y: float) -> Point:
        return (SNAP * round(x / SNAP), SNAP * round(y / SNAP)) if self.snaps else (x, y)

    def _on_marker_dragged(self, name: str, x: float, y: float, drag_id: DragId) -> None:
        x, y = self._snapped(x, y)
        if name not in ("A", "B"):
            self._paths.drag_keyframe(int(name), x, y, drag_id)
            return
        latent = self._explorer.latent
        old = latent.a if name == "A" else latent.b
        self._explorer.set_endpoint(name, self._projection.z_at(old, x, y), drag_id)

    def _on_hovered(self, x: float, y: float) -> None:
        scatter = self._scatter()
        if scatter is not None:
            self._card.look(scatter, x, y, self._view.units_per_pixel())
        self._explorer.set_hover_point(self._projection.at_cursor(x, y))

    def _on_hover_ended(self) -> None:
        self._card.hide()
        self._explorer.set_hover_point(None)

    def _on_nudged(self, dx: float, dy: float) -> None:
        x, y = self._projection.place(self._explorer.latent.cursor)
        self._explorer.move_cursor(self._projection.at_cursor(x + dx, y + dy))

    def _on_homed(self) -> None:
        self._explorer.move_cursor((0.0,) * self._explorer.latent_dim)

    def _on_marked(self, name: str) -> None:
        self._explorer.set_endpoint(name, self._explorer.focus_point)

    def _on_menu(self, position: QPoint, x: float, y: float) -> None:
        z, tile = self._projection.at_cursor(x, y), self._view.marks.tile
        show_digit_menu(self._panel, self._panel.context, tile, z, position)

    def _on_copy(self) -> None:
        if self._view.marks.tile is not None:
            copy_digit(self._view.marks.tile, self._explorer.focus_point)
