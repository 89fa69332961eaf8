"""A black square to draw on with the mouse, a pen or the keys; it shows strokes or a picture, and what is unknown."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vae_gui.core.pictures.unknown import UNKNOWN_BRUSH
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import Stroke
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.draw.unknown_mask import paint_unknown
from vae_gui.ui.style.images import to_qimage
from vae_gui.ui.style.keys import DELETING
from vae_gui.ui.style.painting import guarded, painted
from vae_gui.ui.style.theme import current_theme, small_font

CORNER = 6.0
MIN_MOVE = 0.004  # of the side, between two points of a stroke
PEN_STEP, FINE_STEP = 0.04, 0.01
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_MARGIN = 3  # room for the focus ring
_SQUARE = 80, 240  # the least side, and the preferred one


class Canvas(QWidget):
    """Keys: the arrows move a pen, Space puts it down and lifts it, Backspace clears.

    Signals
        drawn(tuple[Stroke, ...], DragId): all strokes, as the newest one grows; and its drag.
        marked(tuple[Stroke, ...], DragId): the same of what is unknown, instead, while `marks_unknown`.
        cleared(): Backspace or Delete.
        pen_moved(): by the keys, or put down or lifted.
    """

    drawn = Signal(object, object)
    marked = Signal(object, object)
    cleared = Signal()
    pen_moved = Signal()

    def __init__(self, name: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strokes: tuple[Stroke, ...] = ()
        self.unknown: tuple[Stroke, ...] = ()
        self.marks_unknown = False
        self._brush = 0.08
        self._picture: QImage | None = None
        self._empty_text = empty_text
        self._drag_id = DragId()
        self._drawing = False
        self._pen = (0.5, 0.5)
        self._pen_shown = self._pen_down = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_strokes(self, strokes: tuple[Stroke, ...], brush: float) -> None:
        """Lines of (x, y) in 0..1; brush: their width in 0..1."""
        self.strokes, self._brush = strokes, brush
        self.update()

    def set_unknown(self, strokes: tuple[Stroke, ...]) -> None:
        """What is marked as unknown, as lines of a broad brush."""
        self.unknown = strokes
        self.update()

    def set_marks_unknown(self, on: bool) -> None:
        """Whether a stroke marks what is unknown, from now on."""
        self.marks_unknown = on
        self._drawing = self._pen_down = False
        self.update()

    def set_picture(self, grey: NDArray[np.uint8] | None) -> None:
        """(h, w) uint8, shown instead of strokes; a new stroke begins a drawing of its own."""
        self._picture = None if grey is None else to_qimage(grey)
        self.update()

    def pen_words(self) -> str:
        """Where the pen of the keys is; "" before it is used."""
        if not self._pen_shown:
            return ""
        x, y = (f"{100 * part:.0f} %" for part in self._pen)
        return f"pen {'down' if self._pen_down else 'up'}, {x} across, {y} down the side"

    def square(self) -> QRectF:
        """Where one draws; at the top, as what stands beside it."""
        side = max(1, min(self.width(), self.height()) - 2 * _MARGIN)
        square = QRectF(0, 0, side, side)
        square.moveTo((self.width() - side) / 2, _MARGIN)
        return square

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(_SQUARE[1], _SQUARE[1])

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(_SQUARE[0], _SQUARE[0])

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        theme, square = current_theme(), self.square()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.digit))
        painter.drawRoundedRect(square, CORNER, CORNER)
        with guarded(painter):
            painter.setClipRect(square)
            if self._picture is not None:
                self._paint_picture(painter, self._picture)
            elif self.strokes:
                self._paint_strokes(painter)
            else:
                self._paint_invitation(painter)
            if self.unknown:
                paint_unknown(painter, square, self.unknown)
            if self._pen_shown and self.hasFocus():
                self._paint_pen(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(square.adjusted(-1, -1, 1, 1), CORNER, CORNER)

    def _paint_picture(self, painter: QPainter, picture: QImage) -> None:
        square = self.square()
        scale = square.width() / max(picture.width(), picture.height())
        target = QRectF(0, 0, picture.width() * scale, picture.height() * scale)
        target.moveCenter(square.center())
        painter.drawImage(target, picture)

    def _paint_strokes(self, painter: QPainter) -> None:
        pen = QPen(QColor("#ffffff"), self._brush * self.square().width())
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self.strokes:
            points = [self._in_pixels(point) for point in stroke]
            if len(points) == 1:
                painter.drawPoint(points[0])
            else:
                painter.drawPolyline(QPolygonF(points))

    def _paint_invitation(self, painter: QPainter) -> None:
        """On black in both themes."""
        painter.setFont(small_font(self.font()))
        painter.setPen(QColor("#a0a7b4"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.square().adjusted(10, 10, -10, -10), flags, self._empty_text)

    def _paint_pen(self, painter: QPainter) -> None:
        brush = UNKNOWN_BRUSH if self.marks_unknown else self._brush
        radius = brush * self.square().width() / 2
        color = QColor(current_theme().accent)
        painter.setPen(QPen(color, 2))
        painter.setBrush(color if self._pen_down else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(self._in_pixels(self._pen), radius, radius)

    def _in_pixels(self, point: tuple[float, float]) -> QPointF:
        square = self.square()
        return square.topLeft() + QPointF(*point) * square.width()

    def _at(self, position: QPointF) -> tuple[float, float]:
        """A position in the widget in 0..1, rounded to what can be seen."""
        offset = (position - self.square().topLeft()) / self.square().width()
        return round(min(1, max(0, offset.x())), 4), round(min(1, max(0, offset.y())), 4)

    def _begin(self, point: tuple[float, float]) -> None:
        self._drag_id = DragId()
        before = self._lines()
        if self._picture is not None and not self.marks_unknown:
            before = ()
        self._put((*before, (point,)))

    def _extend(self, point: tuple[float, float]) -> None:
        if not self._lines():  # it was undone or cleared under the pen
            self._begin(point)
            return
        *before, stroke = self._lines()
        x, y = stroke[-1]
        if max(abs(point[0] - x), abs(point[1] - y)) >= MIN_MOVE:
            self._put((*before, (*stroke, point)))

    def _lines(self) -> tuple[Stroke, ...]:
        """Those that grow now."""
        return self.unknown if self.marks_unknown else self.strokes

    def _put(self, lines: tuple[Stroke, ...]) -> None:
        if self.marks_unknown:
            self.marked.emit(lines, self._drag_id)
        else:
            self.drawn.emit(lines, self._drag_id)

    @qt_override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        inside = self.square().contains(event.position())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self._drawing, self._pen_shown, self._pen_down = True, False, False
            self._begin(self._at(event.position()))

    @qt_override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawing:
            self._extend(self._at(event.position()))

    @qt_override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drawing = False

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._move_pen(*ARROWS[key], FINE_STEP if fine else PEN_STEP)
        elif key == Qt.Key.Key_Space:
            self._pen_shown, self._pen_down = True, not self._pen_down
            self.pen_moved.emit()
            if self._pen_down:
                self._begin(self._pen)
        elif key in DELETING:
            self._pen_down = False
            self.cleared.emit()
        else:
            super().keyPressEvent(event)
        self.update()

    def _move_pen(self, dx: int, dy: int, step: float) -> None:
        self._pen_shown = True
        x, y = self._pen[0] + dx * step, self._pen[1] + dy * step
        self._pen = round(min(1, max(0, x)), 4), round(min(1, max(0, y)), 4)
        self.pen_moved.emit()
        if self._pen_down:
            self._extend(self._pen)

    @qt_override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._pen_down = False
        super().focusOutEvent(event)
