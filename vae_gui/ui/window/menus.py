"""Menus of the window's bar, and the commands in them, each with its keys."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QActionEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.keys import Key, key_sequences

Slot = Callable[[], object]
ROLE = QAction.MenuRole


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a menu; None in its place is a separator. role: what macOS puts into the menu of the app itself."""

    text: str
    run: Slot
    key: Key | None = None
    tip: str = ""
    role: QAction.MenuRole = ROLE.NoRole


class Menu(QMenu):
    """A menu of the bar, or below one.

    Whatever comes into it says its role: macOS would go by the words, and take “Settings…” of a run, or a recent
    file that is called `setup-1.vae`, for the settings of the app.
    """

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setToolTipsVisible(True)

    @qt_override
    def actionEvent(self, event: QActionEvent) -> None:
        action = event.action()
        if event.type() == QEvent.Type.ActionAdded and action.menuRole() == ROLE.TextHeuristicRole:
            action.setMenuRole(ROLE.NoRole)
        super().actionEvent(event)


def add_menu(window: QMainWindow, title: str, commands: Iterable[Command | None]) -> Menu:
    """A menu of the window with these commands."""
    menu = Menu(title, window.menuBar())
    window.menuBar().addMenu(menu)
    for command in commands:
        if command is None:
            menu.addSeparator()
        else:
            menu.addAction(make_action(window, command))
    return menu


def make_action(window: QMainWindow, command: Command) -> QAction:
    action = QAction(command.text, window)
    action.setMenuRole(command.role)
    if command.key is not None:
        action.setShortcuts(key_sequences(command.key))
    if command.tip:
        action.setToolTip(command.tip)
    action.triggered.connect(command.run)
    return action
