"""Text as it is: what comes from a file is never read as HTML, in a label, a message box or a tool tip."""

from html import escape
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget


class Label(QLabel):
    """A QLabel of plain text; Qt's own guesses, and would follow a picture's address on a network share."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.setTextFormat(Qt.TextFormat.PlainText)


def ask(
    parent: QWidget,
    title: str,
    text: str,
    buttons: QMessageBox.StandardButton,
    default: QMessageBox.StandardButton = QMessageBox.StandardButton.NoButton,
    names: dict[QMessageBox.StandardButton, str] | None = None,
    more: str = "",
) -> QMessageBox.StandardButton:
    """Ask in plain text; names: what stands on some of the buttons instead of Qt's words. more: below the question."""
    box = QMessageBox(QMessageBox.Icon.Question, title, text, buttons, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(more)
    box.setDefaultButton(default)
    for button, name in (names or {}).items():
        box.button(button).setText(name)
    answer = QMessageBox.StandardButton(box.exec())
    box.deleteLater()
    return answer


def tell(parent: QWidget, title: str, text: str) -> None:
    """Say something in plain text, in a box that waits for nobody."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def plain_tip(text: str) -> str:
    """For a tool tip, which has no format to set: what looks like HTML there stands as it is."""
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>" if "<" in text else text
