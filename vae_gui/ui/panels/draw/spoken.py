"""The canvas for a screen reader: whether something is drawn, what it was encoded as, and where the pen is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible

from vae_gui.ui.access.reading import Reading
from vae_gui.ui.parts.digit_actions import z_as_text
from vae_gui.ui.style.keys import with_keys

if TYPE_CHECKING:
    from vae_gui.ui.panels.draw.panel import DrawPanel

KEYS = (
    "The arrow keys move a pen by 4 hundredths of the side, with {key:Shift} by 1. Space puts it down and lifts it, "
    "{key:Backspace} clears. With U the pen marks what is unknown, and no longer with the next. {key:Ctrl+V} pastes a picture."
)


class DrawSpoken(QObject):
    """Made once for the panel's canvas."""

    def __init__(self, panel: DrawPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        panel.canvas.setAccessibleDescription(with_keys(KEYS))
        self._reading = Reading(panel.canvas, QAccessible.Role.Canvas, self.words)
        panel.canvas.pen_moved.connect(self._reading.moved)

    def show(self) -> None:
        """What the drawing was encoded as may be another."""
        self._reading.moved()

    def words(self) -> str:
        """Such as: drawn, encoded at z = 0.51, -1.2; pen down, 46 % across, 50 % down."""
        canvas = self._panel.canvas
        unknown = "a part is unknown" if canvas.unknown else ""
        return "; ".join(filter(None, (self._drawing(), unknown, canvas.pen_words())))

    def _drawing(self) -> str:
        panel = self._panel
        what = "drawn" if panel.source.picture is None else "a picture"
        if panel.prepared is None:
            return "empty" if panel.source.picture is None else panel.note.text()
        if panel.found is not None:
            return f"{what}, encoded at z = {z_as_text(tuple(panel.found.mu.tolist()))}"
        return f"{what}, {panel.note.text() or 'being encoded'}"
