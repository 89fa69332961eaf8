"""A digit with its name above it, or signed errors in colours."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from vae_gui.core.pictures.shading import Ramp, shade
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.images import FADED, draw_digit, draw_pixels, resample, snapped, to_qimage
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, small_font, with_type
from vae_gui.ui.widgets.digit_view import DigitView

MIN_TILE, PREFERRED, CAPTION = 54, 96, 16  # pixels at the usual type


class Tile(DigitView):
    """Drawn at the bottom of its caption. Signals: `clicked()`, and those of `DigitView`."""

    clicked = Signal()

    def __init__(self, name: str, caption: str, ramp: Ramp | None = None) -> None:
        super().__init__(name)
        self._caption = caption
        self._ramp = ramp
        self.faded = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_faded(self, on: bool) -> None:
        """Dim the picture, which belongs to an older moment."""
        self.faded = on
        self.update()

    def caption_height(self) -> int:
        """Of the line above the picture."""
        return with_type(CAPTION, self.font())

    def least_side(self) -> int:
        """Of a picture as wide as its caption."""
        return with_type(MIN_TILE, self.font())

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(PREFERRED, PREFERRED + self.caption_height())

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.least_side(), self.least_side() + self.caption_height())

    def digit_rect(self) -> QRectF:
        caption = self.caption_height()
        side = max(1, min(self.width() - 4, self.height() - caption - 4))
        return QRectF((self.width() - side) / 2, caption + 2, side, side)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        theme, square = current_theme(), self.digit_rect()
        painter.setFont(small_font(self.font()))
        painter.setPen(QColor(theme.muted))
        line = QRectF(0, 0, self.width(), self.caption_height())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self._caption)
        if self._image is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(square, 3, 3)
        else:
            painter.setOpacity(FADED if self.faded else 1)
            if self._ramp is None:
                draw_digit(painter, square, self._image)
            else:
                _draw_levels(painter, square, self._image, self._ramp)
            painter.setOpacity(1)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(square.adjusted(-1, -1, 1, 1), 3, 3)

    @qt_override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            self.clicked.emit()


def _draw_levels(painter: QPainter, rect: QRectF, levels: NDArray[np.uint8], ramp: Ramp) -> None:
    """levels: (s, s) uint8, 0 is the first colour of the ramp and 255 its last."""
    target, pixels = snapped(painter, rect)
    side_px = min(pixels.width(), pixels.height())
    if side_px > 0:
        even = resample(levels[None], side_px)[0]
        draw_pixels(painter, target.topLeft(), to_qimage(shade(even / np.float32(255), ramp)))
