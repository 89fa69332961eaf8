"""A line beside a setting that somebody else changed, as an editor marks a line; a click puts the setting back."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme

WIDTH, HEIGHT = 16, 20  # of what can be clicked
LINE, WIDER = 3, 5  # of what is painted, and under the pointer


class ChangeMark(QAbstractButton):
    """Hidden while there is nothing to say. Signals: `clicked()`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName("Unchanged")
        self.hide()

    def say(self, text: str) -> None:
        """Show the line with a sentence on what changed, or hide it with ""."""
        if text != self.toolTip():
            self.setToolTip(text)
            self.setAccessibleName(text or "Unchanged")
            self.setVisible(bool(text))

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        theme = current_theme()
        width = WIDER if self.underMouse() or self.hasFocus() else LINE
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text if self.hasFocus() else theme.accent))
        line = QRectF((self.width() - width) / 2, 1, width, self.height() - 2)
        painter.drawRoundedRect(line, 1.5, 1.5)


def change_words(by: str, before: str) -> str:
    """Say who changed a setting, and what it was."""
    return f"{by} set this; it was {before}. Click to put it back."
