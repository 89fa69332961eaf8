"""A row of the dialog for your images: a part that may stand in a place of its own."""

from pathlib import Path

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QToolButton, QWidget

from vae_gui.ui.style.icons import icon
from vae_gui.ui.widgets.label import Label, plain_tip


class PartRow(QWidget):
    """title: before the row. spoken: what is chosen, for a screen reader. usual: where it is while nothing is chosen."""

    def __init__(self, title: str, spoken: str, usual: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._usual = usual
        self.title_label = Label(title, parent)
        self.title_label.setProperty("role", "muted")
        self.path_label = Label(self)
        self.path_label.setProperty("role", "muted")
        self.folder_button = QPushButton("Folder…", self)
        self.file_button = QPushButton("File…", self)
        self.clear_button = QToolButton(self)
        self.clear_button.setIcon(icon("close", "muted"))
        self.clear_button.setToolTip("As it was")
        for button, does in (
            (self.folder_button, "choose a folder"),
            (self.file_button, "choose a file"),
            (self.clear_button, "take the choice back"),
        ):
            button.setAccessibleName(f"{spoken}: {does}")
        self.folder_button.setVisible(spoken == "Test images")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path_label, 1)
        for button in (self.folder_button, self.file_button, self.clear_button):
            row.addWidget(button)

    def add_to(self, grid: QGridLayout, number: int) -> None:
        grid.addWidget(self.title_label, number, 0)
        grid.addWidget(self, number, 1)

    def show_path(self, path: Path | None) -> None:
        self.path_label.setText(self._usual if path is None else path.name)
        self.path_label.setToolTip("" if path is None else plain_tip(str(path)))
        self.clear_button.setEnabled(path is not None)

    def set_shown(self, shown: bool) -> None:
        self.title_label.setVisible(shown)
        self.setVisible(shown)
