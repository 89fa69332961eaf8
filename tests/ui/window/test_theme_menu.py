"""The theme: the desktop's until one is chosen, and again when it is to be followed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QStyleHints
from PySide6.QtWidgets import QMenu

from vae_gui.ui.style import theme as style
from vae_gui.ui.style.theme import DARK, LIGHT, current_theme, theme_of
from vae_gui.ui.window.main_window import MainWindow

SCHEME = Qt.ColorScheme


@pytest.fixture
def desktop_turns(monkeypatch: pytest.MonkeyPatch):
    """`desktop_turns(Qt.ColorScheme.Light)`: what the desktop shows from now on, and says so."""

    def turn(scheme: Qt.ColorScheme) -> None:
        monkeypatch.setattr(style, "system_scheme", lambda: scheme)
        QGuiApplication.styleHints().colorSchemeChanged.emit(scheme)

    return turn


def choices(window: MainWindow) -> dict[str, QAction]:
    (menu,) = [each for each in window.findChildren(QMenu) if each.title() == "Theme"]
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if action.isCheckable()}


def test_a_desktop_that_says_nothing_has_the_dark_theme(qapp) -> None:
    assert style.system_scheme() == SCHEME.Unknown
    assert theme_of("system") is DARK
    assert theme_of("light") is LIGHT


def test_the_theme_turns_with_the_desktop(window, desktop_turns) -> None:
    assert window.context.settings.theme == "system"
    assert choices(window)["Follow the system"].isChecked()
    desktop_turns(SCHEME.Light)
    assert current_theme() is LIGHT
    desktop_turns(SCHEME.Dark)
    assert current_theme() is DARK


def test_a_theme_that_was_chosen_stays_until_the_system_is_followed_again(
    window, desktop_turns
) -> None:
    choices(window)["Light"].trigger()
    assert current_theme() is LIGHT and window.context.settings.theme == "light"
    desktop_turns(SCHEME.Dark)
    assert current_theme() is LIGHT
    choices(window)["Follow the system"].trigger()
    assert current_theme() is DARK
    ticked = [text for text, action in choices(window).items() if action.isChecked()]
    assert ticked == ["Follow the system"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Qt.ColorScheme]:
    """What Qt is told, for title bars and dialogs of the system; offscreen it has none."""
    schemes: list[Qt.ColorScheme] = []
    monkeypatch.setattr(QStyleHints, "setColorScheme", lambda _, scheme: schemes.append(scheme))
    return schemes


def test_qt_is_told_what_is_chosen_and_nothing_where_the_system_is_followed(
    window, told: list[Qt.ColorScheme], monkeypatch: pytest.MonkeyPatch
) -> None:
    choices(window)["Light"].trigger()
    choices(window)["Dark"].trigger()
    assert told == [SCHEME.Light, SCHEME.Dark]
    # What Qt says of the system is what it was told last, until it is told nothing.
    monkeypatch.setattr(
        style,
        "system_scheme",
        lambda: SCHEME.Light if told[-1] == SCHEME.Unknown else told[-1],
    )
    choices(window)["Follow the system"].trigger()
    assert told[-1] == SCHEME.Unknown and current_theme() is LIGHT


def test_the_key_chooses_the_other_theme(qtbot, window) -> None:
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert current_theme() is LIGHT
    assert choices(window)["Light"].isChecked()
