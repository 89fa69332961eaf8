"""Two journeys: β 1 beside β 4 in the window, and a sweep that is killed half-way, resumed and opened."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt

from tests.conftest import REPOSITORY
from tests.waiting import WAIT_SECONDS
from vae_gui.core.sweeps.folder import RESULTS
from vae_gui.core.sweeps.rows import RowFile, RunRow
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.panels.runs.panel import RunsPanel
from vae_gui.ui.panels.twins.panel import TwinsPanel
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.vary_dialog import VaryDialog

STEPS = 60
SWEEP = """
preset = "s3-mlp"
dataset = "digits"

[settings]
epochs = 1
batch_size = 512

[grid]
beta = [0.5, 1, 2, 4]
seed = [0, 1]
"""


def short_run() -> RunConfig:
    recipe = PRESETS["recommended"]
    train = replace(recipe.train, epochs=1, min_steps=STEPS, threads=1, device="cpu")
    return RunConfig("recommended", "digits", recipe.model, train)


def drag(qtbot, view, points: list[tuple[float, float]]) -> None:
    left, viewport = Qt.MouseButton.LeftButton, view.viewport()
    places = [view.to_pixels(point).toPoint() for point in points]
    qtbot.mousePress(viewport, left, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(viewport, place)
    qtbot.mouseRelease(viewport, left, pos=places[-1])


def click_on_board(qtbot, panel: RunsPanel, key: str) -> None:
    panel.grab()  # lays out the plot
    at: QPoint = panel.plot.place_of(key).toPoint()
    qtbot.mouseClick(panel.plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_two_values_of_beta_side_by_side(qtbot, window: MainWindow) -> None:
    # given β 1 and β 4, trained one after the other from the window
    context = window.context
    with qtbot.waitSignal(context.training.ended):
        context.session.train(short_run())
    qtbot.waitUntil(lambda: context.library.shown.snapshot.step == STEPS)
    window.comparing.vary()
    dialog = window.findChildren(VaryDialog)[-1]
    dialog.values_edit.setText("4")
    qtbot.mouseClick(dialog.queue_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(context.queue.current))
    qtbot.waitUntil(lambda: not context.queue.current)
    _, one, four = context.library.models
    assert (one.config.train.beta, four.config.train.beta) == (1, 4)

    # when they are put side by side and one cursor is dragged
    window.tabs.compare_requested.emit(one.run_id, four.run_id)
    pad, twins = window.docks.panel(PadPanel).view, window.docks.panel(TwinsPanel)
    drag(qtbot, pad, [(0, 0), (0.5, 0.3), (1.0, -0.4)])

    # then it moves through both, and each draws its own digit
    at = context.explorer.latent.cursor
    assert at != (0, 0)
    qtbot.waitUntil(lambda: context.twin.cursor == at and context.twin.digit is not None)
    qtbot.waitUntil(lambda: twins.digits["difference"]._image is not None)
    first, second = (twins.digits[name]._image for name in ("first", "second"))
    assert not np.array_equal(first, second)

    # and a click on the board shows the one with the lower −ELBO
    window.docks.bring_up("runs")
    panel = window.docks.panel(RunsPanel)
    qtbot.waitUntil(lambda: len(panel.plot.shown) == 2)
    better = min(panel.plot.shown, key=lambda run: run.row.negative_elbo)
    other = next(run for run in panel.plot.shown if run is not better)
    context.library.show(other.run_id)
    click_on_board(qtbot, panel, better.key)
    assert context.library.shown.run_id == better.run_id


def test_a_sweep_that_is_killed_goes_on_while_the_window_looks(
    qtbot, window: MainWindow, tmp_path: Path
) -> None:
    file, out = tmp_path / "sweep.toml", tmp_path / "sweep"
    file.write_text(SWEEP)
    command = [sys.executable, "-m", "vae_gui", "sweep", file, "--out", out, "--workers", "1"]
    rows = RowFile(out / RESULTS, RunRow)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": REPOSITORY}

    # given a sweep that was killed half-way
    with subprocess.Popen(command, **quiet) as process:
        qtbot.waitUntil(lambda: len(rows.all_rows()) >= 3)
        process.kill()
    before = len(rows.all_rows())
    assert 3 <= before < 8
    window.comparing.open_runs(out)
    panel = window.docks.panel(RunsPanel)
    qtbot.waitUntil(lambda: len(panel.plot.shown) == before)

    # when it goes on, the window sees it come
    with subprocess.Popen(command, **quiet) as process:
        qtbot.waitUntil(lambda: len(panel.plot.shown) == 8)
        assert process.wait(WAIT_SECONDS) == 0
    assert len(rows.all_rows()) == 8

    # and its best run opens with a click
    best = min(panel.plot.shown, key=lambda run: run.row.negative_elbo)
    with qtbot.waitSignal(window.context.library.shown_changed):
        click_on_board(qtbot, panel, best.key)
    assert window.context.library.shown.path == best.path
