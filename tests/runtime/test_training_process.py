"""A run in a process of its own: as in the thread to the bit, and nothing is lost or left over when it dies."""

import os
import signal
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

import numpy as np
import pytest

from tests.fake_windows import posix_only
from tests.processes import children
from tests.runtime.acting import checkpoint_of
from tests.runtime.conftest import Collector
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.history import History
from vae_gui.core.vae.run import frames
from vae_gui.core.vae.run.messages import Ended, Started, WaysOut
from vae_gui.core.vae.run.process import TrainingProcess
from vae_gui.runtime import training_thread
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.training import Phase, Training

DATA = tiny_data()
pytestmark = posix_only("signals")


@pytest.fixture
def training(qtbot, notices: Notices) -> Iterator[Training]:
    training = Training(notices, in_process=True)
    training.device = "cpu"
    yield training
    training.shutdown()


@pytest.fixture
def ended(training: Training) -> Collector:
    collector = Collector()
    training.ended.connect(collector.take)
    return collector


def in_thread(qtbot, notices: Notices) -> Training:
    other = Training(notices)
    other.start(tiny_config(), DATA, History())
    qtbot.waitUntil(lambda: other.phase is Phase.IDLE)
    return other


def test_it_is_the_run_of_the_thread_to_the_bit(qtbot, notices, training, ended) -> None:
    before = children()
    training.prepare()
    training.start(tiny_config(), DATA, History())
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    expected = in_thread(qtbot, notices)
    assert np.array_equal(training.history.steps.rows(), expected.history.steps.rows())
    assert np.array_equal(training.history.tests.rows(), expected.history.tests.rows())
    for mine, other in zip(training.timeline.entries, expected.timeline.entries, strict=True):
        assert mine.step == other.step
        assert np.array_equal(mine.encodings.mu, other.encodings.mu)
    mine, other = training.checkpoint, expected.checkpoint
    for kept in ("optimizer", "snapshot"):
        arrays, others = getattr(mine, kept), getattr(other, kept)
        if kept == "snapshot":
            arrays, others = arrays.weights, others.weights
        assert arrays.keys() == others.keys() and arrays
        assert all(np.array_equal(arrays[name], others[name]) for name in arrays)
    assert training.run.finished and training.run.device == "cpu"
    assert children() - before == set()


def test_it_pauses_steps_turns_knobs_and_stops(qtbot, training, ended) -> None:
    training.start(tiny_config(epochs=10_000), DATA, History(), paused=True)
    training.step()
    qtbot.waitUntil(lambda: training.steps_done == 1)
    training.set_hyperparameters(replace(training.hyperparameters, beta=0.5))
    told = checkpoint_of(qtbot, training)
    (change,) = told.config.changes
    assert (change.step, change.name, change.value) == (1, "beta", 0.5)
    assert told.snapshot.step == 1 and told.optimizer
    training.resume()
    qtbot.waitUntil(lambda: training.steps_done > 50)
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    (end,) = ended.values
    assert isinstance(end, Ended) and end.error is None and not end.finished
    assert end.checkpoint.snapshot.step == training.steps_done
    assert training.history.tests.column("step")[-1] == training.steps_done


def test_a_process_that_is_killed_leaves_its_last_good_state_and_the_app_goes_on(
    qtbot, notices, training, ended
) -> None:
    told, before = Collector(), children()
    notices.published.connect(told.take)
    after_one_step(qtbot, training)
    (child,) = children() - before
    os.kill(child, signal.SIGKILL)
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    (end,) = ended.values
    assert end.checkpoint.snapshot.step == 1 and end.checkpoint.optimizer
    (notice,) = told.values
    assert "ended from outside" in notice.text and "after step 1" in notice.text
    goes_on(qtbot, training, end, ended)


def after_one_step(qtbot, training: Training) -> None:
    """A run that waits, and whose state after step 1 is kept to fall back on."""
    training.start(tiny_config(epochs=10_000), DATA, History(), paused=True)
    training.step()
    qtbot.waitUntil(lambda: training.steps_done == 1)
    checkpoint_of(qtbot, training)  # behind the state that is kept of step 1


def goes_on(qtbot, training: Training, end: Ended, ended: Collector) -> None:
    """The run can be taken up again where it was left."""
    training.start(tiny_config(), DATA, training.history, end.checkpoint)
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert ended.values[-1].finished
    assert training.history.steps.column("step").tolist() == list(range(1, 7))


@pytest.mark.parametrize("error", [MemoryError(), KeyError("kind of value")])
def test_an_error_in_reading_from_the_child_ends_the_run_as_a_failure_and_the_child(
    qtbot, notices, training, ended, monkeypatch, error: Exception
) -> None:
    told, before = Collector(), children()
    notices.published.connect(told.take)
    after_one_step(qtbot, training)

    def fail(stream: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(frames, "read", fail)
        training.stop()
        qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    (end,), (notice,) = ended.values, told.values
    assert end.checkpoint.snapshot.step == 1 and end.checkpoint.optimizer
    assert end.error == notice.text and "after step 1" in notice.text
    assert notice.text.startswith("Training stopped: ") and ": ." not in notice.text
    assert children() - before == set()
    goes_on(qtbot, training, end, ended)


def test_a_run_that_does_not_reach_the_child_ends_as_a_failure(
    qtbot, notices, training, ended, monkeypatch
) -> None:
    told, before = Collector(), children()
    notices.published.connect(told.take)

    def fail(stream: object, frame: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(frames, "write", fail)
        training.start(tiny_config(), DATA, History())
        qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert [end.checkpoint for end in ended.values] == [None]
    assert "not enough memory" in told.values[0].text and len(told.values) == 1
    assert children() - before == set()


def test_an_error_before_the_run_begins_ends_it_and_the_child_that_waited(
    qtbot, training, ended, monkeypatch
) -> None:
    before = children()
    training.prepare()

    def fail(*_: object) -> None:
        raise ArithmeticError("no such device")

    monkeypatch.setattr(training_thread, "ProcessRunner", fail)
    training.start(tiny_config(), DATA, History())
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert ended.values[0].error == "Training stopped: no such device."
    assert children() - before == set()


def test_the_one_that_waits_sees_cards_only_where_the_run_may_use_them(
    qtbot, training, monkeypatch
) -> None:
    made: list[bool] = []
    begin = TrainingProcess.__init__

    def note(process: TrainingProcess, cards: bool) -> None:
        made.append(cards)
        begin(process, cards)

    monkeypatch.setattr(TrainingProcess, "__init__", note)
    training.prepare()
    training.start(tiny_config(), DATA, History())
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert made == [False]
    before = children()
    training.device = "auto"
    training.prepare()
    training.prepare()
    assert made == [False, True]
    training.start(tiny_config(device="auto"), DATA, History())
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert made == [False, True]
    training.prepare()
    training.start(tiny_config(device="cpu"), DATA, History())  # by a lesson, as it were
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert made == [False, True, True, False] and children() - before == set()


def test_a_card_that_ends_the_child_leaves_the_window_and_the_cpu(
    qtbot, training, ended, monkeypatch
) -> None:
    take = frames.read

    def read(stream: IO[bytes]) -> object:
        frame = take(stream)
        return replace(frame, device="cuda") if isinstance(frame, Started) else frame

    monkeypatch.setattr(frames, "read", read)
    after_one_step(qtbot, training)
    os.kill(training._thread._runner._process.pid, signal.SIGABRT)
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    (end,) = ended.values
    assert end.ways_out == WaysOut(0, cpu=True) and end.checkpoint.snapshot.step == 1
    assert "the GPU or its driver" in end.error and "train on the CPU" in end.error


def test_the_one_that_waits_is_gone_after_the_shutdown(training) -> None:
    before = children()
    training.prepare()
    assert len(children() - before) == 1
    training.prepare()
    assert len(children() - before) == 1
    training.shutdown()
    training.prepare()
    assert children() - before == set()


def test_a_child_that_cannot_read_its_commands_ends(training, ended, qtbot) -> None:
    after_one_step(qtbot, training)
    broken = b"{]"
    commands = training._thread._runner._process.commands
    commands.write(struct.pack("<I", len(broken)) + broken)
    commands.flush()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert ended.values[0].checkpoint.snapshot.step == 1
