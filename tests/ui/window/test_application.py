"""What the desktop asks of the app itself: a file at a double click."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.ui.window.application import Application


@pytest.fixture
def app(qapp: Application, monkeypatch: pytest.MonkeyPatch) -> Application:
    """As it is before there is a window."""
    kept: list[Path] = []
    monkeypatch.setattr(qapp, "_kept", kept)
    monkeypatch.setattr(qapp, "_open", kept.append)
    return qapp


def ask_for(app: Application, url: QUrl) -> bool:
    """As macOS does at a double click."""
    return QApplication.sendEvent(app, QFileOpenEvent(url))


def model_file(folder: Path, name: str) -> Path:
    return Path(shutil.copy(resources_dir() / PRETRAINED, folder / name))


def test_a_file_that_comes_before_the_window_is_opened_in_it(
    qtbot, app, window_of, tmp_path: Path
) -> None:
    file = model_file(tmp_path, "a file.vae")
    assert ask_for(app, QUrl.fromLocalFile(str(file)))
    window = window_of()
    app.deliver_files(window.open_path)
    qtbot.waitUntil(lambda: window.context.library.shown.path == file)


def test_a_file_that_comes_while_the_app_runs_is_opened(qtbot, app, window, tmp_path: Path) -> None:
    app.deliver_files(window.open_path)
    file = model_file(tmp_path, "größe.vae")
    assert ask_for(app, QUrl.fromLocalFile(str(file)))
    qtbot.waitUntil(lambda: window.context.library.shown.path == file)


def test_a_folder_of_runs_is_compared(qtbot, app, window, tmp_path: Path) -> None:
    model_file(tmp_path, "one.vae")
    app.deliver_files(window.open_path)
    ask_for(app, QUrl.fromLocalFile(str(tmp_path)))
    qtbot.waitUntil(lambda: window.context.runs.folder == tmp_path)


def test_an_address_is_no_file(app) -> None:
    opened: list[Path] = []
    app.deliver_files(opened.append)
    ask_for(app, QUrl("https://example.org/model.vae"))
    assert opened == []
