"""The Help menu: the example comes back, the versions are told, folders are opened."""

import logging

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox

from tests.ui.window.test_main_window import trigger
from vae_gui import __version__
from vae_gui.app import keep_log
from vae_gui.ui.window.help_menu import lessons_folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    urls: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", staticmethod(urls.append))
    return urls


def test_the_example_model_can_be_opened_again(qtbot, bars, window) -> None:
    library = window.context.library
    example = library.shown.run_id
    window.run_bar.train()
    qtbot.waitUntil(lambda: len(library.models) == 2)
    window.context.session.close(example)
    assert library.find(example) is None
    trigger(window, "Open the example model")
    qtbot.waitUntil(lambda: library.shown.run_id == example)


def test_about_says_the_versions(qtbot, window) -> None:
    trigger(window, "About")
    (box,) = window.findChildren(QMessageBox)
    assert f"VAE explorer {__version__}" in box.text() and "torch 2" in box.text()
    box.close()


def test_the_log_folder_is_opened_where_there_is_a_log(window, opened: list[QUrl]) -> None:
    trigger(window, "Open the log folder")
    assert opened == [] and "no log" in window.banner.text()
    path = keep_log()
    try:
        trigger(window, "Open the log folder")
        assert [url.toLocalFile() for url in opened] == [str(path.parent)]
    finally:
        handler = logging.getLogger().handlers[-1]
        logging.getLogger().removeHandler(handler)
        handler.close()


def test_the_folder_of_own_lessons_is_made_and_opened(window, opened: list[QUrl]) -> None:
    (menu,) = [
        action.menu()
        for action in window.menuBar().actions()[-1].menu().actions()
        if action.text() == "Lessons"
    ]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()[:2]] == [
        "What is a VAE?",
        "What the KL term does",
    ]
    menu.actions()[-1].trigger()
    assert lessons_folder().is_dir()
    assert [url.toLocalFile() for url in opened] == [str(lessons_folder())]
    menu.actions()[1].trigger()
    assert window.lesson_dock.windowTitle() == "What the KL term does"
