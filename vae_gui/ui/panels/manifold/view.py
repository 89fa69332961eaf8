"""Decoded digits on a grid of the latent plane, with axes that give the z of their cells."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.latent.grid import LatentGrid
from vae_gui.core.support.types import Pixels
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.numbers import hundredths
from vae_gui.ui.style.painting import painted, saved
from vae_gui.ui.style.theme import current_theme, small_font, with_type
from vae_gui.ui.widgets.image_grid import ImageGrid

# Pixels at the usual type.
LEFT, RIGHT, BOTTOM = 52, 40, 18  # room for the numbers and the names
EVERY_X, EVERY_Y = 44, 18  # from one number to the next
LINE, NUMBER = 14, 40  # of text: its height, and the width of a number


class ManifoldView(QWidget):
    """The tiles are `grid`; its signals give the index of a cell of the latent grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = ImageGrid("Manifold", gap=0, largest_tile=64, parent=self)
        self._latent_grid = LatentGrid((0.0,), (0.0,))
        self._names = ("", "")
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.grid)
        self._make_room()
        self.grid.installEventFilter(self)

    def set_latent_grid(
        self, latent_grid: LatentGrid, images: Pixels, names: tuple[str, str]
    ) -> None:
        """images: (cells, s, s) uint8, row by row from the top. names: of the axes; the second may be empty."""
        self._latent_grid, self._names = latent_grid, names
        self.grid.set_columns(len(latent_grid.x))
        self.grid.set_images(images)
        self.update()

    @qt_override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._make_room()

    def _make_room(self) -> None:
        left, right, bottom = map(self._px, (LEFT, RIGHT, BOTTOM))
        self._layout.setContentsMargins(left, 4, right, bottom)

    def _px(self, pixels: int) -> int:
        return with_type(pixels, self.font())

    @qt_override
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
        every, height, width = map(self._px, (EVERY_X, LINE, NUMBER))
        for column in _ticks(len(x), first.width(), every):
            middle = self.cell(last + column).center().x()
            line = QRectF(middle - every / 2, first.bottom() + 2, every, height)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, hundredths(x[column]))
        right = self.cell(last + len(x) - 1).right()
        name = QRectF(right + 8, first.bottom() - height, width, height)
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft, self._names[0])

    def _paint_up(self, painter: QPainter) -> None:
        y, columns = self._latent_grid.y, len(self._latent_grid.x)
        top = self.cell(0)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        every, height, width = map(self._px, (EVERY_Y, LINE, NUMBER))
        for row in _ticks(len(y), top.height(), every):
            middle = self.cell(row * columns).center().y()
            line = QRectF(top.left() - width - 4, middle - height / 2, width, height)
            painter.drawText(line, flags, hundredths(y[row]))
        bottom = self.cell((len(y) - 1) * columns).bottom()
        with saved(painter):
            painter.translate(top.left() - self._px(LEFT) + 2, (top.top() + bottom) / 2)
            painter.rotate(-90)
            painter.drawText(QRectF(-40, -8, 80, 16), Qt.AlignmentFlag.AlignCenter, self._names[1])


def _ticks(count: int, cell_px: float, every_px: float) -> range:
    """Which cells have room for a number, the first always among them."""
    step = max(1, -(-int(every_px) // max(1, int(cell_px))))
    return range(0, count, step)
