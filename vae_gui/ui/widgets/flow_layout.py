"""Widgets side by side that go on in the next line where the width ends."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from vae_gui.runtime.overrides import qt_override, qt_override_or


class FlowLayout(QLayout):
    """Lines of widgets at their preferred size."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 4) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def replace(self, old: Sequence[QWidget], new: Sequence[QWidget]) -> None:
        """Delete some of the widgets and add others, which are arranged once and not again for each."""
        container = self.parentWidget()
        assert container is not None
        hidden = container.isHidden()
        container.hide()
        for widget in old:
            self.removeWidget(widget)
            widget.blockSignals(True)  # a click that is under way would come from what is gone
            widget.deleteLater()
        for widget in new:
            self.addWidget(widget)
            widget.show()
        container.setHidden(hidden)
        container.updateGeometry()

    @qt_override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @qt_override
    def count(self) -> int:
        return len(self._items)

    @qt_override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @qt_override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @qt_override_or(lambda: Qt.Orientation(0))
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @qt_override
    def hasHeightForWidth(self) -> bool:
        return True

    @qt_override
    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), apply=False)

    @qt_override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, apply=True)

    @qt_override
    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() + self.spacing() for item in self._items]
        heights = [item.sizeHint().height() for item in self._items]
        return QSize(sum(widths), max(heights, default=0))

    @qt_override
    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items]
        return QSize(
            max((size.width() for size in sizes), default=0),
            max((size.height() for size in sizes), default=0),
        )

    def _arrange(self, rect: QRect, apply: bool) -> int:
        """Place the items, if asked to; returns the height that they take."""
        x, y, line = rect.left(), rect.top(), 0
        for item in self._items:
            size = item.sizeHint()
            if x > rect.left() and x + size.width() > rect.left() + rect.width():
                x, y, line = rect.left(), y + line + self.spacing(), 0
            if apply:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self.spacing()
            line = max(line, size.height())
        return y + line - rect.top()
