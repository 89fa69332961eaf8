"""The track of a filmstrip slider: a row of decoded previews with a handle on it."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from vae_gui.core.support.types import Pixels
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.access.at_rest import AtRest
from vae_gui.ui.style.images import draw_pixels, resample, snapped, to_qimage
from vae_gui.ui.style.numbers import hundredths
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import DARK, current_theme, small_font

FINE_STEP, COARSE_STEP, EXTRA_FINE_STEP = 0.05, 0.5, 0.005  # latent units
TOLD = 100  # steps of the slider's own whole number in a latent unit
_TICKS = 5  # height of the line under the track that marks zero


class FilmTrack(QAbstractSlider):
    """A value between `low` and `high`; image i of n stands for low + i·(high − low)/(n − 1).

    Each preview is centred over its value, so the handle on a preview gives that preview.
    Qt's own whole number is the value in hundredths, for a screen reader, which may set it too.

    Signals
        value_changed(float): by the mouse, the wheel, a key or a screen reader; never from `set_value`.
        drag_started(), drag_finished(): around the changes of one press of the mouse.
        reset_requested(): a double click, or Home.
    """

    value_changed = Signal(float)
    drag_started = Signal()
    drag_finished = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: Pixels | None = None
        self._low, self._high, self._value = -3.0, 3.0, 0.0
        self._dragging = False
        self._row: tuple[tuple[int, int], QImage] | None = None
        self._rest = AtRest(self._tell, self)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setSingleStep(round(TOLD * FINE_STEP))
        self.setPageStep(round(TOLD * COARSE_STEP))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.set_range(self._low, self._high)
        self.valueChanged.connect(self._on_told)

    def set_images(self, images: Pixels | None) -> None:
        """(n, s, s) uint8, which the caller no longer writes to."""
        self._images, self._row = images, None
        self.update()

    def set_range(self, low: float, high: float) -> None:
        """The ends of the track, in latent units."""
        assert low < high
        self._low, self._high = low, high
        with QSignalBlocker(self):
            self.setRange(round(TOLD * low), round(TOLD * high))
        self._tell()
        self.update()

    def set_value(self, value: float) -> None:
        """Move the handle without a signal; outside the track it waits at the end."""
        if value != self._value:
            self._value = value
            self.update()
            if QAccessible.isActive():
                self._rest.restart()
            else:
                self._tell()

    def latent_value(self) -> float:
        """In latent units."""
        return self._value

    def fitting_count(self) -> int:
        """How many square previews fill the track without a gap."""
        return max(2, round(self.width() / max(1, self._film().height())))

    def position_of(self, value: float) -> float:
        """Where a value is on the track, in the widget's units."""
        start, length = self._span()
        share = (value - self._low) / (self._high - self._low)
        return start + length * min(1.0, max(0.0, share))

    def value_at(self, x: float) -> float:
        """The value at a place on the track, kept within its ends."""
        start, length = self._span()
        share = min(1.0, max(0.0, (x - start) / length))
        return self._low + (self._high - self._low) * share

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(440, 40 + _TICKS)

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 28 + _TICKS)

    def _film(self) -> QRectF:
        return QRectF(0, 0, self.width(), max(1, self.height() - _TICKS))

    def _span(self) -> tuple[float, float]:
        """Left and length of the part between the centres of the first and the last preview."""
        count = self.fitting_count() if self._images is None else max(2, len(self._images))
        cell = self.width() / count
        return cell / 2, max(1.0, self.width() - cell)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        theme = current_theme()
        film, pixels = snapped(painter, self._film())
        painter.fillRect(film, QColor(theme.digit))
        if self._images is not None and len(self._images):
            size = (pixels.width(), pixels.height())
            if self._row is None or self._row[0] != size:
                self._row = size, _film_image(self._images, *size)
            draw_pixels(painter, film.topLeft(), self._row[1])
        if self._low < 0 < self._high:
            zero = QRectF(self.position_of(0.0) - 0.5, film.bottom() + 2, 1, 3)
            painter.fillRect(snapped(painter, zero)[0], QColor(theme.muted))
        if not self.isEnabled():
            veil = QColor(theme.surface)
            veil.setAlpha(150)
            painter.fillRect(self.rect(), veil)
            return
        self._paint_handle(painter, film)
        if self._dragging or self.hasFocus():
            self._paint_value(painter, film)

    def _paint_handle(self, painter: QPainter, film: QRectF) -> None:
        """A white line with a dark seam, seen on any picture, and a grip in the accent colour."""
        theme = current_theme()
        x = self.position_of(self._value)
        active = self._dragging or self.hasFocus()
        line, _ = snapped(painter, QRectF(x - 1, film.top(), 2, film.height()))
        seam = QColor(theme.digit)
        seam.setAlpha(170)
        painter.fillRect(line.adjusted(-2, 0, 2, 0), seam)
        painter.fillRect(line, QColor(DARK.accent if active else DARK.text))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        middle = line.center().x()
        grip = 4.5 if active else 3.5
        painter.drawPolygon(
            [
                QPointF(middle, film.bottom() - 1),
                QPointF(middle - grip, film.bottom() + _TICKS),
                QPointF(middle + grip, film.bottom() + _TICKS),
            ]
        )

    def _paint_value(self, painter: QPainter, film: QRectF) -> None:
        theme = current_theme()
        font = small_font(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        text = hundredths(self._value)
        width = painter.fontMetrics().horizontalAdvance("−0.00") + 10
        x = self.position_of(self._value)
        left = x + 6 if x + 6 + width <= film.right() else x - 6 - width
        pill = QRectF(left, film.top() + 3, width, painter.fontMetrics().height() + 1)
        painter.setBrush(QColor(theme.accent))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(pill, 4, 4)
        painter.setPen(QColor(theme.on_accent))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def _tell(self) -> None:
        """What a screen reader reads, which says by itself that it is another."""
        self.setAccessibleDescription(hundredths(self._value))
        with QSignalBlocker(self):
            self.setValue(round(TOLD * self._value))

    def _on_told(self, value: int) -> None:
        """A screen reader has set it."""
        self._change(value / TOLD)

    def _change(self, value: float) -> None:
        value = min(self._high, max(self._low, value))
        if value != self._value:
            self.set_value(value)
            self.value_changed.emit(value)

    @qt_override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            QWidget.mousePressEvent(self, event)
            return
        self._dragging = True
        self.drag_started.emit()
        self._change(self.value_at(event.position().x()))
        self.update()

    @qt_override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._change(self.value_at(event.position().x()))

    @qt_override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self.update()
            self.drag_finished.emit()

    @qt_override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_requested.emit()

    @qt_override
    def wheelEvent(self, event: QWheelEvent) -> None:
        # Without the focus the wheel scrolls the rows, and must not change what it passes over.
        if not self.hasFocus():
            event.ignore()
            return
        delta = event.angleDelta().y() or event.angleDelta().x()
        self._change(self._value + delta / 120 * _step(event.modifiers()))
        event.accept()

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _step(event.modifiers())
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Down:
                self._change(self._value - step)
            case Qt.Key.Key_Right | Qt.Key.Key_Up:
                self._change(self._value + step)
            case Qt.Key.Key_PageDown:
                self._change(self._value - COARSE_STEP)
            case Qt.Key.Key_PageUp:
                self._change(self._value + COARSE_STEP)
            case Qt.Key.Key_Home:
                self.reset_requested.emit()
            case _:
                QWidget.keyPressEvent(self, event)


def _step(modifiers: Qt.KeyboardModifier) -> float:
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return COARSE_STEP
    return EXTRA_FINE_STEP if modifiers & Qt.KeyboardModifier.ControlModifier else FINE_STEP


def _film_image(images: Pixels, width_px: int, height_px: int) -> QImage:
    """The previews at their places on black, in pixels of the screen."""
    count = len(images)
    side = max(1, min(width_px // count, height_px))
    film = np.zeros((height_px, width_px), np.uint8)
    top = (height_px - side) // 2
    for index, tile in enumerate(resample(images, side)):
        left = round((index + 0.5) * width_px / count - side / 2)
        left = min(max(0, left), width_px - side)
        film[top : top + side, left : left + side] = tile
    return to_qimage(film)
