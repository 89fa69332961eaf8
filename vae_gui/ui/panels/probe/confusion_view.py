"""A confusion matrix: counts in cells, darker or brighter with their share of the row."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.access.reading import Reading
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, small_font

MIN_CELL, MAX_CELL = 14, 34  # height in pixels
WIDEST_NAME = 84
Cell = tuple[int, int]
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionView(QWidget):
    """True classes down, predicted ones across; the pointer or the arrow keys choose a cell.

    Signals
        pointed(str): what the chosen cell says in words; "" when none is chosen.
    """

    pointed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._names: tuple[str, ...] = ()
        self._cell: Cell | None = None
        self.setAccessibleName(f"Confusion matrix from {name}")
        self.setAccessibleDescription("The arrow keys choose a cell.")
        self._reading = Reading(self, QAccessible.Role.Graphic, self.words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def set_counts(self, counts: NDArray[np.int64], names: tuple[str, ...]) -> None:
        """counts: (c, c) by true (rows) and predicted class, which the caller no longer writes to."""
        assert counts.shape == (len(names), len(names))
        self._counts, self._names, self._cell = counts, names, None
        self.setMinimumSize(self.minimumSizeHint())
        self.updateGeometry()
        self.update()

    @qt_override
    def sizeHint(self) -> QSize:
        return self._size(MIN_CELL + 4)

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return self._size(MIN_CELL)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is drawn; row or column -1 is the heading."""
        left, width, height = self._left(), self._cell_width(), self._cell_height()
        x = 0.0 if column < 0 else left + column * width
        return QRectF(x, (row + 1) * height, left if column < 0 else width, height)

    def sentence(self, cell: Cell) -> str:
        """A cell in words."""
        row, column = cell
        total = int(self._counts[row].sum())
        count = int(self._counts[row, column])
        share = f" ({100 * count / total:.1f} %)" if total else ""
        verdict = "rightly" if row == column else "wrongly"
        true, predicted = self._names[row], self._names[column]
        return (
            f"{count} of {total} “{true}” {verdict} called “{predicted}”{share}, from {self._name}"
        )

    def words(self) -> str:
        """The chosen cell in words; "" for none."""
        return "" if self._cell is None else self.sentence(self._cell)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        painter.setFont(small_font(self.font()))
        for index, name in enumerate(self._names):
            self._draw_heading(painter, self.cell_rect(-1, index), name, across=True)
            self._draw_heading(painter, self.cell_rect(index, -1), name, across=False)
        for row in range(len(self._names)):
            for column in range(len(self._names)):
                self._draw_cell(painter, row, column)
        if self._cell is not None:
            painter.setPen(QPen(QColor(current_theme().text), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_rect(*self._cell).adjusted(0.5, 0.5, -0.5, -0.5))

    @qt_override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._cell_at(event.position()))

    @qt_override
    def leaveEvent(self, event: object) -> None:
        self._point(None)

    @qt_override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._point(None)
        super().focusOutEvent(event)

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None or not self._names:
            super().keyPressEvent(event)
            return
        last = len(self._names) - 1
        row, column = self._cell if self._cell is not None else (-step[0], -step[1])
        self._point((min(max(row + step[0], 0), last), min(max(column + step[1], 0), last)))

    def _draw_heading(self, painter: QPainter, rect: QRectF, name: str, across: bool) -> None:
        painter.setPen(QColor(current_theme().muted))
        side = Qt.AlignmentFlag.AlignHCenter if across else Qt.AlignmentFlag.AlignRight
        room = rect.adjusted(1, 0, -1 if across else -6, 0)
        text = painter.fontMetrics().elidedText(
            name, Qt.TextElideMode.ElideRight, round(room.width())
        )
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_cell(self, painter: QPainter, row: int, column: int) -> None:
        theme, count = current_theme(), int(self._counts[row, column])
        share = count / max(1, int(self._counts[row].sum()))
        rect = self.cell_rect(row, column).adjusted(0.5, 0.5, -0.5, -0.5)
        ground = QColor(theme.raised)
        if count:
            # The square root tells one mistake from none and ten from one.
            ground = _mixed(ground, QColor(theme.accent), 0.85 * float(np.sqrt(share)))
        painter.fillRect(rect, ground)
        if count:
            bright = QColor(theme.text), QColor(theme.on_accent)
            painter.setPen(max(bright, key=lambda color: _distance(color, ground)))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(count))

    def _point(self, cell: Cell | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self.update()
            self._reading.moved()
            self.pointed.emit(self.words())

    def _cell_at(self, position: QPointF) -> Cell | None:
        for row in range(len(self._names)):
            for column in range(len(self._names)):
                if self.cell_rect(row, column).contains(position):
                    return row, column
        return None

    def _left(self) -> int:
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        return min(WIDEST_NAME, widest) + 8

    def _least_width(self) -> int:
        largest = int(self._counts.max()) if self._counts.size else 0
        return max(20, self.fontMetrics().horizontalAdvance(str(largest)) + 4)

    def _cell_width(self) -> float:
        room = (self.width() - self._left()) / max(1, len(self._names))
        return min(max(room, self._least_width()), 2.0 * self._cell_height() + 8)

    def _cell_height(self) -> float:
        room = self.height() / (len(self._names) + 1)
        return min(max(room, MIN_CELL), MAX_CELL)

    def _size(self, cell: int) -> QSize:
        count = len(self._names)
        return QSize(self._left() + count * self._least_width(), (count + 1) * cell)


def _mixed(first: QColor, second: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        first.redF() + share * (second.redF() - first.redF()),
        first.greenF() + share * (second.greenF() - first.greenF()),
        first.blueF() + share * (second.blueF() - first.blueF()),
    )


def _distance(first: QColor, second: QColor) -> float:
    return abs(first.lightnessF() - second.lightnessF())
