"""A panel that drops down from a button and closes when the person clicks elsewhere."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme
from vae_gui.ui.widgets.scroll_area import ScrollArea

MARGIN = 16


class Popup(QWidget):
    """Shows `content`, scrolled where the screen is too small for it."""

    def __init__(self, content: QWidget, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._content = content
        self._scroll = ScrollArea(content, self)
        self._scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addWidget(self._scroll)

    def open_under(self, anchor: QWidget) -> None:
        """Show below `anchor`, within its screen."""
        wanted = self._content.sizeHint()
        screen = anchor.screen().availableGeometry()
        width = min(wanted.width() + 2 * MARGIN + 16, screen.width())
        height = min(wanted.height() + 2 * MARGIN + 4, int(screen.height() * 0.8))
        corner = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        x = max(screen.left(), min(corner.x(), screen.right() + 1 - width))
        y = corner.y()
        if y + height > screen.bottom() + 1:
            above = anchor.mapToGlobal(QPoint(0, 0)).y() - height - 4
            y = above if above >= screen.top() else screen.bottom() + 1 - height
        self.setGeometry(x, y, width, height)
        self.show()
        self._content.setFocus(Qt.FocusReason.PopupFocusReason)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        theme = current_theme()
        painter.fillRect(self.rect(), QColor(theme.surface))
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
