"""Live: when a toy value is computed, by whom it is watched, and what is kept of it."""

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QObject, QTimer

from tests.runtime.conftest import Collector, Held
from tests.spaces import random_snapshot, show_space
from vae_gui.core.support.progress import Progress
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_answer import LatestAnswer
from vae_gui.runtime.live.live import CANCELLED, REST_PER_WORK, Live
from vae_gui.runtime.live.task import Task
from vae_gui.runtime.training import Phase
from vae_gui.runtime.worker import Worker

WORK = 900.0  # seconds: no test waits for the rest after it


class ToyWorker(Worker):
    """Does what the test says: `started` are the pieces of work that were given to it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.started: list[object] = []
        self.given_up = 0

    def start(self, work: object, title: str = "") -> None:
        self.started.append(work)

    def cancel(self) -> None:
        self.given_up += 1


@dataclass
class Asked:
    """What a toy value is asked for; `version` stands for the weights."""

    of: str | None = "a"
    version: int = 1

    def task(self) -> Task[str] | None:
        if self.of is None:
            return None
        return Task(self.of, self.version, lambda: iter(()), f"{self.of}{self.version}")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("vae_gui.runtime.live.throttle.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def worker(context: Context) -> ToyWorker:
    show_space(context)
    return ToyWorker(context.explorer)


@pytest.fixture
def live(context: Context, worker: ToyWorker, asked: Asked, clock: list[float]) -> Live[str]:
    """Nothing has to settle, and all work takes long."""

    def take_long() -> None:
        clock[0] += WORK

    for ended in (worker.done, worker.failed):
        ended.connect(take_long)
    return Live[str](context.explorer, context.training, worker, asked.task)


def let_timers_run(qtbot) -> None:
    """Whatever is due now has been done."""
    timer = QTimer(singleShot=True)
    with qtbot.waitSignal(timer.timeout):
        timer.start(0)


def begun(qtbot, live: Live[str], asked: Asked, of: str, version: int = 1) -> None:
    """This is being computed."""
    asked.of, asked.version = of, version
    live.touch()
    qtbot.waitUntil(lambda: live.running is not None and live.running.title == f"{of}{version}")


def computed(qtbot, live: Live[str], asked: Asked, worker: ToyWorker, of: str = "a") -> None:
    """The value of `of` is known."""
    live.watch(True)
    begun(qtbot, live, asked, of)
    worker.done.emit(f"value of {of}")


def train(context: Context, on: bool) -> None:
    context.training.phase = Phase.RUNNING if on else Phase.IDLE
    context.training.phase_changed.emit()


def test_while_nobody_watches_nothing_is_computed(qtbot, live, worker) -> None:
    live.touch()
    let_timers_run(qtbot)
    assert worker.started == [] and live.running is None
    live.watch(True)
    qtbot.waitUntil(lambda: live.running is not None)


def test_work_ends_when_the_last_who_watches_has_gone(qtbot, live, worker) -> None:
    live.watch(True)
    live.watch(True)
    qtbot.waitUntil(lambda: live.running is not None)
    live.watch(False)
    assert live.running is not None and worker.given_up == 0
    live.watch(False)
    assert live.running is None and worker.given_up == 1


def test_what_is_known_is_not_computed_again_for_who_comes_back(qtbot, live, asked, worker) -> None:
    computed(qtbot, live, asked, worker)
    live.watch(False)
    live.watch(True)
    let_timers_run(qtbot)
    assert len(worker.started) == 1 and live.value == "value of a"


def test_nothing_is_computed_where_something_is_missing(qtbot, live, asked, worker) -> None:
    asked.of = None
    live.watch(True)
    let_timers_run(qtbot)
    assert worker.started == [] and not live.up_to_date


def test_several_changes_are_computed_once_as_they_are_in_the_end(qtbot, live, asked) -> None:
    live.watch(True)
    for asked.of in "abc":
        live.touch()
    qtbot.waitUntil(lambda: live.running is not None)
    assert live.running.of == "c"


def test_what_moves_is_computed_when_it_has_settled(qtbot, context: Context, worker, asked) -> None:
    live = Live[str](context.explorer, context.training, worker, asked.task, settle_ms=3_600_000)
    live.watch(True)
    let_timers_run(qtbot)
    assert worker.started == []


def test_what_is_touched_again_and_again_settles_all_the_same(
    qtbot, context: Context, worker, asked
) -> None:
    live = Live[str](context.explorer, context.training, worker, asked.task, settle_ms=20)
    live.watch(True)
    busy_bee = QTimer(interval=0)
    busy_bee.timeout.connect(live.touch)
    busy_bee.start()
    qtbot.waitUntil(lambda: live.running is not None)


def test_the_value_is_told_and_kept(qtbot, live, asked, worker) -> None:
    told = Collector()
    computed(qtbot, live, asked, worker)
    live.changed.connect(told.take)
    asked.version = 2
    assert live.value == "value of a" and not live.up_to_date
    begun(qtbot, live, asked, "a", 2)
    worker.done.emit("newer value")
    assert live.value == "newer value" and live.up_to_date and live.running is None
    assert told.values


def test_newer_weights_wait_for_the_work_in_progress(qtbot, live, asked, worker) -> None:
    live.watch(True)
    begun(qtbot, live, asked, "a")
    asked.version = 2
    live.touch()
    let_timers_run(qtbot)
    assert live.running.version == 1 and worker.given_up == 0
    worker.done.emit("old")
    assert live.value == "old"
    qtbot.waitUntil(lambda: live.running is not None)
    assert live.running.version == 2


def test_another_question_takes_the_place_of_the_one_in_progress(
    qtbot, live, asked, worker
) -> None:
    computed(qtbot, live, asked, worker)
    begun(qtbot, live, asked, "b")
    begun(qtbot, live, asked, "c")
    assert worker.given_up == 1
    worker.done.emit("value of c")
    assert (live.value, live.result.task.of) == ("value of c", "c")


def test_going_back_to_what_is_known_ends_the_work(qtbot, live, asked, worker) -> None:
    computed(qtbot, live, asked, worker)
    begun(qtbot, live, asked, "b")
    asked.of = "a"
    live.touch()
    let_timers_run(qtbot)
    assert live.running is None and live.up_to_date and worker.given_up == 1


def test_while_a_model_trains_newer_weights_wait_for_the_rest_to_end(
    qtbot, context: Context, live, asked, worker, clock
) -> None:
    train(context, True)
    computed(qtbot, live, asked, worker)
    asked.version = 2
    live.touch()
    let_timers_run(qtbot)
    assert len(worker.started) == 1


def test_after_the_rest_newer_weights_are_computed(
    qtbot, context: Context, live, asked, worker, clock
) -> None:
    train(context, True)
    computed(qtbot, live, asked, worker)
    clock[0] += REST_PER_WORK * WORK
    asked.version = 2
    live.touch()
    qtbot.waitUntil(lambda: live.running is not None)


def test_another_question_does_not_wait_for_the_rest(
    qtbot, context: Context, live, asked, worker, clock
) -> None:
    train(context, True)
    computed(qtbot, live, asked, worker)
    asked.version = 2
    live.touch()
    begun(qtbot, live, asked, "b", 2)


def test_while_nothing_trains_nothing_rests(qtbot, live, asked, worker) -> None:
    computed(qtbot, live, asked, worker)
    begun(qtbot, live, asked, "a", 2)


def test_what_is_cancelled_stays_so_whatever_the_weights_until_retry(
    qtbot, live, asked, worker
) -> None:
    live.watch(True)
    begun(qtbot, live, asked, "a")
    live.cancel()
    assert live.running is None and live.problem == CANCELLED and worker.given_up == 1
    asked.version = 2
    live.touch()
    let_timers_run(qtbot)
    assert live.running is None
    live.retry()
    assert live.running is not None and live.problem == "" and live.running.version == 2


def test_something_else_is_computed_after_a_cancel(qtbot, live, asked) -> None:
    live.watch(True)
    begun(qtbot, live, asked, "a")
    live.cancel()
    begun(qtbot, live, asked, "b")
    assert live.problem == ""


def test_work_that_somebody_else_cancelled_is_cancelled_too(qtbot, live, asked, worker) -> None:
    live.watch(True)
    begun(qtbot, live, asked, "a")
    worker.cancelled.emit()
    let_timers_run(qtbot)
    assert live.running is None and live.problem == CANCELLED


def test_a_failure_is_told_in_words_and_the_last_value_stays(qtbot, live, asked, worker) -> None:
    computed(qtbot, live, asked, worker)
    begun(qtbot, live, asked, "a", 2)
    worker.failed.emit("Choose more images.")
    let_timers_run(qtbot)
    assert live.running is None and len(worker.started) == 2
    assert (live.problem, live.value) == ("Choose more images.", "value of a")


def test_what_has_failed_is_tried_again_with_newer_weights(qtbot, live, asked, worker) -> None:
    live.watch(True)
    begun(qtbot, live, asked, "a")
    worker.failed.emit("The posterior has collapsed.")
    begun(qtbot, live, asked, "a", 2)
    worker.done.emit("well")
    assert (live.problem, live.value) == ("", "well")


def test_what_fails_again_and_again_rests_while_a_model_trains(
    qtbot, context: Context, live, asked, worker, clock
) -> None:
    train(context, True)
    live.watch(True)
    begun(qtbot, live, asked, "a")
    worker.failed.emit("The posterior has collapsed.")
    asked.version = 2
    live.touch()
    let_timers_run(qtbot)
    assert live.running is None and live.problem


def test_progress_is_told_while_it_lasts(qtbot, live, asked, worker) -> None:
    live.watch(True)
    begun(qtbot, live, asked, "a")
    half = Progress(1, 2, "Half")
    with qtbot.waitSignal(live.changed):
        worker.progressed.emit(half)
    assert live.progress is half
    worker.done.emit("all")
    assert live.progress is None


def test_another_model_takes_value_work_and_problem_away(
    qtbot, context: Context, live, asked, worker
) -> None:
    computed(qtbot, live, asked, worker)
    begun(qtbot, live, asked, "b")
    show_other(context)
    assert live.value is None and live.running is None and worker.given_up == 1
    qtbot.waitUntil(lambda: live.running is not None)  # for the other one
    worker.failed.emit("Choose another model.")
    show_other(context, "third")
    assert live.problem == ""


def test_who_hears_of_another_model_first_sees_no_value_of_the_last_one(
    qtbot, context: Context, asked, clock
) -> None:
    seen: list[object] = []
    show_space(context)
    # given somebody who is told before the live value is
    context.explorer.model_changed.connect(lambda: seen.append(live.value))
    worker = ToyWorker(context.explorer)
    live = Live[str](context.explorer, context.training, worker, asked.task)
    computed(qtbot, live, asked, worker)
    show_other(context)
    assert seen == [None]


def show_other(context: Context, run_id: str = "another") -> None:
    """A model of another run."""
    shown = context.library.shown
    checkpoint = shown.workspace.checkpoint
    snapshot = replace(random_snapshot(shown.config.model, seed=3), run_id=run_id)
    workspace = replace(shown.workspace, checkpoint=replace(checkpoint, snapshot=snapshot))
    context.library.add(replace(shown, workspace=workspace))


def test_the_answer_to_what_is_not_asked_for_any_more_is_dropped(qtbot, context: Context) -> None:
    show_space(context)
    explorer, requests = context.explorer, {"a": Held(), "b": Held()}
    asked = Asked()
    requests["b"].go.set()
    values: list[object] = []
    answer = LatestAnswer(explorer.questions, "toy", explorer)
    answer.done.connect(values.append)
    live = Live[object](
        explorer, context.training, answer, lambda: Task(asked.of, 1, requests[asked.of])
    )
    live.watch(True)
    qtbot.waitUntil(requests["a"].begun.is_set)
    asked.of = "b"
    live.touch()
    requests["a"].go.set()
    qtbot.waitUntil(lambda: live.up_to_date)
    assert len(values) == 1 and live.result.task.of == "b"
