"""Rows of digits with a name at the left of each row, scrolled where they would be too small."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vae_gui.core.support.types import Pixels
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, small_font
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.scroll_area import ScrollArea

MIN_TILE = 28
MARGIN, GAP = 8, 4
NAME_GAP, WIDEST_NAME = 8, 120


class _Body(QWidget):
    """The grid, and the name of each row right beside its first digit."""

    def __init__(self, grid: ImageGrid) -> None:
        super().__init__()
        self._grid = grid
        self._names: tuple[str, ...] = ()
        self._columns = 1
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(grid)

    def set_names(self, names: tuple[str, ...], columns: int) -> None:
        self._names, self._columns = names, columns
        metrics = QFontMetrics(small_font(self.font()))
        widest = max((metrics.horizontalAdvance(name) for name in names), default=-NAME_GAP)
        self._layout.setContentsMargins(min(WIDEST_NAME, widest + NAME_GAP), 0, 0, 0)
        self.update()

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        painter.setFont(small_font(self.font()))
        painter.setPen(QColor(current_theme().muted))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        width = self._grid.x() - NAME_GAP + 4
        for row, name in enumerate(self._names):
            if row * self._columns < self._grid.count():
                tile = self._grid.tile_rect(row * self._columns).translated(self._grid.pos())
                line = QRectF(tile.left() - 4 - width, tile.top(), width, tile.height())
                text = painter.fontMetrics().elidedText(
                    name, Qt.TextElideMode.ElideRight, int(width)
                )
                painter.drawText(line, flags, text)


class LabelledGrid(ScrollArea):
    """`grid` takes the clicks. With `columns` None the digits are as large as the room allows."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        grid = ImageGrid(name, gap=GAP)
        body = _Body(grid)
        super().__init__(body, parent)
        self.grid, self._body = grid, body
        self._columns: int | None = None
        self._preferred: int | None = None

    def show_rows(
        self,
        images: Pixels | None,
        columns: int | None = None,
        names: tuple[str, ...] = (),
        captions: tuple[str, ...] = (),
        preferred: int | None = None,
    ) -> None:
        """columns: fixed, with a name for each row; or None, then `preferred` a row where they stay large enough."""
        self._columns, self._preferred = columns, preferred
        self.grid.set_captions(captions)
        self.grid.set_images(images)
        self._body.set_names(names if columns else (), columns or 1)
        self._fit()

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        columns, count = self._columns, self.grid.count()
        step = MIN_TILE + GAP
        if columns is None and self._preferred is not None:
            rows = -(-count // self._preferred)
            if rows * (step + GAP) <= self.viewport().height():
                columns = self._preferred
        self.grid.set_columns(columns)
        per_row = columns or max(1, self.viewport().width() // step)
        self.grid.setMinimumHeight(-(-count // per_row) * step + MARGIN)
