"""Many digits in rows, or one row of them, with captions, a chosen tile and a playhead."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vae_gui.core.support.types import Pixels
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.access.reading import Reading
from vae_gui.ui.style.images import FADED, atlas, draw_pixels, scale_of
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, small_font
from vae_gui.ui.widgets.grid_geometry import GridGeometry, fit_grid
from vae_gui.ui.widgets.grid_words import GRID_KEYS, STRIP_KEYS, grid_words

_STRIP_MARGIN = 8  # room under and above a strip for its playhead
_GRID_MARGIN = 3  # room for the frame of a chosen tile


class ImageGrid(QWidget):
    """`strip`: one row of all images, where a press, a drag or an arrow key moves along the frames.

    In a grid the arrow keys move the highlight and Return or Space chooses.

    Signals
        clicked(int): a tile was chosen.
        hovered(int): the tile under the pointer, -1 for none.
        menu_requested(int, QPoint): a context menu for a tile, at a place on the screen.
        copy_requested(int): Ctrl+C on the highlighted tile.
    """

    clicked = Signal(int)
    hovered = Signal(int)
    menu_requested = Signal(int, QPoint)
    copy_requested = Signal(int)

    def __init__(
        self,
        name: str,
        *,
        strip: bool = False,
        columns: int | None = None,
        gap: int = 4,
        largest_tile: int = 112,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._strip, self._columns, self._gap, self._largest = strip, columns, gap, largest_tile
        self._images: Pixels | None = None
        self._captions: tuple[str, ...] = ()
        self._empty_text = ""
        self.faded = False
        self._hover: int | None = None
        self._current: int | None = None
        self._selected: int | None = None
        self._playhead: int | None = None
        self._fitted: tuple[tuple[object, ...], GridGeometry] | None = None
        self._sheet: tuple[tuple[GridGeometry, int], QImage] | None = None
        self.setAccessibleName(name)
        self.setAccessibleDescription(with_keys(STRIP_KEYS if strip else GRID_KEYS))
        self._reading = Reading(self, QAccessible.Role.Graphic, self._words)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        vertical = QSizePolicy.Policy.Preferred if strip else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)

    def set_images(self, images: Pixels | None) -> None:
        """(n, s, s) uint8, which the caller no longer writes to; None for nothing yet."""
        self._images = images if images is not None and len(images) else None
        self._sheet = None
        count = self.count()
        self._hover, self._current, self._selected, self._playhead = (
            index if index is not None and index < count else None
            for index in (self._hover, self._current, self._selected, self._playhead)
        )
        self.update()

    def count(self) -> int:
        """How many images are shown."""
        return 0 if self._images is None else len(self._images)

    def tiles(self) -> Pixels | None:
        """The images as they stand, (rows, columns, s, s) uint8, black where a row is not full; None for none."""
        if self._images is None:
            return None
        columns = min(self._geometry().columns, self.count())
        rows = -(-self.count() // columns)
        tiles = np.zeros((rows * columns, *self._images.shape[1:]), np.uint8)
        tiles[: self.count()] = self._images
        return tiles.reshape(rows, columns, *self._images.shape[1:])

    def current(self) -> int | None:
        """The highlighted tile."""
        return self._current

    def set_captions(self, captions: tuple[str, ...]) -> None:
        """One line under each tile; () for none."""
        if captions != self._captions:
            self._captions = captions
            self.update()

    def set_columns(self, columns: int | None) -> None:
        """Tiles a row; None for as many as give the largest tiles."""
        if columns != self._columns:
            self._columns = columns
            self.update()

    def set_selected(self, index: int | None) -> None:
        """The tile with a frame in the accent colour."""
        if index != self._selected:
            self._selected = self._current = index
            self._reading.moved()
            self.update()

    def set_playhead(self, index: int | None) -> None:
        """The frame that is playing."""
        if index != self._playhead:
            self._playhead = index
            self.update()

    def set_faded(self, on: bool) -> None:
        """Dim the images, which belong to an older moment."""
        self.faded = on
        self.update()

    def set_empty_text(self, text: str) -> None:
        """What stands here while there are no images: why, and what to do."""
        self._empty_text = text
        self.update()

    def _words(self) -> str:
        return grid_words(self.count(), self._current, self._captions, self._empty_text)

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(480, 64) if self._strip else QSize(320, 320)

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40) if self._strip else QSize(96, 96)

    def tile_rect(self, index: int) -> QRectF:
        """Where a tile is, in the widget's units."""
        geometry = self._geometry()
        scale = self.devicePixelRatioF()
        left, top = geometry.corner(index)
        return QRectF(left / scale, top / scale, geometry.tile / scale, geometry.tile / scale)

    def index_at(self, point: QPointF) -> int | None:
        """The tile at a point of the widget."""
        scale = self.devicePixelRatioF()
        return self._geometry().index_at(point.x() * scale, point.y() * scale)

    def _geometry(self) -> GridGeometry:
        scale = self.devicePixelRatioF()
        margin = _STRIP_MARGIN if self._strip else _GRID_MARGIN
        width, height = (
            max(1, round((side - 2 * margin) * scale)) for side in (self.width(), self.height())
        )
        count = self.count()
        columns, gap = (count, 0) if self._strip else (self._columns, round(self._gap * scale))
        if self._strip and count and (width - count) // count >= 40 * scale:
            gap = round(2 * scale)
        captions = QFontMetrics(small_font(self.font())).height() + 2 if self._captions else 0
        caption, largest = round(captions * scale), round(self._largest * scale)
        wanted = ((width, height), count, columns, gap, caption, largest)
        if self._fitted is None or self._fitted[0] != wanted:
            geometry, offset = fit_grid(*wanted), round(margin * scale)
            geometry = replace(geometry, left=geometry.left + offset, top=geometry.top + offset)
            self._fitted = wanted, geometry
        return self._fitted[1]

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        if self._images is None:
            painter.setPen(QColor(current_theme().muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 0, -16, 0), flags, self._empty_text)
            return
        self._paint_sheet(painter, self._images)
        self._paint_captions(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        if self._hover is not None:
            self._frame(painter, self._hover, theme.muted, 1.5)
        if self._current is not None and self.hasFocus():
            self._frame(painter, self._current, theme.accent, 1.5)
        if self._selected is not None:
            self._frame(painter, self._selected, theme.accent, 2)
        if self._playhead is not None:
            self._paint_playhead(painter, self._playhead)

    def _paint_sheet(self, painter: QPainter, images: Pixels) -> None:
        """Where the tiles are on the screen; an export whose pixels are finer gets them as much finer."""
        geometry, scale = self._geometry(), self.devicePixelRatioF()
        finer = max(1, round(scale_of(painter) / scale))
        if self._sheet is None or self._sheet[0] != (geometry, finer):
            across, down = geometry.step
            step = across * finer, down * finer
            sheet = atlas(images, geometry.columns, geometry.tile * finer, step)
            self._sheet = (geometry, finer), sheet
        painter.setOpacity(FADED if self.faded else 1)
        draw_pixels(painter, self.tile_rect(0).topLeft(), self._sheet[1], scale * finer)
        painter.setOpacity(1)

    def _frame(self, painter: QPainter, index: int, color: str, width: float) -> None:
        painter.setPen(QPen(QColor(color), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        out = width / 2 + (0 if self._strip else 0.5)
        painter.drawRoundedRect(self.tile_rect(index).adjusted(-out, -out, out, out), 2, 2)

    def _paint_playhead(self, painter: QPainter, index: int) -> None:
        tile = self.tile_rect(index)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(current_theme().accent))
        for edge in (tile.top() - 5, tile.bottom() + 2):
            painter.drawRoundedRect(QRectF(tile.left(), edge, tile.width(), 3), 1.5, 1.5)

    def _paint_captions(self, painter: QPainter) -> None:
        painter.setFont(small_font(self.font()))
        painter.setPen(QColor(current_theme().muted))
        metrics = painter.fontMetrics()
        for index, caption in enumerate(self._captions[: self.count()]):
            tile = self.tile_rect(index)
            line = QRectF(tile.left(), tile.bottom() + 1, tile.width(), metrics.height())
            text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(tile.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def _set_hover(self, index: int | None) -> None:
        if index != self._hover:
            self._hover = index
            self.update()
            self.hovered.emit(-1 if index is None else index)

    def _choose(self, index: int) -> None:
        self._highlight(index)
        self.clicked.emit(index)

    def _highlight(self, index: int) -> None:
        self._current = index
        self._reading.moved()
        self.update()

    @qt_override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        self._set_hover(index)
        dragging = self._strip and event.buttons() & Qt.MouseButton.LeftButton
        if dragging and index is not None and index != self._current:
            self._choose(index)

    @qt_override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self._choose(index)

    @qt_override
    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(None)

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_hover(None)

    @qt_override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self._current if by_key else self.index_at(QPointF(event.pos()))
        if index is None:
            return
        below = self.tile_rect(index).center().toPoint()
        place = self.mapToGlobal(below) if by_key else event.globalPos()
        self.menu_requested.emit(index, place)

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self._current is not None:
            self.copy_requested.emit(self._current)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current is not None:
                self._choose(self._current)
        elif not self._move(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def _move(self, key: Qt.Key) -> bool:
        """Move the highlight; whether the key does that."""
        columns, last = self._geometry().columns, self.count() - 1
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Home: -last,
            Qt.Key.Key_End: last,
        }
        if not self._strip:
            moves |= {Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        if key not in moves or last < 0:
            return False
        if self._current is None:
            index = 0
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            index = 0 if key == Qt.Key.Key_Home else last
        else:
            index = self._current + moves[key]
            index = index if 0 <= index <= last else self._current
        if index == self._current:
            return True
        self._highlight(index)
        if self._strip:
            self.clicked.emit(index)
        return True
