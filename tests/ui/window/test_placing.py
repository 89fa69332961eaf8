"""The window lies within its screen, at the first start and after the screen has changed."""

import json
import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QByteArray, QPoint, QRect
from PySide6.QtWidgets import QMainWindow, QWidget

from tests.conftest import REPOSITORY
from tests.waiting import WAIT_SECONDS
from vae_gui.core.support.settings import settings_of
from vae_gui.ui.window.main_window import SIZE, MainWindow
from vae_gui.ui.window.placing import FRAME, placed

SMALL = QRect(0, 0, 1366, 768)
SECOND = QRect(1920, 24, 1280, 776)  # beside another one, under a panel of the desktop


@pytest.mark.parametrize("screen", [SMALL, SECOND])
@pytest.mark.parametrize(
    "wanted", [QRect(0, 0, *SIZE), QRect(2600, 900, 1900, 1000), QRect(-3000, -900, 600, 400)]
)
def test_a_window_with_its_frame_is_within_the_screen(screen: QRect, wanted: QRect) -> None:
    found = placed(wanted, screen)
    assert screen.contains(found.marginsAdded(FRAME))
    assert found.size() == wanted.size().boundedTo(screen.marginsRemoved(FRAME).size())


def test_a_window_that_is_within_the_screen_stays_where_it_is() -> None:
    assert placed(QRect(100, 90, 1000, 640), SMALL) == QRect(100, 90, 1000, 640)


def place_of(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def check_all_is_on_the_screen(qtbot, window: MainWindow) -> None:
    window.welcome()
    screen = window.screen().availableGeometry()
    assert screen.contains(window.geometry().marginsAdded(FRAME))
    timeline = window.timeline_bar
    for widget in (
        *(window.tour, window.tour.next_button, window.statusBar()),
        *(timeline.replay_button, timeline.menu_button, timeline.curves_button),
    ):
        assert widget.isVisible()
        qtbot.waitUntil(lambda of=widget: screen.contains(place_of(of)))  # the line grows


def test_all_of_the_first_window_is_on_the_screen(qtbot, window) -> None:
    check_all_is_on_the_screen(qtbot, window)


def test_a_window_of_a_larger_screen_comes_back_within_this_one(qtbot, context, window_of) -> None:
    former = QMainWindow()
    former.setGeometry(3000, 1400, 1900, 1100)
    context.settings.keep_window(former.saveGeometry(), QByteArray())
    check_all_is_on_the_screen(qtbot, window_of())


@pytest.mark.qt_log_ignore(r"grabbing the keyboard", r"raise\(\)", extend=True)  # offscreen
def test_all_of_the_settings_of_a_run_is_on_the_screen(qtbot, window) -> None:
    bar = window.run_bar
    bar.choose_preset("sharp-2d", "A lesson")  # so that the marks are there, too
    bar.settings_button.click()
    popup, screen = bar.settings.window(), window.screen().availableGeometry()
    qtbot.waitUntil(lambda: bar.settings.parameters.text() != "")
    forms = (bar.settings.model_form, bar.settings.train_form)
    shown = [form.editor(item.name) for form in forms for item in settings_of(type(form.value()))]
    shown += [bar.settings.train_form.mark("epochs"), bar.settings.preset_mark]
    shown += [bar.settings.parameters, bar.settings.put_back_button, bar.settings.reset_button]
    assert screen.contains(popup.geometry())
    for widget in shown:
        assert widget.visibleRegion().boundingRect() == widget.rect(), widget.accessibleName()
    popup.close()


@pytest.mark.parametrize("size", [(1366, 768), (1280, 800)])
def test_all_of_the_window_is_on_a_small_screen(tmp_path, size: tuple[int, int]) -> None:
    """Qt takes the screen once, before the app, so that a process of its own looks."""
    width, height = size
    screen = {"name": "small", "x": 0, "y": 0, "width": width, "height": height}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    (tmp_path / "screen.json").write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    tests = ("test_all_of_the_first_window_is_on_the_screen",)
    tests += ("test_a_window_of_a_larger_screen_comes_back_within_this_one",)
    tests += ("test_all_of_the_settings_of_a_run_is_on_the_screen",)
    which = [f"{__file__}::{name}" for name in tests]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *which],
        cwd=REPOSITORY,
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screen.json'}"},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-2000:]
