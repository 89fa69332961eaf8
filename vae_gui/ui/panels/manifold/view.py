"""Decoded digits on a grid of the latent plane, with axes that give the z of their cells."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.latent.grid import LatentGrid
from vae_gui.core.support.types import Pixels
from vae_gui.ui.style.painting import painted, saved
from vae_gui.ui.style.theme import current_theme, small_font
from vae_gui.ui.widgets.image_grid import ImageGrid

LEFT, RIGHT, BOTTOM = 52, 40, 18  # room for the numbers and the names
EVERY_X, EVERY_Y = 44, 18  # pixels from one number to the next


class ManifoldView(QWidget):
    """The tiles are `grid`; its signals give the index of a cell of the latent grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = ImageGrid("Manifold", gap=0, largest_tile=64, parent=self)
        self._latent_grid = LatentGrid((0.0,), (0.0,))
        self._names = ("", "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(LEFT, 4, RIGHT, BOTTOM)
        layout.addWidget(self.grid)
        self.grid.installEventFilter(self)

    def set_latent_grid(
        self, latent_grid: LatentGrid, images: Pixels, names: tuple[str, str]
    ) -> None:
        """images: (cells, s, s) uint8, row by row from the top. names: of the axes; the second may be empty."""
        self._latent_grid, self._names = latent_grid, names
        self.grid.set_columns(len(latent_grid.x))
        self.grid.set_images(images)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.update()
        return super().eventFilter(watched, event)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        if not self.grid.count():
            return
        theme = current_theme()
        painter.setFont(small_font(self.font()))
        painter.setPen(QColor(theme.muted))
        self._paint_across(painter)
        if self._names[1]:
            self._paint_up(painter)

    def cell(self, index: int) -> QRectF:
        """A tile in the widget's units."""
        return self.grid.tile_rect(index).translated(QPointF(self.grid.pos()))

    def _paint_across(self, painter: QPainter) -> None:
        x = self._latent_grid.x
        last = len(x) * (len(self._latent_grid.y) - 1)
        first = self.cell(last)
        for column in _ticks(len(x), first.width(), EVERY_X):
            middle = self.cell(last + column).center().x()
            line = QRectF(middle - EVERY_X / 2, first.bottom() + 2, EVERY_X, 14)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, tick(x[column]))
        right = self.cell(last + len(x) - 1).right()
        name = QRectF(right + 8, first.bottom() - 14, 40, 14)
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft, self._names[0])

    def _paint_up(self, painter: QPainter) -> None:
        y, columns = self._latent_grid.y, len(self._latent_grid.x)
        top = self.cell(0)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in _ticks(len(y), top.height(), EVERY_Y):
            middle = self.cell(row * columns).center().y()
            line = QRectF(top.left() - 44, middle - 7, 40, 14)
            painter.drawText(line, flags, tick(y[row]))
        bottom = self.cell((len(y) - 1) * columns).bottom()
        with saved(painter):
            painter.translate(top.left() - 50, (top.top() + bottom) / 2)
            painter.rotate(-90)
            painter.drawText(QRectF(-40, -8, 80, 16), Qt.AlignmentFlag.AlignCenter, self._names[1])


def tick(value: float) -> str:
    """z with two decimals and a real minus."""
    return f"{value:.2f}".replace("-", "−")


def _ticks(count: int, cell_px: float, every_px: float) -> range:
    """Which cells have room for a number, the first always among them."""
    step = max(1, -(-int(every_px) // max(1, int(cell_px))))
    return range(0, count, step)
