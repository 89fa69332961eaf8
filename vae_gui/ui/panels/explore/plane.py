"""A square of digits over two dimensions, with the names and the ends of its axes."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.support.types import Pixels
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.numbers import hundredths
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, small_font, with_type
from vae_gui.ui.widgets.image_grid import ImageGrid

LEFT, BOTTOM = 40, 20  # room for the numbers, at the usual type


class PlaneView(QWidget):
    """The grid is `grid`; rows run from the highest value down, so that up is up."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = ImageGrid(name, gap=0, parent=self)
        self._names = ("", "")
        self._ends = ((0.0, 0.0), (0.0, 0.0))
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.grid)
        self._make_room()

    @qt_override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._make_room()

    def _make_room(self) -> None:
        self._left, self._bottom = with_type(LEFT, self.font()), with_type(BOTTOM, self.font())
        self._layout.setContentsMargins(self._left, 0, 8, self._bottom)

    def set_axes(
        self, names: tuple[str, str], xs: NDArray[np.float64], ys: NDArray[np.float64]
    ) -> None:
        """Across and up: the names, and the values from low to high."""
        self._names = names
        self._ends = (float(xs[0]), float(xs[-1])), (float(ys[0]), float(ys[-1]))
        self.grid.set_columns(len(xs))
        self.update()

    def set_images(self, images: Pixels | None) -> None:
        """(n, s, s) uint8, row by row."""
        self.grid.set_images(images)
        self.update()

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        count = self.grid.count()
        if not count:
            return
        painter.setFont(small_font(self.font()))
        painter.setPen(QColor(current_theme().muted))
        offset = QPointF(self.grid.pos())
        square = self.grid.tile_rect(0).united(self.grid.tile_rect(count - 1)).translated(offset)
        right, center, left = (
            Qt.AlignmentFlag.AlignRight,
            Qt.AlignmentFlag.AlignCenter,
            Qt.AlignmentFlag.AlignLeft,
        )
        (x_low, x_high), (y_low, y_high) = self._ends
        below = QRectF(square.left(), square.bottom() + 3, square.width(), self._bottom - 3)
        for flag, text in (
            (left, hundredths(x_low)),
            (center, self._names[0]),
            (right, hundredths(x_high)),
        ):
            painter.drawText(below, flag, text)
        beside = QRectF(square.left() - self._left, square.top(), self._left - 5, square.height())
        top, middle, bottom = (
            Qt.AlignmentFlag.AlignTop,
            Qt.AlignmentFlag.AlignVCenter,
            Qt.AlignmentFlag.AlignBottom,
        )
        for flag, text in (
            (top, hundredths(y_high)),
            (middle, self._names[1]),
            (bottom, hundredths(y_low)),
        ):
            painter.drawText(beside, flag | right, text)
