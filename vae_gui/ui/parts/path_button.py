"""The button that chooses the strip's path and the spacing of its frames."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QMenu, QSizePolicy, QToolButton, QWidget

from vae_gui.core.paths import PATHS
from vae_gui.core.state.latent import SPACINGS
from vae_gui.runtime.context import Context
from vae_gui.ui.widgets.type_width import fix_width

SPACING_TITLES = {"z": "Equal in z", "image": "Equal in image"}
SPACING_TIP = (
    "Steps of equal length in z, or steps between which the image changes equally: then a digit "
    "that stays the same for long takes fewer frames"
)
WIDTH = 104


def spacing_box(context: Context, parent: QWidget) -> QComboBox:
    """A choice of the spacing; who shows it keeps it up to date with `show_spacing`."""
    box = QComboBox(parent)
    for spacing in SPACINGS:
        box.addItem(SPACING_TITLES[spacing], spacing)
    box.setAccessibleName("Spacing of the frames")
    box.setToolTip(SPACING_TIP)
    box.activated.connect(lambda index: context.path_lab.space(SPACINGS[index]))
    return box


def show_spacing(box: QComboBox, spacing: str) -> None:
    with QSignalBlocker(box):
        box.setCurrentIndex(SPACINGS.index(spacing))


class PathButton(QToolButton):
    """The name of the path; its menu has the spacing too."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        fix_width(self, WIDTH)
        self.setAccessibleName("Path from A to B")
        self.setMenu(QMenu(self))
        self.menu().setToolTipsVisible(True)
        self._paths = self._section("Path", {entry.name: entry.title for entry in PATHS.values()})
        self._spacings = self._section("Steps", SPACING_TITLES)
        for action in self._paths.actions():
            action.setToolTip(PATHS[action.data()].tip)
        for action in self._spacings.actions():
            action.setToolTip(SPACING_TIP)
        self._paths.triggered.connect(self._on_path)
        self._spacings.triggered.connect(self._on_spacing)

    def _section(self, title: str, entries: Mapping[Any, str]) -> QActionGroup:
        self.menu().addSection(title)
        group = QActionGroup(self)
        for value, text in entries.items():
            action = self.menu().addAction(text)
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
        return group

    def show_state(self) -> None:
        """Without a command."""
        latent, lab = self._context.explorer.latent, self._context.path_lab
        self._paths.actions()[list(PATHS).index(latent.path)].setChecked(True)
        self._spacings.actions()[SPACINGS.index(latent.spacing)].setChecked(True)
        self.setText(PATHS[latent.path].title)
        note = lab.path(latent.path).note or PATHS[latent.path].tip
        self.setToolTip(f"{note}\nChoose the path and its steps")

    def _on_path(self, action: QAction) -> None:
        self._context.path_lab.choose(action.data())

    def _on_spacing(self, action: QAction) -> None:
        self._context.path_lab.space(action.data())
