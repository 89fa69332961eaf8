"""The run controls: what Train would start, and what they say while a run goes on."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionSlider

from tests.runtime.conftest import Collector, entry
from tests.tiny import tiny_config, tiny_data
from tests.waiting import WAIT_SECONDS
from vae_gui.core.datasets import DATASETS
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.config import HyperparameterChange, LiveHyperparameters
from vae_gui.core.vae.history import History
from vae_gui.core.vae.presets import PRESETS
from vae_gui.runtime.training import Phase
from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.window.run_bar import RunBar
from vae_gui.ui.window.run_words import details_text, duration_text, progress_text

DATA = tiny_data()
ENDLESS = tiny_config(epochs=10_000)


@pytest.fixture
def bar(qtbot, qapp: QApplication, context) -> RunBar:
    apply_theme(qapp, DARK)
    bar = RunBar(context)
    qtbot.addWidget(bar)
    bar.show()
    return bar


@pytest.fixture
def training(bar, context):
    return context.training


def choose(box: object, name: str) -> None:
    """What a person does in a combo box."""
    index = box.findData(name)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_the_default_is_the_recommended_run_on_the_data_that_needs_no_network(bar) -> None:
    config = bar.config()
    preset = PRESETS["recommended"]
    assert (config.preset, config.dataset) == ("recommended", "digits")
    assert (config.model, config.train) == (preset.model, preset.train)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sets_everything_but_the_seed_and_the_device(bar, name: str) -> None:
    train = bar.settings.train_form.value()
    bar.settings.set_train(replace(train, seed=17, device="cpu"))
    choose(bar.preset_box, name)
    config, preset = bar.config(), PRESETS[name]
    assert (config.preset, config.model) == (name, preset.model)
    assert config.train == replace(preset.train, seed=17, device="cpu")
    assert bar.beta.value() == preset.train.beta
    assert bar.learning_rate.value() == pytest.approx(preset.train.learning_rate)


def test_before_a_run_the_knobs_are_settings_of_the_next_one(bar) -> None:
    bar.settings.set_train(replace(bar.settings.train_form.value(), seed=5))
    bar.beta._exact.setValue(2.5)
    bar.learning_rate._exact.setValue(0.002)
    train = bar.config().train
    assert (train.seed, train.beta, train.learning_rate) == (5, 2.5, 0.002)


def test_train_asks_for_the_run_that_is_set(bar) -> None:
    wanted = Collector()
    bar.train_requested.connect(wanted.take)
    bar.train_button.click()
    assert wanted.values == [bar.config()]


def test_train_answers_at_once(qtbot, bar, training, context, monkeypatch) -> None:
    begin, told = threading.Event(), []

    def load(folder: Path, download: bool) -> Job[object]:
        yield Progress(0, None, "Opening")
        assert begin.wait(WAIT_SECONDS)
        return DATA

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    bar.train_requested.connect(context.session.train)
    bar.train_button.click()
    assert not bar.train_button.isEnabled()
    assert bar.status.text() == "Preparing the images…"
    begin.set()
    bar._text_timer.setInterval(1)
    bar._text_timer.timeout.connect(lambda: told.append(bar.status.text()))
    qtbot.waitUntil(lambda: training.steps_done > 0)
    assert told[0] in ("Building the model…", "Measuring 20 test images…")
    training.stop()


def test_after_images_that_cannot_be_loaded_train_is_there_again(
    qtbot, bar, context, monkeypatch
) -> None:
    def load(folder: Path, download: bool) -> Job[object]:
        yield Progress(0, None, "Opening")
        raise UserError("The images are damaged.")

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    bar.train_requested.connect(context.session.train)
    bar.train_button.click()
    qtbot.waitUntil(bar.train_button.isEnabled)
    assert bar.status.text() == "Ready to train"


def test_each_button_is_there_when_it_does_something(qtbot, bar, training) -> None:
    def enabled() -> list[bool]:
        buttons = (bar.train_button, bar.pause_button, bar.step_button, bar.stop_button)
        return [button.isEnabled() for button in buttons]

    assert enabled() == [True, False, False, False]
    training.start(ENDLESS, DATA, History(), paused=True)
    assert enabled() == [False, True, True, True]
    training.stop()
    assert enabled() == [True, False, False, False]  # the next run waits until this one has stopped
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert enabled() == [True, False, False, False]


def test_the_buttons_pause_step_resume_and_stop_the_run(qtbot, bar, training) -> None:
    training.start(ENDLESS, DATA, History(), paused=True)
    assert bar.pause_button.accessibleName() == "Resume"
    bar.step_button.click()
    qtbot.waitUntil(lambda: training.steps_done == 1)
    bar.pause_button.click()
    assert training.phase is Phase.RUNNING
    assert bar.pause_button.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: training.steps_done > 1)
    bar.pause_button.click()
    assert training.phase is Phase.PAUSED
    bar.stop_button.click()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)


def test_while_a_run_goes_on_the_knobs_turn_that_run_and_not_the_next(qtbot, bar, training) -> None:
    training.start(ENDLESS, DATA, History(), paused=True)
    before = bar.config()
    bar.beta._exact.setValue(4.0)
    assert training.hyperparameters == LiveHyperparameters(4.0, 1e-3)
    training.step()
    qtbot.waitUntil(lambda: training.steps_done == 1)
    training.stop()
    with qtbot.waitSignal(training.ended) as ended:
        pass
    assert ended.args[0].checkpoint.config.changes == (HyperparameterChange(0, "beta", 4.0),)
    assert bar.config() == before
    assert bar.beta.value() == before.train.beta


def test_a_knob_that_is_dragged_through_a_run_is_one_change(qtbot, bar, training) -> None:
    training.start(ENDLESS, DATA, History())
    qtbot.waitUntil(lambda: training.steps_done > 2)
    slider = bar.beta._slider
    option, style = QStyleOptionSlider(), slider.style()
    slider.initStyleOption(option)
    handle = style.subControlRect(
        QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
    ).center()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=handle)
    for x in range(1, 9):
        qtbot.mouseMove(slider, handle + QPoint(2 * x, 0))
        done = training.steps_done
        qtbot.waitUntil(lambda before=done: training.steps_done > before)
    reached = bar.beta.value()
    assert training.hyperparameters.beta == 1 < reached
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=handle + QPoint(16, 0))
    assert training.hyperparameters.beta == reached
    training.stop()
    with qtbot.waitSignal(training.ended) as ended:
        pass
    changes = ended.args[0].checkpoint.config.changes
    assert [(change.name, change.value) for change in changes] == [("beta", reached)]


def test_the_knobs_follow_a_run_that_is_repeated(qtbot, bar, training) -> None:
    config = replace(ENDLESS, changes=(HyperparameterChange(1, "beta", 4.0),))
    training.start(config, DATA, History(), paused=True)
    for step in (1, 2):
        training.step()
        qtbot.waitUntil(lambda wanted=step: training.steps_done == wanted)
    assert bar.beta.value() == 4.0


def test_the_progress_says_how_far_it_is(qtbot, bar, training) -> None:
    assert progress_text(training) == "Ready to train"
    training.start(tiny_config(epochs=4), DATA, History(), paused=True)
    assert progress_text(training) == "Building the model…"
    training.step()
    qtbot.waitUntil(lambda: training.steps_done == 1)
    assert progress_text(training) == "epoch 1/4 · 8 % · paused"
    assert (bar.progress.value(), bar.progress.maximum()) == (1, 12)
    training.resume()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert bar.status.text() == "Finished · 12 steps"


def test_images_and_losses_so_far_are_told(qtbot, bar, training) -> None:
    assert details_text(training) == ""
    training.start(tiny_config(epochs=4, batch_size=20), DATA, History(), paused=True)
    for step in range(1, 5):
        training.step()
        qtbot.waitUntil(lambda wanted=step: training.steps_done == wanted)
    # 48 images in batches of 20, 20 and 8: the fourth step is the first of the second epoch
    losses = training.history.steps.rows()[:, 1:].mean(axis=0)
    assert details_text(training) == (
        f"68 of 192 images · last 20 steps: {losses[0]:.2f} "
        f"(reconstruction {losses[1]:.2f}, KL {losses[2]:.2f}) nats per image"
    )
    bar._show_text()
    assert bar.status.toolTip().endswith(details_text(training))


def test_a_run_that_goes_on_says_its_loss_and_the_time_left(qtbot, bar, training) -> None:
    training.start(ENDLESS, DATA, History())
    qtbot.waitUntil(lambda: training.seconds_left < float("inf"))
    text = r"epoch \d+/10000 · \d+ % · loss \d+\.\d · \d+ .*left"
    assert re.fullmatch(text, progress_text(training))
    training.stop()


def test_the_bar_belongs_to_the_tab_that_is_shown(qtbot, bar, context, training) -> None:
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(ENDLESS)
    run = context.library.shown
    beta = bar.settings.train_form.value().beta
    context.training.set_hyperparameters(LiveHyperparameters(3.0, 1e-3))
    context.library.add(entry("other"))
    assert f"In the tab “{run.workspace.title}”" in bar.status.text()
    assert bar.beta.value() == beta
    bar.beta.set_value(0.5)
    bar.beta.value_changed.emit(0.5)
    assert training.hyperparameters.beta == 3.0
    assert bar.settings.train_form.value().beta == 0.5  # of the next run
    context.library.show(run.run_id)
    assert bar.beta.value() == 3.0 and "In the tab" not in bar.status.text()
    training.stop()


@pytest.mark.qt_log_ignore(r"grabbing the keyboard", r"raise\(\)", extend=True)  # offscreen
def test_the_settings_count_the_parameters(qtbot, bar, context) -> None:
    bar.settings_button.click()
    choose(bar.dataset_box, "mnist")
    choose(bar.preset_box, "s3-mlp")
    text = "404 244 parameters for images of 28×28 pixels"
    qtbot.waitUntil(lambda: bar.settings.parameters.text() == text)
    bar.settings.set_model(replace(bar.settings.model_form.value(), latent_dim=3))
    qtbot.waitUntil(lambda: bar.settings.parameters.text().startswith("405 014 "))
    choose(bar.preset_box, "s2-conv")
    bar.settings.show_parameters(32)
    assert bar.settings.parameters.text() == "Made for images of 28 pixels"


def test_a_run_that_was_stopped_says_where(qtbot, bar, training) -> None:
    training.start(tiny_config(epochs=4), DATA, History(), paused=True)
    for step in (1, 2, 3):
        training.step()
        qtbot.waitUntil(lambda wanted=step: training.steps_done == wanted)
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert bar.status.text() == "Stopped · epoch 2/4 · 25 %"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59, "59 s"), (60, "1 min 00 s"), (185, "3 min 05 s"), (7500, "2 h 05 min")],
)
def test_durations_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_epochs_that_are_asked_for_are_the_length_of_the_run(bar) -> None:
    form = bar.settings.train_form
    assert form.value().min_steps == 1000
    epochs = form.editor("epochs")
    epochs.setValue(5)
    assert (bar.config().train.epochs, bar.config().train.min_steps) == (5, 0)
    form.editor("min_steps").setValue(300)
    assert (bar.config().train.epochs, bar.config().train.min_steps) == (5, 300)
    choose(bar.preset_box, "recommended-long")
    choose(bar.preset_box, "recommended")
    assert bar.config().train.min_steps == 1000


def test_pause_step_and_stop_are_off_while_nothing_runs(qtbot, bars, window) -> None:
    training = window.context.training
    wanted = ("Pause or resume", "One step", "Stop")
    actions = [action for action in window.findChildren(QAction) if action.text() in wanted]
    assert len(actions) == 3 and not any(action.isEnabled() for action in actions)
    window.run_bar.train()
    qtbot.waitUntil(lambda: all(action.isEnabled() for action in actions))
    QTest.keyClick(
        window,
        Qt.Key.Key_Period,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert not any(action.isEnabled() for action in actions)
