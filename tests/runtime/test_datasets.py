"""Image data comes into memory once, in the background."""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.runtime.conftest import Collector
from tests.tiny import tiny_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.context import Context
from vae_gui.runtime.request import Cancelled, Done, Refused


@dataclass
class Held:
    """A data set whose loads wait; `loads` counts them, and each yields until it may go on."""

    data: ImageData
    loads: int = 0
    problem: str = ""
    go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, folder: Path, download: bool) -> Job[object]:
        self.loads += 1
        while not self.go.is_set():
            yield Progress(0, None, "Waiting")
        if self.problem:
            raise UserError(self.problem)
        return self.data


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """“digits”, held back."""
    load = Held(tiny_data())
    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    return load


def test_data_is_loaded_once_and_then_there_at_once(qtbot, context: Context, held: Held) -> None:
    datasets, answers = context.datasets, []
    assert datasets.get("digits") is None
    datasets.load("digits").then(answers.append)
    datasets.load("digits").then(answers.append)
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == [Done(held.data)] * 2 and held.loads == 1
    assert datasets.load("digits").answer == Done(held.data)
    assert datasets.get("digits") is held.data


def test_what_is_asked_in_the_answer_to_a_failure_is_answered(
    qtbot, context: Context, held: Held
) -> None:
    answers: list[object] = []

    def try_again(answer: object) -> None:
        answers.append(answer)
        held.problem = ""
        context.datasets.load("digits").then(answers.append)

    held.problem = "Connect to a network."
    context.datasets.load("digits").then(try_again)
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == [Refused("Connect to a network."), Done(held.data)]


def test_a_load_that_was_cancelled_can_be_asked_for_again_at_once(
    qtbot, context: Context, held: Held
) -> None:
    answers: list[object] = []
    first = context.datasets.load("digits")
    first.then(answers.append)
    context.jobs.running[0].cancel()
    second = context.datasets.load("digits")
    second.then(answers.append)
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert (first.answer, second.answer) == (Cancelled(), Done(held.data))


def test_a_load_that_ends_does_not_forget_another(
    qtbot, context: Context, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Held(tiny_data(name="mnist"))
    monkeypatch.setitem(DATASETS, "mnist", replace(DATASETS["mnist"], load=other))
    requests = [context.datasets.load("digits"), context.datasets.load("mnist")]
    held.go.set()
    qtbot.waitUntil(lambda: requests[0].answer is not None)
    requests.append(context.datasets.load("mnist"))
    other.go.set()
    qtbot.waitUntil(lambda: not context.jobs.running)
    assert [request.answer for request in requests] == [
        Done(held.data),
        Done(other.data),
        Done(other.data),
    ]
    assert (held.loads, other.loads) == (1, 1)


def test_a_failure_is_told_once_whoever_waits(qtbot, context: Context, held: Held) -> None:
    told = Collector()
    context.notices.published.connect(told.take)
    held.problem = "Connect to a network."
    requests = [context.datasets.load("digits") for _ in range(3)]
    held.go.set()
    qtbot.waitUntil(lambda: all(request.answer for request in requests))
    assert len(told.values) == 1


def test_the_end_of_the_app_answers_a_load(context: Context, held: Held) -> None:
    request = context.datasets.load("digits")
    context.jobs.shutdown()
    assert request.answer == Cancelled()
    assert context.datasets.load("digits").answer == Cancelled()


def test_what_is_local_needs_no_network(context: Context, tmp_path: Path) -> None:
    assert context.datasets.is_local("digits")
    assert not context.datasets.is_local("mnist")
    assert not context.datasets.is_local("of another version")


def test_a_folder_without_the_files_is_one_sentence(
    qtbot, context: Context, tmp_path: Path
) -> None:
    context.datasets.folder = tmp_path
    with qtbot.waitSignal(context.notices.published) as failed:
        context.datasets.load("mnist")
    assert "choose the folder that holds them" in failed.args[0].text


def test_an_unknown_data_set_is_one_sentence(qtbot, context: Context) -> None:
    with qtbot.waitSignal(context.notices.published) as failed:
        context.datasets.load("of another version")
    assert "choose another one" in failed.args[0].text
