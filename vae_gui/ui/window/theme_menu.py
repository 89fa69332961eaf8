"""View ▸ Theme: the desktop's colours, or always dark or light."""

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow

from vae_gui.ui.window.appearance import Appearance
from vae_gui.ui.window.menus import Command, Menu, make_action

CHOICES = {"system": "Follow the system", "dark": "Dark", "light": "Light"}


class ThemeMenu(Menu):
    """What is chosen is ticked."""

    def __init__(self, appearance: Appearance, window: QMainWindow, parent: Menu) -> None:
        super().__init__("Theme", parent)
        self._appearance = appearance
        self._group = QActionGroup(self)
        for name, title in CHOICES.items():
            action = QAction(title, self._group)
            action.setCheckable(True)
            action.setData(name)
            self.addAction(action)
        self.addSeparator()
        switch = Command("Switch dark and light", appearance.toggle_theme, "Ctrl+T")
        self.addAction(make_action(window, switch))
        self._group.triggered.connect(self._on_chosen)
        self.aboutToShow.connect(self._show_chosen)
        self._show_chosen()

    def _on_chosen(self, action: QAction) -> None:
        self._appearance.set_theme(action.data())

    def _show_chosen(self) -> None:
        for action in self._group.actions():
            action.setChecked(action.data() == self._appearance.theme)
