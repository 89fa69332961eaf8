"""The sheet of keys under Help."""

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QMainWindow,
    QMenu,
    QVBoxLayout,
)

from vae_gui.ui.style.keys import key_text, with_keys
from vae_gui.ui.widgets.label import Label

PAD_KEYS = (
    ("Move the cursor", "Arrows"),
    ("Coarse, fine", "{key:Shift}, {key:Ctrl} + arrows"),
    ("To the origin", "{key:Home}"),
    ("Set A or B", "A, B"),
    ("Add or remove a keyframe of the path", "K, {key:Delete}"),
    ("Draw a path", "P"),
    ("Copy the digit and its z", "{key:Ctrl+C}"),
    ("Zoom", "+, −, wheel"),
    ("Pan", "Space or middle button + drag"),
    ("Fit the view", "F"),
    ("Layers", "L"),
    ("Snap to a grid", "G"),
)
TIMELINE_KEYS = (
    ("By a moment", "{key:Left}, {key:Right}"),
    ("First, last", "{key:Home}, {key:End}"),
    ("Replay", "Space"),
    ("Back to live", "L"),
)


class ShortcutSheet(QDialog):
    """The keys of the pad and of the timeline, then those of the menus."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Keyboard shortcuts")
        columns = QGridLayout()
        columns.setHorizontalSpacing(32)
        columns.setVerticalSpacing(6)
        pad = [("On the pad", ""), *PAD_KEYS, ("On the timeline", ""), *TIMELINE_KEYS]
        menus = [("Everywhere", ""), *_menu_keys(window)]
        for column, rows in ((0, pad), (2, menus)):
            for row, (text, key) in enumerate(rows):
                label, keys = Label(text, self), Label(with_keys(key), self)
                label.setProperty("role", "title" if not key else "")
                keys.setProperty("role", "muted")
                columns.addWidget(label, row, column)
                columns.addWidget(keys, row, column + 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(24)
        layout.addLayout(columns)
        layout.addWidget(buttons)


def _menu_keys(window: QMainWindow) -> list[tuple[str, str]]:
    return [
        (action.text().replace("&", ""), key_text(action.shortcut()))
        for menu in window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if not action.shortcut().isEmpty()
    ]
