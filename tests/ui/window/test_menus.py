"""Menus as a desktop sees them: their roles, their keys, and the names of keys in all that the window says."""

import re
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QWidget

from vae_gui.ui.panels import PANELS
from vae_gui.ui.parts.digit_menu import DigitActions, digit_menu
from vae_gui.ui.window.explanation import Explanation
from vae_gui.ui.window.lessons.lesson import lessons
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.shortcuts import ShortcutSheet

ROLE = QAction.MenuRole
SHOWN_ALIKE = re.compile(
    r"\b(Ctrl|Shift|Del|Backspace|Esc|Escape|Home|Return|Meta)\b|\bDelete (on|removes|takes)"
)


def actions_of(menu: QMenu) -> Iterator[QAction]:
    """All that is in a menu and below it, once it is looked at."""
    menu.aboutToShow.emit()
    for action in menu.actions():
        if not action.isSeparator():
            yield action
        if action.menu() is not None:
            yield from actions_of(action.menu())


def menu_actions(window: MainWindow) -> list[QAction]:
    return [each for top in window.menuBar().actions() for each in actions_of(top.menu())]


def test_a_mac_moves_nothing_from_its_menu_by_its_words(window, tmp_path: Path) -> None:
    (tmp_path / "setup-1.vae").touch()
    window.context.settings.remember_file(tmp_path / "setup-1.vae")
    roles = {action.text().replace("&", ""): action.menuRole() for action in menu_actions(window)}
    assert {"setup-1.vae", "Settings…", "Undo", "Latent pad", "Dark", "Theme"} <= set(roles)
    moved = {text: role for text, role in roles.items() if role != ROLE.NoRole}
    assert moved == {"Quit": ROLE.QuitRole, "About": ROLE.AboutRole}


def test_every_key_of_the_window_is_of_one_command(window) -> None:
    actions = {id(action): action for action in (*menu_actions(window), *window.actions())}
    keys = [keys.toString() for action in actions.values() for keys in action.shortcuts()]
    assert len(keys) > 25 and len(keys) == len(set(keys))


def test_the_other_keys_of_a_command_do_the_same(qtbot, window) -> None:
    meta = Qt.KeyboardModifier.MetaModifier
    (following,) = [action for action in menu_actions(window) if action.text() == "Next model"]
    with qtbot.waitSignal(following.triggered):
        QTest.keyClick(window, Qt.Key.Key_Tab, meta)


def said(root: QWidget) -> Iterator[str]:
    """All that a part of the window shows, or tells a screen reader."""
    for widget in (root, *root.findChildren(QWidget)):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        if isinstance(widget, QAbstractButton | QLabel):
            yield widget.text()
        if isinstance(widget, QLineEdit):
            yield widget.placeholderText()
    for action in root.findChildren(QAction):
        yield from (action.text(), action.toolTip())


def test_all_that_the_window_says_has_the_names_that_this_system_gives_to_keys(
    keys_of_a_mac, qtbot, window
) -> None:
    for entry in PANELS:
        window.docks.bring_up(entry.name)
    QTest.keyClick(window, Qt.Key.Key_F11)
    found = [*said(window), window.docks.panels["bookmarks"].view.grid._empty_text]
    QTest.keyClick(window, Qt.Key.Key_Escape)
    more = [ShortcutSheet(window), *(Explanation(entry.name) for entry in PANELS)]
    for part in more:
        found += said(part)
        part.deleteLater()
    menu = digit_menu(window, DigitActions(list, list))
    found += [action.text() for action in menu.actions()]
    menu.deleteLater()
    for lesson in lessons(Path("no such folder")):
        window.lesson_dock.open_lesson(lesson)
        found.append(window.lesson_dock.page.toPlainText())
    assert any("⌘R" in text for text in found) and any("⌦" in text for text in found)
    assert [text for text in found if SHOWN_ALIKE.search(text) or "{key" in text] == []
