"""The decoded digit with a brush: what is painted on it in a stroke, light or dark, over the digit while it lasts."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from vae_gui.core.inference.paint import DARK, LIGHT
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.images import draw_pixels, resample, snapped, to_qimage
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.painting import painting
from vae_gui.ui.style.theme import current_theme, rgb
from vae_gui.ui.widgets.digit_view import DigitView

RADIUS = 0.055  # of the brush, of the side
FAINT = 110  # alpha of 255
INK = {LIGHT: "#ffcf5c", DARK: "#4c8dff"}
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
KEYS = (
    "While Paint is on, the arrow keys move a pen by a pixel; Space puts it down and lifts it, "
    "X turns light into dark and back, {key:Esc} ends painting."
)
Place = tuple[float, float]


class PaintedDigit(DigitView):
    """With `set_paints(True)` the left button paints light, the right one or Shift dark; X exchanges the two.

    Signals
        stroke_begun(): the button or the pen of the keys went down.
        stroke_grew(): `marks` has more of LIGHT or DARK.
        painting_ended(): by Escape.
    """

    stroke_begun = Signal()
    stroke_grew = Signal()
    painting_ended = Signal()

    def __init__(self, name: str, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, empty_text, parent)
        self.marks: NDArray[np.int8] | None = None
        self.paints = self._exchanged = False
        self._ink = LIGHT
        self._last: Place = (0.5, 0.5)
        self._pen: Place | None = None
        self.setAccessibleDescription(with_keys(KEYS))

    def set_paints(self, on: bool) -> None:
        """Whether it is painted on from now on; a stroke that goes on ends."""
        self._end()
        self.paints, self._exchanged, self._pen = on, False, None
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)
        self.update()

    def _words(self) -> str:
        """Such as: pen down, dark, 46 % across, 50 % down the side."""
        if not self.paints or self._pen is None:
            return super()._words()
        down, ink = self.marks is not None, "dark" if self._exchanged else "light"
        x, y = (f"{100 * part:.0f} %" for part in self._pen)
        return f"pen {'down' if down else 'up'}, {ink}, {x} across, {y} down the side"

    def _begin(self, at: Place, dark: bool) -> None:
        if self._image is None:
            return
        self._ink = DARK if dark != self._exchanged else LIGHT
        self.marks = np.zeros(self._image.shape, np.int8)
        self._last = at
        self.stroke_begun.emit()
        self._extend(at)

    def _extend(self, at: Place) -> None:
        assert self.marks is not None
        marks = self.marks.copy()  # who was given the last ones keeps them
        marks[_near_line(len(marks), self._last, at)] = self._ink
        self._last = at
        if not np.array_equal(marks, self.marks):
            self.marks = marks
            self.stroke_grew.emit()
        self.update()

    def _end(self) -> None:
        self.marks = None
        self.update()

    def _at(self, position: QPointF) -> Place:
        """In 0..1 of the side, where it is on the digit."""
        square = self.digit_rect()
        offset = (position - square.topLeft()) / square.width()
        return offset.x(), offset.y()

    @qt_override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        right = event.button() == Qt.MouseButton.RightButton
        painted = right or event.button() == Qt.MouseButton.LeftButton
        if self.paints and painted and self.marks is None:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._pen = None
            self._begin(self._at(event.position()), right or shift)
        elif not self.paints:
            super().mousePressEvent(event)

    @qt_override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.marks is not None and self._pen is None:
            self._extend(self._at(event.position()))

    @qt_override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pen is None and event.buttons() == Qt.MouseButton.NoButton:
            self._end()

    @qt_override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button paints; the menu key still opens the menu."""
        if not self.paints or event.reason() == QContextMenuEvent.Reason.Keyboard:
            super().contextMenuEvent(event)

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.paints or not self._paint_by_key(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def _paint_by_key(self, key: Qt.Key) -> bool:
        """Whether the key is one of painting."""
        if key == Qt.Key.Key_Escape:
            self.painting_ended.emit()
        elif key == Qt.Key.Key_X:
            self._exchanged = not self._exchanged
        elif key == Qt.Key.Key_Space and self.marks is not None:
            self._end()
        elif key == Qt.Key.Key_Space:
            self._pen = self._pen or (0.5, 0.5)
            self._begin(self._pen, False)
        elif key in ARROWS:
            self._move_pen(*ARROWS[key])
        else:
            return False
        self._reading.moved()
        self.update()
        return True

    def _move_pen(self, dx: int, dy: int) -> None:
        step = 1 / (28 if self._image is None else len(self._image))
        x, y = self._pen or (0.5, 0.5)
        self._pen = min(1.0, max(0.0, x + dx * step)), min(1.0, max(0.0, y + dy * step))
        if self.marks is not None:
            self._extend(self._pen)

    @qt_override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._pen is not None:
            self._end()
        super().focusOutEvent(event)

    @qt_override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.paints:
            return
        with painting(self) as painter:
            if self.marks is not None:
                self._paint_marks(painter, self.marks)
            if self._pen is not None and self.hasFocus():
                self._paint_pen(painter, self._pen)

    def _paint_marks(self, painter: QPainter, marks: NDArray[np.int8]) -> None:
        target, pixels = snapped(painter, self.digit_rect())
        for ink, color in INK.items():
            shape = resample((marks == ink)[None].astype(np.uint8), pixels.width())[0]
            rgba = np.empty((*shape.shape, 4), np.uint8)
            rgba[..., :3], rgba[..., 3] = rgb(color), shape * np.uint8(FAINT)
            draw_pixels(painter, target.topLeft(), to_qimage(rgba))

    def _paint_pen(self, painter: QPainter, pen: Place) -> None:
        square = self.digit_rect()
        radius = RADIUS * square.width()
        color = QColor(INK[DARK if self._exchanged else LIGHT])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current_theme().accent), 2))
        painter.setBrush(color if self.marks is not None else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(square.topLeft() + QPointF(*pen) * square.width(), radius, radius)


def _near_line(side: int, start: Place, end: Place) -> NDArray[np.bool_]:
    """(side, side): the pixels whose middles the brush passes over."""
    middles = (np.arange(side) + 0.5) / side
    x, y = middles - start[0], (middles - start[1])[:, None]
    across, down = end[0] - start[0], end[1] - start[1]
    length = across**2 + down**2
    share = np.clip((x * across + y * down) / length, 0, 1) if length > 0 else 0.0
    near: NDArray[np.bool_] = np.hypot(x - share * across, y - share * down) <= RADIUS
    return near
