"""The tabs of the models: by keys and mouse, their names, and closing them without a loss."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from tests.runtime.conftest import entry
from vae_gui.core.storage import workspace as files
from vae_gui.ui.window.main_window import MainWindow

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def shown(window: MainWindow) -> str:
    return window.context.library.shown.workspace.title


def answers(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda _: button)


def chosen_file(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(path), "")))


def test_keys_go_round_the_tabs(window) -> None:
    first = shown(window)
    window.context.library.add(entry("second"))
    window.context.library.add(entry("third"))
    QTest.keyClick(window, Qt.Key.Key_Tab, CONTROL)
    assert shown(window) == first
    QTest.keyClick(window, Qt.Key.Key_Backtab, CONTROL | SHIFT)
    assert shown(window) == "Model third"


def test_a_double_click_names_a_model(qtbot, window) -> None:
    bar = window.tabs.bar
    qtbot.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(0).center())
    assert bar.name_edit.isVisible()
    qtbot.keyClicks(bar.name_edit, "Sevens & ones")
    qtbot.keyClick(bar.name_edit, Qt.Key.Key_Return)
    assert shown(window) == "Sevens & ones"
    assert bar.tabText(0) == "Sevens && ones •"
    assert "Sevens & ones" in window.context.library.unsaved[0].workspace.title


def test_an_empty_name_changes_nothing(qtbot, window) -> None:
    before, bar = shown(window), window.tabs.bar
    bar.rename_shown()
    bar.name_edit.clear()
    qtbot.keyClick(bar.name_edit, Qt.Key.Key_Return)
    assert shown(window) == before and not window.context.library.unsaved


def test_a_saved_model_has_the_name_of_its_file(qtbot, window, saves_to, tmp_path) -> None:
    saves_to(tmp_path / "my digits.vae")
    with qtbot.waitSignal(window.context.files.saved):
        window.files.save_as()
    assert shown(window) == "my digits"
    assert files.load(tmp_path / "my digits.vae").title == "my digits"
    assert not window.context.library.unsaved


def test_the_list_goes_to_any_model(window) -> None:
    tabs, first = window.tabs, shown(window)
    assert not tabs.list_button.isVisible()
    window.context.library.add(entry("second"))
    assert tabs.list_button.isVisible()
    tabs._menu.aboutToShow.emit()
    assert [action.isChecked() for action in tabs._menu.actions()] == [False, True]
    tabs._menu.actions()[0].trigger()
    assert shown(window) == first


@pytest.fixture
def unsaved(window) -> str:
    """A second model that no file holds."""
    window.context.library.add(entry("second", steps=5))
    run_id = window.context.library.shown.run_id
    window.context.library.rename(run_id, "Work of an hour")
    return run_id


def is_open(window: MainWindow, run_id: str) -> bool:
    return window.context.library.find(run_id) is not None


def test_a_model_that_is_to_be_saved_first_is_closed_once_it_is(
    qtbot, window, unsaved: str, monkeypatch, tmp_path
) -> None:
    answers(monkeypatch, QMessageBox.StandardButton.Save)
    chosen_file(monkeypatch, tmp_path / "kept.vae")
    QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
    assert is_open(window, unsaved)
    qtbot.waitUntil(lambda: not is_open(window, unsaved))
    assert files.load(tmp_path / "kept.vae").checkpoint.snapshot.run_id == unsaved
    with qtbot.waitSignal(window.context.explorer.model_changed):
        QTest.keyClick(window, Qt.Key.Key_T, CONTROL | SHIFT)
    assert window.context.library.shown.run_id == unsaved


def test_without_a_file_for_it_a_model_stays_open(window, unsaved: str, monkeypatch) -> None:
    answers(monkeypatch, QMessageBox.StandardButton.Save)
    chosen_file(monkeypatch, "")
    QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
    answers(monkeypatch, QMessageBox.StandardButton.Cancel)
    QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
    assert is_open(window, unsaved)
    answers(monkeypatch, QMessageBox.StandardButton.Discard)
    QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
    assert not is_open(window, unsaved)
    QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
    assert len(window.context.library.models) == 1, "the last one stays"
