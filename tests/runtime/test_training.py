"""A run on its own thread: what can be done with it, what is kept of it, and how it ends."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tests.runtime.acting import answer_to, checkpoint_of
from tests.runtime.conftest import Collector
from tests.tiny import tiny_config, tiny_data
from tests.waiting import WAIT_SECONDS
from vae_gui.core.vae.config import HyperparameterChange, LiveHyperparameters, RunConfig
from vae_gui.core.vae.history import History
from vae_gui.core.vae.run.headless import HeadlessRun
from vae_gui.core.vae.run.messages import Ended
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.training import Phase, Training

DATA = tiny_data()
ENDLESS = tiny_config(epochs=10_000)


@pytest.fixture
def training(qtbot, notices: Notices) -> Iterator[Training]:
    training = Training(notices)
    yield training
    training.shutdown()


class Watch:
    """What a Training has told so far."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.phases: list[Phase] = []
        self._phases, self._snapshots, self._ended = Collector(), Collector(), Collector()
        training.phase_changed.connect(self._phases.take)
        training.phase_changed.connect(lambda: self.phases.append(training.phase))
        training.snapshot_changed.connect(self._snapshots.take)
        training.ended.connect(self._ended.take)

    @property
    def snapshots(self) -> list[Snapshot]:
        return self._snapshots.values

    @property
    def ended(self) -> list[Ended]:
        return self._ended.values


@pytest.fixture
def watch(training: Training) -> Watch:
    return Watch(training)


def start(training: Training, config: RunConfig = ENDLESS, **options: object) -> History:
    history = History()
    training.start(config, DATA, history, **options)
    return history


def wait_for_step(qtbot, training: Training, step: int = 1) -> None:
    qtbot.waitUntil(lambda: training.steps_done >= step)


def headless(config: RunConfig) -> History:
    run = HeadlessRun(config, DATA, "run")
    list(run.epochs())
    return run.history


def test_a_run_goes_to_its_end_with_the_losses_of_a_run_without_a_window(
    qtbot, training, watch
) -> None:
    history = start(training, tiny_config())
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    expected = headless(tiny_config())
    assert watch.phases == [Phase.RUNNING, Phase.IDLE]
    assert np.array_equal(history.steps.rows(), expected.steps.rows())
    assert np.array_equal(history.tests.rows(), expected.tests.rows())
    assert [(e.finished, e.error) for e in watch.ended] == [(True, None)]


def test_what_it_says_of_the_run(qtbot, training) -> None:
    run_id = start(training, tiny_config()) and training.run.run_id
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    run = training.run
    assert (run.run_id, run.device, run.train_images) == (run_id, "cpu", 48)
    assert (run.total_steps, run.steps_per_epoch, run.finished) == (6, 3, True)


def test_the_first_snapshot_is_of_step_zero_and_the_last_of_the_end(qtbot, training, watch) -> None:
    start(training, tiny_config(), paused=True)
    qtbot.waitUntil(lambda: len(watch.snapshots) == 1)
    training.resume()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert (watch.snapshots[0].step, watch.snapshots[-1].step) == (0, 6)
    last = watch.ended[0].checkpoint.snapshot
    assert all(np.array_equal(a, last.weights[n]) for n, a in watch.snapshots[-1].weights.items())


def test_every_step_is_in_the_history_but_not_every_snapshot_is_shown(
    qtbot, training, watch
) -> None:
    history = start(training, tiny_config(epochs=40))
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert history.steps.column("step").tolist() == list(range(1, 121))
    assert len(watch.snapshots) < 90


def test_speed_and_time_left_are_known_while_it_runs_and_not_after(qtbot, training) -> None:
    start(training)
    qtbot.waitUntil(lambda: training.steps_per_second > 0)
    assert 0 < training.seconds_left < float("inf")
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert (training.steps_per_second, training.seconds_left) == (0, float("inf"))


def test_a_run_that_begins_paused_takes_single_steps(qtbot, training, watch) -> None:
    start(training, paused=True)
    assert checkpoint_of(qtbot, training).snapshot.step == 0
    for step in (1, 2):
        training.step()
        wait_for_step(qtbot, training, step)
        assert checkpoint_of(qtbot, training).snapshot.step == step
    assert watch.phases == [Phase.PAUSED]


def test_after_a_step_the_weights_of_that_step_are_shown(qtbot, training, watch) -> None:
    start(training, paused=True)
    training.step()
    qtbot.waitUntil(lambda: bool(watch.snapshots) and watch.snapshots[-1].step == 1)


def test_pausing_holds_the_run_until_it_is_resumed(qtbot, training, watch) -> None:
    start(training)
    wait_for_step(qtbot, training)
    training.pause()
    held = checkpoint_of(qtbot, training).snapshot.step
    assert checkpoint_of(qtbot, training).snapshot.step == held
    qtbot.waitUntil(lambda: watch.snapshots[-1].step == held)
    training.resume()
    wait_for_step(qtbot, training, held + 1)
    assert watch.phases == [Phase.RUNNING, Phase.PAUSED, Phase.RUNNING]


def test_a_single_step_of_a_running_run_is_its_last_until_it_is_resumed(
    qtbot, training, watch
) -> None:
    start(training)
    wait_for_step(qtbot, training)
    training.step()
    assert training.phase is Phase.PAUSED
    now = checkpoint_of(qtbot, training).snapshot.step
    later = checkpoint_of(qtbot, training).snapshot.step
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert now <= later <= training.steps_done <= now + 1


@pytest.mark.parametrize("paused", [False, True])
def test_stopping_keeps_what_was_learned(qtbot, training, watch, paused: bool) -> None:
    history = start(training, paused=paused)
    if not paused:
        wait_for_step(qtbot, training)
    training.stop()
    assert training.phase is Phase.STOPPING
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    (ended,) = watch.ended
    assert (ended.finished, ended.error) == (False, None)
    assert ended.checkpoint.snapshot.step == training.steps_done == len(history.steps)
    assert watch.snapshots[-1].step == training.steps_done


def test_commands_without_a_run_do_nothing(training, watch) -> None:
    for command in (training.pause, training.resume, training.step, training.stop):
        command()
    training.set_hyperparameters(LiveHyperparameters(3.0, 1e-2))
    training.request_checkpoint()
    assert (training.phase, watch.phases) == (Phase.IDLE, [])


def test_a_checkpoint_taken_while_it_runs_resumes_as_if_it_had_not_stopped(qtbot, training) -> None:
    config = tiny_config(epochs=30)
    start(training, config)
    wait_for_step(qtbot, training, 5)
    kept = checkpoint_of(qtbot, training)
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    expected = headless(config).steps.rows()
    history = start(training, config, resume=kept)
    assert training.run.run_id == kept.snapshot.run_id
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert 5 <= kept.snapshot.step < 90
    assert np.array_equal(history.steps.rows(), expected[kept.snapshot.step :])


def test_after_the_end_a_checkpoint_is_there_at_once(qtbot, training, watch) -> None:
    start(training, tiny_config())
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert checkpoint_of(qtbot, training) is watch.ended[0].checkpoint


def test_each_request_gets_the_checkpoint_of_its_own_step(qtbot, training) -> None:
    start(training, paused=True)
    qtbot.waitUntil(lambda: training.run.total_steps > 0)
    first = training.request_checkpoint()
    training.step()
    second = training.request_checkpoint()
    training.stop()
    last = training.request_checkpoint()
    steps = [answer_to(qtbot, asked).value.snapshot.step for asked in (first, second, last)]
    assert steps[0] <= steps[1] <= steps[2] == training.steps_done
    assert first.answer.value is not second.answer.value is not last.answer.value


def test_taking_checkpoints_changes_nothing(qtbot, training) -> None:
    history = start(training, tiny_config(), paused=True)
    for step in range(1, 7):
        checkpoint_of(qtbot, training)
        training.step()
        wait_for_step(qtbot, training, step)
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert np.array_equal(history.steps.rows(), headless(tiny_config()).steps.rows())


def step_to(qtbot, training: Training, step: int) -> None:
    while training.steps_done < step:
        wanted = training.steps_done + 1
        training.step()
        wait_for_step(qtbot, training, wanted)


def test_two_live_changes_are_recorded_and_repeat_bit_for_bit(qtbot, training, watch) -> None:
    history = start(training, tiny_config(), paused=True)
    step_to(qtbot, training, 2)
    training.set_hyperparameters(replace(training.hyperparameters, beta=4.0))
    step_to(qtbot, training, 4)
    training.set_hyperparameters(replace(training.hyperparameters, learning_rate=1e-2))
    training.resume()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    config = watch.ended[0].checkpoint.config
    assert config.changes == (
        HyperparameterChange(2, "beta", 4.0),
        HyperparameterChange(4, "learning_rate", 1e-2),
    )
    assert history.changes == list(config.changes)
    assert np.array_equal(history.steps.rows(), headless(config).steps.rows())
    assert not np.array_equal(history.steps.rows(), headless(tiny_config()).steps.rows())


def test_changes_in_quick_succession_are_all_kept(qtbot, training, watch) -> None:
    history = start(training, tiny_config(), paused=True)
    training.set_hyperparameters(LiveHyperparameters(2.0, 1e-3))
    training.set_hyperparameters(LiveHyperparameters(2.0, 5e-3))
    training.resume()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    wanted = [HyperparameterChange(0, "beta", 2.0), HyperparameterChange(0, "learning_rate", 5e-3)]
    assert list(watch.ended[0].checkpoint.config.changes) == wanted
    assert history.changes == wanted


def test_a_repeated_run_shows_the_knobs_that_it_replays(qtbot, training) -> None:
    config = replace(
        tiny_config(),
        changes=(HyperparameterChange(1, "beta", 4.0), HyperparameterChange(3, "beta", 5.0)),
    )
    start(training, config, paused=True)
    seen = []
    for step in range(1, 5):
        step_to(qtbot, training, step)
        seen.append(training.hyperparameters.beta)
    assert seen == [1.0, 4.0, 4.0, 5.0]


def test_turning_one_knob_of_a_repeated_run_leaves_the_other_as_it_was_replayed(
    qtbot, training, watch
) -> None:
    config = replace(tiny_config(), changes=(HyperparameterChange(1, "learning_rate", 5e-3),))
    start(training, config, paused=True)
    step_to(qtbot, training, 2)
    training.set_hyperparameters(replace(training.hyperparameters, beta=3.0))
    training.resume()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    changes = watch.ended[0].checkpoint.config.changes
    assert changes == (
        HyperparameterChange(1, "learning_rate", 5e-3),
        HyperparameterChange(2, "beta", 3.0),
    )


def test_a_learning_rate_that_blows_up_ends_the_run_and_says_what_to_change(
    qtbot, training, watch, notices
) -> None:
    history = start(training, ENDLESS, paused=True)
    step_to(qtbot, training, 2)
    with qtbot.waitSignal(notices.published) as failed:
        training.set_hyperparameters(replace(training.hyperparameters, learning_rate=1e6))
        training.resume()
    assert "lower the learning rate" in failed.args[0].text
    assert training.phase is Phase.IDLE
    assert watch.ended[0].checkpoint.snapshot.step == len(history.steps)
    for snapshot in watch.snapshots:
        assert all(np.isfinite(array).all() for array in snapshot.weights.values())
    for timeline_entry in training.timeline.entries:
        assert np.isfinite(timeline_entry.encodings.mu).all()
    assert np.isfinite(history.steps.rows()).all()
    assert np.isfinite(history.tests.rows()).all()


def test_every_hundredth_step_is_a_line_of_the_log(qtbot, training, watch, caplog) -> None:
    caplog.set_level("INFO", "vae_gui.runtime.training_thread")
    history = start(training, tiny_config(epochs=5, batch_size=1))
    qtbot.waitUntil(lambda: bool(watch.ended))
    assert len(history.steps) == 240
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition(":")[0] for line in lines] == ["step 100", "step 200"]
    assert f"{history.steps.column('loss')[99]:.2f} (reconstruction" in lines[0]


def test_a_collapsed_posterior_is_told_once_and_the_run_goes_on(
    qtbot, training, watch, notices
) -> None:
    told = []
    notices.published.connect(told.append)
    start(training, tiny_config(beta=100.0, epochs=60, learning_rate=3e-3))
    qtbot.waitUntil(lambda: bool(watch.ended))
    assert len(told) == 1 and "β" in told[0].text
    assert watch.ended[0].finished


def test_after_a_failure_another_run_can_begin(qtbot, training, watch, notices) -> None:
    with qtbot.waitSignal(notices.published):
        start(training, replace(ENDLESS, changes=(HyperparameterChange(0, "learning_rate", 1e6),)))
    start(training, tiny_config())
    qtbot.waitUntil(lambda: len(watch.ended) == 2)
    assert watch.ended[1].finished


def test_data_that_does_not_fit_is_one_sentence(qtbot, training, notices) -> None:
    with qtbot.waitSignal(notices.published) as failed:
        training.start(tiny_config(), tiny_data(side=12), History())
    assert "images of 28 pixels" in failed.args[0].text
    assert training.phase is Phase.IDLE


def test_an_error_of_the_program_is_shown_once_and_logged(
    qtbot, training, notices, monkeypatch, caplog
) -> None:
    def fail(trainer: Trainer) -> None:
        raise RuntimeError("the device is lost")

    failures = Collector()
    notices.published.connect(failures.take)
    monkeypatch.setattr(Trainer, "step", fail)
    with qtbot.waitSignal(notices.published):
        start(training)
    assert [notice.text for notice in failures.values] == ["Training stopped: the device is lost."]
    assert "RuntimeError: the device is lost" in caplog.text
    assert training.phase is Phase.IDLE


def test_the_end_is_heard_of_although_what_came_before_it_cannot_be_kept(
    qtbot, training, watch, monkeypatch
) -> None:
    history = start(training, tiny_config(), paused=True)
    qtbot.waitUntil(lambda: bool(watch.snapshots))

    def fail(rows: object) -> None:
        raise MemoryError

    monkeypatch.setattr(history.steps, "extend", fail)
    training.resume()
    with qtbot.captureExceptions() as raised:
        training._thread.wait()  # so that the steps and the end come together
        qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert [kind for kind, *_ in raised] == [MemoryError] and len(watch.ended) == 1


@pytest.mark.parametrize("paused", [False, True])
def test_shutting_down_while_it_trains_waits_for_the_thread(
    qtbot, training, watch, paused: bool
) -> None:
    start(training, paused=paused)
    thread = training._thread
    training.shutdown()
    assert thread.isFinished()
    training.shutdown()
    assert len(watch.ended) == 1  # so that what was learned can be kept


def test_shutting_down_before_the_first_step_ends_a_run_without_steps(training, watch) -> None:
    history = start(training, paused=True)
    training.shutdown()
    assert len(history.steps) == 0
    assert [(ended.finished, ended.error) for ended in watch.ended] == [(False, None)]


EMITS = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal
class Sender(QObject):
    sent = Signal(object)
    plain = Signal()
class Worker(QThread):
    sent = Signal(object)
    def run(self):
        for number in range(20_000):
            self.sent.emit(number)
class Receiver(QObject):
    count = 0
    def take(self, value=None):
        self.count += 1
app = QCoreApplication([])
sender, receiver, worker, far = Sender(), Receiver(), Worker(), Receiver()
sender.sent.connect(receiver.take)
sender.plain.connect(receiver.take)
worker.sent.connect(far.take)
worker.finished.connect(app.quit)
worker.start()
for number in range(20_000):
    assert sender.sent.emit(number) is not None
    sender.plain.emit()
app.exec()
print(receiver.count, far.count, flush=True)
"""


def test_twenty_thousand_signals_do_not_kill_the_process() -> None:
    result = subprocess.run(
        [sys.executable, "-c", EMITS],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=WAIT_SECONDS,
    )
    assert (result.returncode, result.stdout.strip()) == (0, "40000 20000"), result.stderr
