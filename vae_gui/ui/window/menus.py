"""The menu bar: every command, with its key."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Slot = Callable[[], object]
Key = QKeySequence.StandardKey | str | None


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a menu; None in its place is a separator."""

    text: str
    run: Slot
    key: Key = None
    tip: str = ""


def add_menu(window: QMainWindow, title: str, commands: list[Command | None]) -> QMenu:
    """A menu of the window with these commands."""
    menu = window.menuBar().addMenu(title)
    menu.setToolTipsVisible(True)
    for command in commands:
        if command is None:
            menu.addSeparator()
        else:
            menu.addAction(make_action(window, command))
    return menu


def make_action(window: QMainWindow, command: Command) -> QAction:
    action = QAction(command.text, window)
    if command.key is not None:
        action.setShortcut(QKeySequence(command.key))
    if command.tip:
        action.setToolTip(command.tip)
    action.triggered.connect(command.run)
    return action
