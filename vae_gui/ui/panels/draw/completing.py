"""Completing the drawing: what is marked as unknown, in the latent state, and its completions beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint

from vae_gui.core.pictures.unknown import unknown_pixels
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import Stroke
from vae_gui.runtime.live.completions import LiveCompletions
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu

if TYPE_CHECKING:
    from vae_gui.ui.panels.draw.panel import DrawPanel

NOTHING_DRAWN = "Draw something: what is known of it is completed where it is unknown."
ALL_KNOWN = "What is marked lies beside the image: mark a part of the digit."


class Completing(QObject):
    """Made once for the panel, whose canvas, tools and row it connects."""

    def __init__(self, panel: DrawPanel) -> None:
        super().__init__(panel)
        self._panel, self._explorer, self._row = panel, panel.explorer, panel.completions
        self.live = LiveCompletions(panel.context, self)
        self._hint = ""
        panel.watch_while_visible(self.live)
        self.live.changed.connect(self._show)
        panel.canvas.marked.connect(self._on_marked)
        panel.tools.unknown.toggled.connect(panel.canvas.set_marks_unknown)
        panel.bind_letter("U", panel.tools.unknown.toggle)
        row = self._row
        row.looked_at.connect(self._look)
        row.chosen.connect(self._go)
        row.clear_requested.connect(self.clear)
        row.grid.menu_requested.connect(self._on_menu)
        row.grid.copy_requested.connect(self._on_copy)

    def follow(self) -> None:
        """The drawing, or what is unknown of it, may be another."""
        panel, unknown = self._panel, self._explorer.latent.unknown
        panel.canvas.set_unknown(unknown)
        prepared = panel.prepared
        if not unknown or prepared is None:
            self._hint = NOTHING_DRAWN
            self.live.ask(None, None)
        else:
            mask = unknown_pixels(unknown, prepared.frame, len(prepared.image))
            self._hint = "" if mask.any() else ALL_KNOWN
            self.live.ask(prepared.image if mask.any() else None, mask)
        self._show()

    def clear(self) -> None:
        """All of the canvas is known, in one step of undo."""
        self._put((), "Nothing unknown")

    def _put(self, unknown: tuple[Stroke, ...], text: str, drag_id: DragId | None = None) -> None:
        latent = replace(self._explorer.latent, unknown=unknown)
        self._explorer.set_latent(latent, text, drag_id)

    def _show(self) -> None:
        live, shown = self.live, bool(self._explorer.latent.unknown)
        if not shown and self._row.isVisibleTo(self._panel):
            self._explorer.set_hover_point(None)
        self._row.setVisible(shown)
        progress = f"{live.progress.text}…" if live.busy and live.progress is not None else ""
        waiting = "" if live.value is not None else progress or "Looking for completions…"
        self._row.show_found(live.value, self._hint or live.problem or waiting)

    def _on_marked(self, strokes: tuple[Stroke, ...], drag_id: DragId) -> None:
        self._put(strokes, "Mark as unknown", drag_id)

    def _look(self, index: int) -> None:
        self._explorer.set_hover_point(self._row.z(index))

    def _go(self, index: int) -> None:
        z = self._row.z(index)
        if z is not None:
            self._explorer.move_cursor(z)

    def _on_menu(self, index: int, position: QPoint) -> None:
        row = self._row
        show_digit_menu(self._panel, self._panel.context, row.image(index), row.z(index), position)

    def _on_copy(self, index: int) -> None:
        image = self._row.image(index)
        if image is not None:
            copy_digit(image, self._row.z(index))
