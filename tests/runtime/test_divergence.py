"""A run that diverges falls back on its last good state, and goes on from there with a lower rate."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.runtime.acting import answer_to
from tests.runtime.conftest import Collector
from tests.tiny import through_a_file, tiny_config, tiny_data
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.core.vae.history import HistoryRows
from vae_gui.core.vae.run import loop
from vae_gui.core.vae.run.headless import HeadlessRun
from vae_gui.core.vae.run.messages import Ended, Kept, Message, RunRequest
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase

CONFIG = tiny_config(epochs=10)
GOOD_STEP = 5


@pytest.fixture(autouse=True)
def kept_on_pause_alone(bars: ImageData, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a test knows which state is the last good one."""
    monkeypatch.setattr(loop, "KEEPING_SHARE", 1e-9)
    monkeypatch.setattr(loop, "FLUSH_SECONDS", 0.0)  # each finite loss arrives


@pytest.fixture
def ended(context: Context) -> Iterator[Collector]:
    collector = Collector()
    context.training.ended.connect(collector.take)
    return collector


def begin(qtbot, context: Context) -> None:
    """Take five steps and wait."""
    training = context.training
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(CONFIG, paused=True)
    for step in range(1, GOOD_STEP + 1):
        training.step()
        qtbot.waitUntil(lambda step=step: training.steps_done == step)
    # Answered when the thread waits; like an autosave, it measures nothing.
    answer_to(qtbot, training.request_checkpoint(measure=False))


def diverge(qtbot, context: Context) -> str:
    """Take five good steps, then far too large ones; the sentence that the person reads."""
    begin(qtbot, context)
    training = context.training
    with qtbot.waitSignal(training.ended) as ended:
        training.set_hyperparameters(replace(training.hyperparameters, learning_rate=1e30))
        training.resume()
    return ended.args[0].error


def test_the_last_good_state_is_kept_with_its_optimizer(qtbot, context, ended) -> None:
    said = diverge(qtbot, context)
    good = Trainer(CONFIG, tiny_data(), "run")
    for _ in range(GOOD_STEP):
        good.step()
    (end,) = ended.values
    assert isinstance(end, Ended) and end.checkpoint is not None and not end.finished
    for kept in (end.checkpoint, context.library.shown.workspace.checkpoint):
        assert kept.snapshot.step == GOOD_STEP
        for mine, expected in (
            (kept.snapshot.weights, good.snapshot().weights),
            (kept.optimizer, good.checkpoint().optimizer),
        ):
            assert mine.keys() == expected.keys() and mine
            assert all(np.array_equal(mine[name], expected[name]) for name in mine)
    assert "lower the learning rate" in said and "after step 5" in said


def test_nothing_of_after_the_last_good_step_is_shown_as_part_of_the_run(qtbot, context) -> None:
    diverge(qtbot, context)
    shown = context.library.shown
    assert shown.history.steps.column("step").tolist() == [1, 2, 3, 4, 5]
    assert shown.history.tests.column("step").tolist() == [0, 3]
    assert shown.history.changes == [] and shown.config.changes == ()
    assert shown.timeline.entries[-1].step <= GOOD_STEP
    assert context.explorer.weights.snapshot.step == GOOD_STEP


def test_it_goes_on_from_there_with_a_lower_rate_and_repeats_so(qtbot, context, ended) -> None:
    diverge(qtbot, context)
    training = context.training
    assert context.library.shown.can_resume
    context.session.continue_run(1)
    qtbot.waitUntil(lambda: training.phase is Phase.PAUSED)
    assert training.steps_done == GOOD_STEP  # it waits for the lower rate
    with qtbot.waitSignal(training.ended):
        training.set_hyperparameters(replace(training.hyperparameters, learning_rate=1e-4))
        training.resume()
    config = ended.values[-1].checkpoint.config
    assert ended.values[-1].finished
    assert config.changes == (
        HyperparameterChange(GOOD_STEP, "epochs", 11),
        HyperparameterChange(GOOD_STEP, "learning_rate", 1e-4),
    )
    repeated = HeadlessRun(config, tiny_data(), "again")
    list(repeated.epochs())
    history = context.library.shown.history
    assert np.array_equal(history.steps.rows(), repeated.history.steps.rows())
    assert np.array_equal(history.tests.rows(), repeated.history.tests.rows())


def test_a_run_that_ended_well_continues_without_waiting(qtbot, context) -> None:
    diverge(qtbot, context)
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config())
    with qtbot.waitSignal(context.training.ended):
        context.session.continue_run(1)
    assert context.library.shown.snapshot.step == 9


def test_a_run_that_diverged_can_be_saved(qtbot, context, tmp_path: Path) -> None:
    diverge(qtbot, context)
    shown = context.library.shown
    rows = HistoryRows(shown.history.steps.rows(), shown.history.tests.rows())
    kept = through_a_file(replace(shown.workspace, history=rows), tmp_path)
    assert kept.checkpoint.optimizer and kept.history is not None
    assert kept.history.steps[-1, 0] == kept.checkpoint.snapshot.step == GOOD_STEP


def test_a_step_that_fails_leaves_the_last_good_state_too(
    qtbot, context, ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(trainer: Trainer) -> None:
        raise RuntimeError("the device is lost")

    begin(qtbot, context)
    monkeypatch.setattr(Trainer, "step", fail)
    with qtbot.waitSignal(context.training.ended):
        context.training.resume()
    assert ended.values[0].checkpoint.snapshot.step == GOOD_STEP
    assert ended.values[0].checkpoint.optimizer


def test_an_optimizer_that_overflows_is_not_taken_for_a_good_state(
    qtbot, context, ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state would be refused by the file, though weights and losses are still numbers."""
    begin(qtbot, context)

    def overflow(trainer: Trainer) -> None:
        state = next(iter(trainer.optimizer.state.values()))
        state["exp_avg_sq"].fill_(float("inf"))

    take = Trainer.step
    monkeypatch.setattr(Trainer, "step", lambda trainer: (overflow(trainer), take(trainer))[1])
    with qtbot.waitSignal(context.training.ended):
        context.training.step()
    checkpoint = ended.values[0].checkpoint
    assert checkpoint.snapshot.step == GOOD_STEP
    assert all(np.isfinite(array).all() for array in checkpoint.optimizer.values())


def test_a_run_that_diverges_at_once_has_no_state_to_go_on_from(qtbot, context) -> None:
    config = replace(CONFIG, changes=(HyperparameterChange(0, "learning_rate", 1e30),))
    with qtbot.waitSignal(context.training.ended) as ended:
        context.session.train(config)
    shown = context.library.shown
    assert (shown.snapshot.step, len(shown.history.steps)) == (0, 0)
    assert not shown.can_resume and "Continue" not in ended.args[0].error


def test_copies_to_fall_back_on_take_a_small_share_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a clock that only the test turns; a copy takes 8 ms of it."""
    clock, copies = 0.0, 0
    trainer = Trainer(CONFIG, tiny_data(), "run")
    copy = trainer.checkpoint

    def slow() -> Checkpoint:
        nonlocal clock, copies
        clock, copies = clock + 0.008, copies + 1
        return copy()

    monkeypatch.setattr(trainer, "checkpoint", slow)
    monkeypatch.setattr(loop, "KEEPING_SHARE", 0.02)
    monkeypatch.setattr(loop, "time", SimpleNamespace(perf_counter=lambda: clock))
    told: list[Message] = []
    training = loop.TrainingLoop(RunRequest(CONFIG, tiny_data(), "run"), 0, told.append)
    for _ in range(50):
        clock += 0.2
        training._snap(trainer)
    assert sum(isinstance(message, Snapshot) for message in told) == 50  # published each time
    assert sum(isinstance(message, Kept) for message in told) == copies
    assert 0.01 < copies * 0.008 / clock <= 0.02
