"""What a newcomer does: press Train, watch the pad follow, keep what came out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from tests.runtime.acting import checkpoint_of
from tests.screen import differs, drag, pad_of, panel, pixels
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.export.options import AnimationOptions, enlarge, there_and_back
from vae_gui.core.inference.engine import Engine
from vae_gui.core.paths.curves import straight
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.training import Phase

LEFT = Qt.MouseButton.LeftButton


def press(qtbot, button: QPushButton) -> None:
    qtbot.mouseClick(button, LEFT)


def mean_loss(history, first: int, last: int) -> float:
    """Of the objective over steps first..last: one batch alone is noise."""
    return float(history.steps.column("loss")[first - 1 : last].mean())


@pytest.fixture
def running(qtbot, bars: ImageData, window):
    """A short data set and an endless run, so that there is time to press everything."""
    train = window.run_bar.settings.train_form.value()
    window.run_bar.settings.set_train(replace(train, epochs=10_000, threads=1, device="cpu"))
    with qtbot.waitSignal(window.context.library.shown_changed):
        press(qtbot, window.run_bar.train_button)
    qtbot.waitUntil(lambda: window.context.training.steps_done > 2)
    return window


@pytest.mark.timeout(1200)  # a guard against hangs: a thousand steps take minutes on a busy machine
def test_the_first_train_on_digits_learns_while_the_pad_follows(qtbot, window) -> None:
    context = window.context
    training, explorer, library = context.training, context.explorer, context.library
    shipped = explorer.weights.snapshot
    with qtbot.waitSignal(library.shown_changed):
        press(qtbot, window.run_bar.train_button)
    assert library.shown.config.dataset == "digits"
    qtbot.waitUntil(lambda: explorer.scatter.encodings is not None)
    scatter = explorer.scatter.encodings.mu
    seen = {
        widget: pixels(widget)
        for widget in (pad_of(window), panel(window, "explore").decoded.digit)
    }
    for widget, before in seen.items():
        qtbot.waitUntil(lambda one=widget, then=before: differs(one, then))
    qtbot.waitUntil(lambda: not np.array_equal(explorer.scatter.encodings.mu, scatter))
    assert training.phase is Phase.RUNNING
    drag(qtbot, pad_of(window), (0.5, 2.0), (-1.0, 1.0))
    assert explorer.latent.cursor != (0.0, 0.0)
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE, timeout=1_000_000)
    history = library.shown.history
    assert len(history.steps) == training.run.total_steps >= 1000
    assert mean_loss(history, 991, 1000) <= mean_loss(history, 46, 55) - 50
    assert explorer.weights.snapshot.step == training.run.total_steps
    qtbot.mouseClick(window.tabs.bar, LEFT, pos=window.tabs.bar.tabRect(0).center())
    assert explorer.weights.snapshot is shipped


def test_the_buttons_hold_a_run_step_it_and_end_it(qtbot, running) -> None:
    bar, training = running.run_bar, running.context.training
    press(qtbot, bar.pause_button)
    assert training.phase is Phase.PAUSED
    held = checkpoint_of(qtbot, training).snapshot.step
    qtbot.waitUntil(lambda: running.context.explorer.weights.snapshot.step == held)
    press(qtbot, bar.step_button)
    qtbot.waitUntil(lambda: training.steps_done == held + 1)
    qtbot.waitUntil(lambda: running.context.explorer.weights.snapshot.step == held + 1)
    press(qtbot, bar.pause_button)
    qtbot.waitUntil(lambda: training.steps_done > held + 1)
    press(qtbot, bar.stop_button)
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert running.context.explorer.weights.snapshot.step == training.steps_done
    assert running.context.library.shown.unsaved


def test_after_the_stop_every_panel_shows_the_last_weights(qtbot, running) -> None:
    press(qtbot, running.run_bar.stop_button)
    qtbot.waitUntil(lambda: running.context.training.phase is Phase.IDLE)
    explorer = running.context.explorer
    engine = Engine(explorer.weights.snapshot)
    mu, _ = engine.encode(explorer.scatter.images.test.images)
    qtbot.waitUntil(lambda: np.allclose(explorer.scatter.encodings.mu, mu, atol=1e-4))
    latent = explorer.latent  # A, B and the cursor have followed the encodings
    digit = engine.decode(np.array([latent.cursor], np.float32))[0]
    way = straight(np.array(latent.a), np.array(latent.b), latent.frames).astype(np.float32)
    qtbot.waitUntil(lambda: np.array_equal(panel(running, "explore").decoded.digit._image, digit))
    strip = panel(running, "interpolation").strip
    qtbot.waitUntil(lambda: np.array_equal(strip._images, engine.decode(way)))


def export(qtbot, window, monkeypatch: pytest.MonkeyPatch, path: Path) -> Snapshot:
    """Through the button and the form, with the settings that stand there; the weights it shows."""
    chosen = staticmethod(lambda *args: (str(path.with_suffix("")), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    press(qtbot, panel(window, "interpolation").export_button)
    assert window.export_form.isVisible()
    shown = []
    window.context.jobs.started.connect(
        lambda: shown.append(window.context.explorer.weights.snapshot)
    )
    with qtbot.waitSignal(
        window.context.notices.published,
        check_params_cb=lambda notice: notice.path is not None,
    ):
        press(qtbot, window.export_form.save_button)
    return shown[0]


def shown_every_ten_ms(path: Path) -> tuple[np.ndarray, dict[str, object]]:
    """What is on the screen as the file plays: identical neighbours are merged in it."""
    with Image.open(path) as gif:
        frames = [
            (np.array(frame.convert("L")), frame.info["duration"])
            for frame in ImageSequence.Iterator(gif)
        ]
        information = {"loop": gif.info.get("loop"), "size": gif.size}
    return np.repeat(
        [frame for frame, _ in frames], [round(ms / 10) for _, ms in frames], axis=0
    ), information


@pytest.mark.parametrize("during_training", [False, True])
def test_an_exported_gif_plays_the_way_from_a_to_b_and_back(
    qtbot, request, monkeypatch, tmp_path, during_training: bool
) -> None:
    window = request.getfixturevalue("running" if during_training else "window")
    path, latent = tmp_path / "way.gif", window.context.explorer.latent
    snapshot = export(qtbot, window, monkeypatch, path)
    options = AnimationOptions()
    z = straight(np.array(latent.a), np.array(latent.b), options.frames).astype(np.float32)
    images = [enlarge(i, options.size, options.enlarging) for i in Engine(snapshot).decode(z)]
    order = there_and_back(options.frames)
    expected = np.repeat([images[i] for i in order], options.interval_ms // 10, axis=0)
    shown, information = shown_every_ten_ms(path)
    assert information == {"loop": 0, "size": (256, 256)}
    assert len(shown) * 10 == 198 * 40
    difference = np.abs(shown.astype(int) - expected)
    assert difference.max() <= 1  # a rounding where parts were decoded together
    assert (difference > 0).mean() < 1e-3
    assert "way.gif" in window.banner.text()
    assert [file.name for file in tmp_path.iterdir()] == ["way.gif"]


def test_an_export_that_is_cancelled_leaves_no_file_and_the_old_one(
    qtbot, window, monkeypatch, tmp_path
) -> None:
    path = tmp_path / "way.gif"
    path.write_bytes(b"an older file")
    chosen = staticmethod(lambda *args: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    window.open_export()
    press(qtbot, window.export_form.save_button)
    job = window.context.jobs.running[-1]
    assert window.statusBar().cancel_button.isVisible()
    with qtbot.waitSignal(job.cancelled):
        window.statusBar().cancel_button.click()
    qtbot.waitUntil(lambda: not window.context.jobs.running)
    assert path.read_bytes() == b"an older file"
    assert [file.name for file in tmp_path.iterdir()] == ["way.gif"]
