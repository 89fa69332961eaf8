"""From the window: runs that are queued with one setting varied, a model beside another, a folder of runs."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from tests.tiny import tiny_config
from vae_gui.core.sweeps.vary import varied
from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.ui.panels.runs.panel import RunsPanel
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.vary_dialog import VaryDialog


def dialog_of(window: MainWindow) -> VaryDialog:
    return window.findChildren(VaryDialog)[-1]


def test_one_setting_is_varied_from_the_menu(qtbot, window: MainWindow, bars: object) -> None:
    context = window.context
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config())
    qtbot.waitUntil(lambda: context.library.shown.snapshot.step == 6)
    window.comparing.vary()
    dialog = dialog_of(window)
    assert dialog.setting_box.currentText() == "β" and dialog.note.text().startswith("4 runs")
    dialog.values_edit.setText("0.5, x")
    assert not dialog.queue_button.isEnabled() and "must be a number" in dialog.note.text()
    dialog.values_edit.setText("0.5, 4")
    qtbot.mouseClick(dialog.queue_button, Qt.MouseButton.LeftButton)
    panel = window.docks.panel(RunsPanel)
    qtbot.waitUntil(panel.queue_box.isVisible)
    qtbot.waitUntil(lambda: not context.queue.current and not context.queue.waiting)
    assert [e.config.train.beta for e in context.library.models][-2:] == [0.5, 4.0]
    qtbot.waitUntil(lambda: len(panel.model.runs) == len(context.library.models))
    assert not panel.queue_box.isVisible()


def test_a_tab_is_compared_with_another(qtbot, window: MainWindow, bars: object) -> None:
    context, bar = window.context, window.tabs.bar
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config())
    qtbot.waitUntil(lambda: bar.count() == 2)
    bar.customContextMenuRequested.emit(bar.tabRect(0).center())
    (menu,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    compare = menu.actions()[0].menu()
    assert [action.text() for action in compare.actions()] == [bar.tabText(1).rstrip("*")]
    compare.actions()[0].trigger()
    menu.close()
    assert context.library.shown is context.library.models[0]
    assert context.twin.model is context.library.models[1]


def test_the_queue_can_be_put_in_another_order(qtbot, window: MainWindow, bars: object) -> None:
    queue, box = window.context.queue, window.docks.panel(RunsPanel).queue_box
    window.docks.bring_up("runs")
    queue.add(varied(tiny_config(), "beta", "1, 4, 2"))
    queue.set_paused(True)
    qtbot.waitUntil(lambda: box.list.count() == 3)
    box.list.model().moveRow(box.list.rootIndex(), 2, box.list.rootIndex(), 0)
    assert [run.config.train.beta for run in queue.waiting] == [2.0, 1.0, 4.0]
    box.list.setFocus()
    box.list.setCurrentRow(1)
    window.docks.bring_up("runs")
    qtbot.waitUntil(box.list.isVisible)
    qtbot.keyClick(box.list, Qt.Key.Key_Delete)
    assert [run.config.train.beta for run in queue.waiting] == [2.0, 4.0]
    box.list.setCurrentRow(1)
    qtbot.keyClick(box.list, Qt.Key.Key_Backspace)
    assert [run.config.train.beta for run in queue.waiting] == [2.0]
    qtbot.mouseClick(box.clear_button, Qt.MouseButton.LeftButton)
    assert not queue.waiting and not box.isVisible()


def test_the_app_opens_on_a_folder(qtbot, window_of, tmp_path: Path) -> None:
    shutil.copy(resources_dir() / PRETRAINED, tmp_path / "one.vae")
    window = window_of(tmp_path)
    qtbot.waitUntil(lambda: window.context.runs.folder == tmp_path)
    assert not window.docks.panels["runs"].isHidden()


def test_a_folder_is_opened_from_the_menu(
    qtbot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(resources_dir() / PRETRAINED, tmp_path / "one.vae")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    window.comparing.open_sweep()
    qtbot.waitUntil(lambda: window.context.runs.folder == tmp_path)
    assert window.context.settings.last_folder == tmp_path.parent
