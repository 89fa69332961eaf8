"""Docks that share a tab bar: only the one in front works."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QTabBar, QToolButton

from tests.answers import standing_questions
from vae_gui.ui.panels import PANELS
from vae_gui.ui.window.explanation import Explanation
from vae_gui.ui.window.panel_tabs import PanelTabs

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def test_panels_of_other_tabs_ask_nothing_until_their_tab_is_chosen(qtbot, window) -> None:
    docks, panels = window.docks.docks, window.docks.panels
    docks["curves"].raise_()
    qtbot.waitUntil(lambda: not panels["samples"].isVisible())
    assert "samples" not in standing_questions(qtbot, window.context)
    docks["samples"].raise_()
    qtbot.waitUntil(panels["samples"].isVisible)
    assert "samples" in standing_questions(qtbot, window.context)
    docks["curves"].raise_()
    qtbot.waitUntil(lambda: not panels["samples"].isVisible())
    assert "samples" not in standing_questions(qtbot, window.context)


def test_a_file_brings_its_arrangement_and_one_without_leaves_it(qtbot, window, tmp_path) -> None:
    files, docks = window.context.files, window.docks
    path = tmp_path / "arranged.vae"
    docks.docks["probe"].hide()
    with qtbot.waitSignal(files.saved):
        files.save(path, window._ui_state())
    docks.docks["probe"].show()
    with qtbot.waitSignal(window.context.explorer.model_changed):
        files.open(path)
    assert docks.docks["probe"].isHidden()
    docks.docks["probe"].show()
    with qtbot.waitSignal(files.saved):
        files.save(path)
    with qtbot.waitSignal(window.context.explorer.model_changed):
        files.open(path)
    assert not docks.docks["probe"].isHidden()


def test_a_tab_that_is_held_while_docks_are_arranged_anew_does_no_harm(qtbot, window) -> None:
    """Qt 6.11 crashes where a tab is dragged along a bar that is of no dock any more."""
    bar = max(window.findChildren(QTabBar, options=DIRECT), key=QTabBar.count)
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(bar, left, pos=bar.tabRect(0).center())
    window.docks.toggle_maximised(window.docks.docks["pad"])
    for tab in (1, 2):
        QTest.mouseMove(bar, bar.tabRect(tab).center())
    QTest.mouseRelease(bar, left, pos=bar.tabRect(2).center())
    window.docks.restore_all()
    assert window.docks.docks["curves"].isVisible()


@pytest.mark.parametrize("name", [entry.name for entry in PANELS])
def test_every_panel_says_what_it_shows(qtbot, window, name: str) -> None:
    """A24: from the panel's title, and not in the way: the popup goes with the next click."""
    dock = window.docks.docks[name]
    dock.raise_()
    qtbot.waitUntil(dock.title.explain_button.isVisible)
    qtbot.mouseClick(dock.title.explain_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dock.findChild(Explanation) is not None)
    text = " ".join(label.text() for label in dock.findChild(Explanation).findChildren(QLabel))
    assert len(text.split()) > 30
    dock.findChild(Explanation).window().close()


def test_the_view_menu_brings_a_panel_up_and_closes_the_one_in_front(qtbot, window) -> None:
    docks, panels = window.docks.docks, window.docks.panels
    action = next(
        action
        for menu in window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if action.text() == docks["samples"].windowTitle()
    )
    assert action.isChecked() and not panels["samples"].isVisible()
    action.trigger()
    qtbot.waitUntil(panels["samples"].isVisible)
    assert action.isChecked()
    action.trigger()
    qtbot.waitUntil(docks["samples"].isHidden)
    assert not action.isChecked()
    action.trigger()
    qtbot.waitUntil(panels["samples"].isVisible)
    assert action.isChecked()


@pytest.mark.parametrize("size", [(960, 600), (1280, 800)])
def test_tabs_that_do_not_fit_are_in_a_menu(qtbot, window, size: tuple[int, int]) -> None:
    window.resize(*size)
    tabs = max(window.findChildren(PanelTabs), key=lambda tabs: tabs._bar.count())
    bar, more = tabs._bar, tabs.more_button

    def fits() -> bool:
        seen = [bar.tabRect(i) for i in range(bar.count()) if bar.isTabVisible(i)]
        within = all(bar.rect().contains(rect) for rect in (*seen, more.geometry()))
        return within and not any(rect.intersects(more.geometry()) for rect in seen)

    qtbot.waitUntil(more.isVisible)
    qtbot.waitUntil(fits)
    assert not any(
        button.isVisible() for button in bar.findChildren(QToolButton) if button is not more
    )
    tabs.menu.aboutToShow.emit()
    hidden = [bar.tabText(i) for i in range(bar.count()) if not bar.isTabVisible(i)]
    assert [action.text() for action in tabs.menu.actions()] == hidden and "Runs" in hidden
    next(action for action in tabs.menu.actions() if action.text() == "Runs").trigger()
    qtbot.waitUntil(window.docks.panels["runs"].isVisible)
    qtbot.waitUntil(lambda: bar.isTabVisible(bar.currentIndex()) and fits())
    assert bar.tabText(bar.currentIndex()) == "Runs"
