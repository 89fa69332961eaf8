"""A run in a process of its own: as in the thread to the bit, and nothing is lost or left over when it dies."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.processes import children
from tests.runtime.conftest import Collector
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.history import History
from vae_gui.core.vae.run.messages import Ended
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.training import Phase, Training

DATA = tiny_data()
pytestmark = pytest.mark.skipif(not hasattr(os, "nice"), reason="signals of POSIX")


@pytest.fixture
def training(qtbot, notices: Notices) -> Iterator[Training]:
    training = Training(notices, in_process=True)
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
    with qtbot.waitSignal(training.checkpointed) as told:
        training.request_checkpoint()
    (change,) = told.args[0].config.changes
    assert (change.step, change.name, change.value) == (1, "beta", 0.5)
    assert told.args[0].snapshot.step == 1 and told.args[0].optimizer
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
    training.start(tiny_config(epochs=10_000), DATA, History(), paused=True)
    qtbot.waitUntil(lambda: bool(training.history.tests))
    training.step()
    qtbot.waitUntil(lambda: training.steps_done == 1)
    with qtbot.waitSignal(training.checkpointed):
        training.request_checkpoint()  # behind the state that is kept of step 1
    (child,) = children() - before
    os.kill(child, signal.SIGKILL)
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    (end,) = ended.values
    assert end.checkpoint.snapshot.step == 1 and end.checkpoint.optimizer
    (notice,) = told.values
    assert "ended from outside" in notice.text and "after step 1" in notice.text
    training.start(tiny_config(), DATA, training.history, end.checkpoint)
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert ended.values[-1].finished
    assert training.history.steps.column("step").tolist() == list(range(1, 7))


def test_the_one_that_waits_is_gone_after_the_shutdown(training) -> None:
    before = children()
    training.prepare()
    assert len(children() - before) == 1
    training.prepare()
    assert len(children() - before) == 1
    training.shutdown()
    training.prepare()
    assert children() - before == set()
