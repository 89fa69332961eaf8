"""Explanation of a panel: a few sentences, with a small drawing where it helps."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from vae_gui.resources import resources_dir
from vae_gui.ui.style.icons import themed_svg
from vae_gui.ui.style.keys import with_keys

WIDTH = 400
DRAWING = QSize(WIDTH, 120)


def has_explanation(name: str) -> bool:
    return (resources_dir() / "explain" / f"{name}.md").is_file()


class Explanation(QWidget):
    """The text `resources/explain/<name>.md`, under the drawing `<name>.svg` if there is one."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        folder = resources_dir() / "explain"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._drawing = QLabel(self)
        self._icon: QIcon | None = None
        if (folder / f"{name}.svg").is_file():
            self._icon = themed_svg(folder / f"{name}.svg", "muted")
            self._drawing.setPixmap(self._icon.pixmap(DRAWING, self.devicePixelRatioF()))
        self._drawing.setVisible(self._icon is not None)
        layout.addWidget(self._drawing)
        for paragraph in (folder / f"{name}.md").read_text(encoding="utf-8").split("\n\n"):
            text = QLabel(with_keys(paragraph), self)
            text.setTextFormat(Qt.TextFormat.MarkdownText)
            text.setWordWrap(True)
            text.setFixedWidth(WIDTH)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(text)
