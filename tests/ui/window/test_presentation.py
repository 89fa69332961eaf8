"""Presentation mode: pad, digit and strip alone in larger type, and back to what was there."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolBar, QWidget

from tests.screen import panel
from vae_gui.ui.style.theme import BODY_PX
from vae_gui.ui.window.lessons.lesson import lessons
from vae_gui.ui.window.main_window import MainWindow


def type_size() -> int:
    return QApplication.font().pixelSize()


def bars(window: MainWindow) -> list[bool]:
    shown = [window.menuBar(), window.statusBar(), *window.findChildren(QToolBar)]
    return [bar.isVisible() for bar in shown]


def test_f11_shows_pad_digit_and_strip_alone_and_escape_all_again(qtbot, window) -> None:
    window.docks.docks["probe"].hide()
    window.lesson_dock.open_lesson(lessons(Path("no such folder"))[0])
    before, docks = window.docks.open_panels(), window.docks.docks
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert {name for name, dock in docks.items() if not dock.isHidden()} == {
        *("pad", "explore", "interpolation"),
    }
    assert not any(bars(window)) and type_size() == round(1.4 * BODY_PX)
    assert window.isFullScreen() and not window.lesson_dock.isVisible()
    assert not panel(window, "explore").traversal.isVisible()
    assert "Esc" in window.banner.text()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.docks.open_panels() == before)
    assert all(bars(window)) and type_size() == BODY_PX
    assert not window.isFullScreen() and window.lesson_dock.isVisible()
    assert panel(window, "explore").traversal.isVisible()


def test_the_layout_that_is_kept_is_not_that_of_a_presentation(qtbot, window) -> None:
    before, _ = window.docks.open_panels()
    QTest.keyClick(window, Qt.Key.Key_F11)
    with qtbot.waitSignal(window.closed):
        window.close()
    again = QWidget()
    qtbot.addWidget(again)
    assert again.restoreGeometry(window.context.settings.geometry)
    assert not again.isFullScreen()
    window.docks.restore(window.context.settings.layout)
    assert window.docks.open_panels()[0] == before
    assert all(not bar.isHidden() for bar in window.findChildren(QToolBar))


def test_escape_restores_a_maximised_panel(qtbot, window) -> None:
    before, dock = window.docks.open_panels(), window.docks.docks["pad"]
    qtbot.mouseClick(dock.title.maximise_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.docks.docks["interpolation"].isHidden)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.docks.open_panels() == before)
    assert window.docks.docks["interpolation"].isVisible()
