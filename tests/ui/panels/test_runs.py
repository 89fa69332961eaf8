"""The runs panel: a folder that fills while it is looked at, a board that is pointed at, names that can be undone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from tests.spaces import show_space
from vae_gui.core.storage.workspace_limits import MAX_LOSS
from vae_gui.core.sweeps.board import MAX_LINES
from vae_gui.core.sweeps.folder import SweepFolder
from vae_gui.core.sweeps.one_run import Order, train_one
from vae_gui.core.sweeps.plan import plan_of
from vae_gui.core.sweeps.rows import DONE, EvaluationRow, Finished, RunRow
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.runs.panel import CURVES, RunsPanel
from vae_gui.ui.panels.runs.table import COLUMNS

PLAN = plan_of(
    {
        "preset": "s3-mlp",
        "dataset": "digits",
        "settings": {"epochs": 2, "batch_size": 512},
        "grid": {"beta": [0.5, 1, 4]},
    }
)


@pytest.fixture
def folder(tmp_path: Path) -> SweepFolder:
    sweep = SweepFolder(tmp_path / "sweep")
    sweep.begin(PLAN)
    return sweep


@pytest.fixture
def panel(qtbot, context: Context, panel_of) -> RunsPanel:
    show_space(context)
    panel: RunsPanel = panel_of(RunsPanel, 720, 560)
    return panel


def show(qtbot, context: Context, folder: Path) -> None:
    with qtbot.waitSignal(context.runs.changed):
        context.runs.open_folder(folder)


def fill(folder: SweepFolder, *indices: int) -> None:
    for index in indices:
        folder.keep(train_one(Order(PLAN, PLAN.runs[index], Path(), 1)))


def made_up(name: str, kl: float, reconstruction: float) -> Finished:
    row = RunRow(
        name, DONE, "s3-mlp", "digits", "mlp-256", 2, "bernoulli", 1.0, 0, 9,
        kl + reconstruction, reconstruction, kl,
    )  # fmt: skip
    return Finished(row, (EvaluationRow(name, 9, reconstruction, kl),), b"")


def names(panel: RunsPanel) -> list[str]:
    model = panel.filter
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_the_runs_of_a_sweep_appear_while_it_goes_on(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder
) -> None:
    assert names(panel) == ["Model"]
    show(qtbot, context, folder.path)
    fill(folder, 0)
    qtbot.waitUntil(lambda: names(panel) == ["Model", "beta 0.5"])
    panel.table.selectRow(1)
    fill(folder, 1, 2)
    qtbot.waitUntil(lambda: names(panel) == ["Model", "beta 0.5", "beta 1", "beta 4"])
    assert [run.row.name for run in panel.selected()] == ["beta-0.5"]
    assert [run.key for run in panel.plot.shown] == [run.name for run in PLAN.runs]
    assert panel.plot.left_out == 1 and "1 of 4 runs is left out" in panel.note.text()
    # and the samples of the one that is selected are decoded
    qtbot.waitUntil(lambda: panel.samples.count() == 8)


def test_a_click_on_the_board_opens_the_run(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder
) -> None:
    fill(folder, 0, 2)
    show(qtbot, context, folder.path)
    panel.grab()  # lays out the plot
    at = panel.plot.place_of("beta-4").toPoint()
    with qtbot.waitSignal(panel.plot.pointed):
        qtbot.mouseMove(panel.plot.plot.viewport(), QPoint(1, 1))
        qtbot.mouseMove(panel.plot.plot.viewport(), at)
    with qtbot.waitSignal(context.library.shown_changed):
        qtbot.mouseClick(panel.plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert context.library.shown.config.train.beta == 4
    qtbot.waitUntil(lambda: "open" in [run.row.status for run in panel.runs.runs][:2])
    # and beside all runs nothing is opened
    before = context.library.shown
    qtbot.mouseClick(panel.plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=at + QPoint(40, 40))
    assert context.library.shown is before


def test_the_table_is_sorted_and_filtered(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder
) -> None:
    for name, kl, reconstruction in (("a", 5, 150), ("b", 11, 90), ("c", 9, 120)):
        folder.keep(made_up(name, kl, reconstruction))
    show(qtbot, context, folder.path)
    panel.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert names(panel) == ["b", "c", "a", "Model"]
    panel.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert names(panel) == ["b", "c", "a", "Model"]  # the one without a KL is last either way
    qtbot.keyClicks(panel.filter_edit, "done 120.00")
    assert names(panel) == ["c"]


def test_active_dimensions_that_nobody_counted_are_not_told_as_none(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder
) -> None:
    folder.keep(made_up("uncounted", 5.0, 150.0))
    folder.keep(made_up("collapsed", 0.001, 200.0))
    show(qtbot, context, folder.path)
    column = [column.title for column in COLUMNS].index("Active")
    told = {
        panel.filter.index(row, 0).data(): panel.filter.index(row, column).data()
        for row in (0, 1, 2)
    }
    assert told["uncounted"] == "—" and told["collapsed"] == "0"


def test_names_tags_and_removals_can_be_undone_and_are_kept(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        folder.keep(made_up(name, 5, 150))
    show(qtbot, context, folder.path)
    typed = iter([("best", True), ("keep", True)])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: next(typed))
    panel.table.setFocus()
    panel.table.selectRow(1)
    press(qtbot, panel.table, Qt.Key.Key_F2)
    assert names(panel) == ["Model", "best", "b"]
    press(qtbot, panel.table, Qt.Key.Key_T)
    press(qtbot, panel.table, Qt.Key.Key_Delete)
    assert names(panel) == ["Model", "b"]
    show(qtbot, context, folder.path)  # as after a new start
    assert names(panel) == ["Model", "b"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_removal_is_undone(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder, key: Qt.Key
) -> None:
    for name in "abc":
        folder.keep(made_up(name, 5, 150))
    show(qtbot, context, folder.path)
    panel.table.setFocus()
    panel.table.selectRow(2)
    press(qtbot, panel.table, key)
    assert names(panel) == ["Model", "a", "c"]
    qtbot.mouseClick(panel.undo_button, Qt.MouseButton.LeftButton)
    assert names(panel) == ["Model", "a", "b", "c"]


@pytest.mark.parametrize("far", [1e6, MAX_LOSS])
def test_a_board_of_runs_that_lie_far_apart_has_few_lines(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder, far: float
) -> None:
    for name, loss in (("a", 5.0), ("b", far)):
        folder.keep(made_up(name, loss, loss))
    show(qtbot, context, folder.path)
    panel.grab()
    lines = [item for item in panel.plot.plot.getPlotItem().items if isinstance(item, pg.TextItem)]
    assert 0 < len(lines) <= MAX_LINES


def test_curves_show_the_runs_that_are_selected(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder
) -> None:
    fill(folder, 0, 2)
    show(qtbot, context, folder.path)
    panel.mode_box.setCurrentText(CURVES)
    _, values = panel.plot._strong.getData()
    assert np.isfinite(values).sum() == 4
    panel.table.selectRow(2)
    _, values = panel.plot._strong.getData()
    assert values[:2].tolist() == panel.selected()[0].trail[:, 1:].sum(axis=1).tolist()


def test_a_folder_of_models_that_is_no_sweep(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder
) -> None:
    fill(folder, 1)
    (folder.path / "runs" / "broken.vae").write_bytes(b"nothing")
    context.runs.open_folder(folder.path / "runs")
    qtbot.waitUntil(lambda: len(names(panel)) == 3)
    assert [run.row.status for run in panel.runs.runs] == ["open", "done", "failed"]
    assert "damaged" in panel.runs.runs[2].row.error


def test_a_line_names_no_file_outside_of_its_folder(
    qtbot, context: Context, panel: RunsPanel, folder: SweepFolder
) -> None:
    row = replace(made_up("a", 5, 150).row, file="../../../etc/secret.vae")
    folder.results.append([row])
    show(qtbot, context, folder.path)
    assert panel.model.runs[1].path == folder.path / "runs" / "secret.vae"


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"name\n"])
def test_a_damaged_table_is_one_sentence(
    content: bytes, qtbot, context: Context, panel: RunsPanel, folder: SweepFolder
) -> None:
    said: list[object] = []
    context.notices.published.connect(said.append)
    folder.results.path.write_bytes(content)
    with qtbot.waitSignal(context.notices.published):
        context.runs.open_folder(folder.path)
    assert len(said) == 1 and "not made by a sweep" in said[0].text
    assert names(panel) == ["Model"]


def press(qtbot, widget: QWidget, key: Qt.Key) -> None:
    qtbot.waitUntil(widget.hasFocus)
    qtbot.keyClick(widget, key)
