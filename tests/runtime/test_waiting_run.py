"""A run that waits for its images, or for the run before it, begins, is refused or is cancelled, whatever crosses it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.runtime.acting import ENDLESS, train, train_on
from tests.runtime.conftest import Collector, entry
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.context import Context
from vae_gui.runtime.request import Cancelled, Done, Refused, Request
from vae_gui.runtime.training import Phase
from vae_gui.runtime.waiting_run import BUSY


@dataclass
class Gate:
    """Holds the loads of “digits” back until it is opened."""

    open: threading.Event = field(default_factory=threading.Event)

    def load(self, folder: Path, download: bool) -> Job[object]:
        while not self.open.is_set():
            yield Progress(0, None, "Waiting")
        return tiny_data()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=gate.load))
    return gate


def answered(qtbot, request: Request[str]) -> object:
    qtbot.waitUntil(lambda: request.answer is not None)
    return request.answer


def texts(context: Context) -> list[str]:
    """What the person is told from now on."""
    told: list[str] = []
    context.notices.published.connect(lambda notice: told.append(notice.text))
    return told


@pytest.mark.parametrize("beta", [1.0, 4.0])
def test_training_again_after_the_load_was_cancelled_trains(
    qtbot, context: Context, gate: Gate, beta: float
) -> None:
    first = context.session.train(tiny_config())
    context.jobs.running[0].cancel()
    second = context.session.train(tiny_config(beta=beta))
    gate.open.set()
    with qtbot.waitSignal(context.training.ended):
        run_id = answered(qtbot, second)
    assert first.answer == Cancelled() and run_id == Done(context.training.run.run_id)
    (model,) = context.library.models
    assert model.config.train.beta == beta


def test_a_load_that_is_cancelled_cancels_the_run(qtbot, context: Context, gate: Gate) -> None:
    request = context.session.train(tiny_config())
    context.jobs.running[0].cancel()
    assert answered(qtbot, request) == Cancelled()
    assert not context.session.waiting_run.is_there and context.training.phase is Phase.IDLE


def test_another_data_set_that_cannot_be_loaded_leaves_the_run_waiting(
    qtbot, context: Context, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path, download: bool) -> Job[object]:
        yield Progress(0, None, "Trying")
        raise UserError("Connect to a network.")

    monkeypatch.setitem(DATASETS, "mnist", replace(DATASETS["mnist"], load=refuse))
    request = context.session.train(tiny_config())
    with qtbot.waitSignal(context.notices.published):
        context.datasets.load("mnist")
    assert context.session.waiting_run.is_there
    gate.open.set()
    with qtbot.waitSignal(context.training.ended):
        assert isinstance(answered(qtbot, request), Done)


def test_closing_the_tab_gives_up_the_run_that_would_go_on_in_it(
    qtbot, context: Context, gate: Gate
) -> None:
    context.library.add(entry("stays"))
    context.library.add(entry("goes", steps=6))
    request = context.session.continue_run(1)
    context.session.close("goes")
    assert request.answer == Cancelled()
    gate.open.set()
    qtbot.waitUntil(lambda: not context.jobs.running)
    assert context.training.phase is Phase.IDLE and context.training.run is None


def test_closing_another_tab_leaves_it_waiting(qtbot, context: Context, gate: Gate) -> None:
    context.library.add(entry("other"))
    context.library.add(entry("goes on", steps=6))
    request = context.session.continue_run(1)
    context.session.close("other")
    gate.open.set()
    with qtbot.waitSignal(context.training.ended):
        assert answered(qtbot, request) == Done("goes on")


def test_more_epochs_than_there_may_be_are_refused(qtbot, context: Context, bars: object) -> None:
    context.library.add(entry("long", steps=6))
    told = texts(context)
    answer = answered(qtbot, context.session.continue_run(10_000))
    assert isinstance(answer, Refused) and told == [answer.text]
    assert "10" in answer.text and context.training.phase is Phase.IDLE


Command = Callable[[Context], Request[str]]
COMMANDS: dict[str, Command] = {
    "train": lambda context: context.session.train(tiny_config()),
    "continue": lambda context: context.session.continue_run(1),
    "repeat": lambda context: context.session.repeat_run(),
    "on the CPU": lambda context: context.session.train_on_cpu(context.training.run),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_asked_while_a_run_stops_begins_when_it_has(
    qtbot, context: Context, bars: object, name: str
) -> None:
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(tiny_config(epochs=5000))
    stopped = context.training.run.run_id
    qtbot.waitUntil(lambda: context.library.shown.snapshot.step > 0)
    ended, phases = Collector(), []
    context.training.ended.connect(ended.take)
    context.training.stop()
    assert context.training.phase is Phase.STOPPING
    request = COMMANDS[name](context)
    request.then(lambda answer: phases.append((len(ended.values), context.training.phase)))
    answer = answered(qtbot, request)
    assert phases == [(1, Phase.RUNNING)]  # after everybody heard of the end
    run_id = stopped if name == "continue" else context.training.run.run_id
    assert answer == Done(run_id)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("paused", [False, True])
def test_while_a_run_goes_on_it_is_refused_aloud(
    qtbot, context: Context, bars: object, name: str, paused: bool
) -> None:
    train_on(qtbot, context, paused=paused)
    told, run = texts(context), context.training.run.run_id
    answer = COMMANDS[name](context).answer
    assert isinstance(answer, Refused) and told == [answer.text]
    assert context.training.run.run_id == run and len(context.library.models) == 1


def test_a_branch_is_refused_before_it_opens_a_tab(qtbot, context: Context, bars: object) -> None:
    train(qtbot, context, tiny_config())
    moment = context.library.shown.timeline.entries[-1]
    train_on(qtbot, context, paused=True)
    assert context.session.branch(moment).answer == Refused(BUSY)
    assert len(context.library.models) == 2


def test_a_newer_wish_cancels_the_one_that_waits(qtbot, context: Context, gate: Gate) -> None:
    first = context.session.train(tiny_config(beta=2.0))
    second = context.session.train(tiny_config(beta=3.0))
    assert first.answer == Cancelled() and second.answer is None
    gate.open.set()
    with qtbot.waitSignal(context.training.ended):
        answered(qtbot, second)
    assert [model.config.train.beta for model in context.library.models] == [3.0]


def test_who_asked_can_give_it_up(qtbot, context: Context, gate: Gate) -> None:
    request = context.session.train(tiny_config())
    request.cancel()
    assert request.answer == Cancelled() and not context.session.waiting_run.is_there
    gate.open.set()
    qtbot.waitUntil(lambda: not context.jobs.running)
    assert context.training.phase is Phase.IDLE


def test_the_end_of_the_app_answers_the_run_that_waits(
    qtbot, context: Context, bars: object
) -> None:
    train_on(qtbot, context)
    context.training.stop()
    request = context.session.train(ENDLESS)
    context.session.shutdown()
    assert request.answer == Cancelled()
