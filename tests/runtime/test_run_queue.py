"""The queue: one run after the other, in an order that can be changed, and it waits after one that was stopped."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.sweeps.vary import varied
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase


def titles(context: Context) -> list[str]:
    return [entry.workspace.title for entry in context.library.models]


def test_values_become_runs_that_differ_in_them_alone() -> None:
    config = tiny_config()
    runs = varied(config, "beta", "0.5, 1;4 , 1")
    assert [run.config.train.beta for run in runs] == [0.5, 1.0, 4.0]
    assert {run.config.model for run in runs} == {config.model}
    assert {run.config.train.seed for run in runs} == {config.train.seed}
    assert varied(config, "latent_dim", "3")[0].config.model.latent_dim == 3


@pytest.mark.parametrize("text", ["", "x", "-1", ",".join(map(str, range(60)))])
def test_values_that_cannot_be_are_a_sentence(text: str) -> None:
    with pytest.raises(UserError):
        varied(tiny_config(), "beta", text)


def test_runs_come_one_after_the_other(qtbot, context: Context, bars: object) -> None:
    queue, seen = context.queue, []
    context.training.phase_changed.connect(lambda: seen.append(context.training.phase))
    first, second, third = varied(tiny_config(), "beta", "0.5, 1, 4")
    queue.add((first, second, third))
    queue.reorder((first, third, second))
    qtbot.waitUntil(lambda: not queue.waiting and not queue.current)
    betas = [entry.config.train.beta for entry in context.library.models]
    assert betas == [0.5, 4.0, 1.0]
    assert "0.5" in titles(context)[0] and all(e.snapshot.step == 6 for e in context.library.models)


def test_after_a_run_that_was_stopped_the_queue_waits(
    qtbot, context: Context, bars: object
) -> None:
    queue, training = context.queue, context.training
    queue.add(varied(tiny_config(epochs=3000), "beta", "0.5, 1"))
    qtbot.waitUntil(lambda: training.phase is Phase.RUNNING)
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    assert queue.paused and len(queue.waiting) == 1
    queue.set_paused(False)
    qtbot.waitUntil(lambda: training.phase is Phase.RUNNING)
    assert not queue.waiting and queue.current
    training.stop()
    qtbot.waitUntil(lambda: not queue.current)


def test_a_run_that_cannot_be_loaded_stays_the_next_one_and_the_queue_waits(
    qtbot, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = ["Connect to a network."]

    def load(folder: Path, download: bool) -> Job[object]:
        yield Progress(0, None, "Trying")
        if problems:
            raise UserError(problems.pop())
        return tiny_data()

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    queue = context.queue
    (run,) = varied(tiny_config(), "beta", "4")
    with qtbot.waitSignal(context.notices.published) as told:
        queue.add((run,))
    assert told.args[0].text == "Connect to a network."
    qtbot.waitUntil(lambda: queue.paused)
    assert queue.waiting == (run,) and not queue.current and not titles(context)
    with qtbot.waitSignal(context.training.ended):
        queue.set_paused(False)
    assert [entry.config.train.beta for entry in context.library.models] == [4.0]


def test_a_run_of_the_queue_that_a_person_overtakes_is_not_lost(
    qtbot, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def load(folder: Path, download: bool) -> Job[object]:
        while not go.is_set():
            yield Progress(0, None, "Waiting")
        return tiny_data()

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    queue = context.queue
    (run,) = varied(tiny_config(), "beta", "4")
    queue.add((run,))
    qtbot.waitUntil(lambda: bool(queue.current))
    context.session.train(tiny_config())
    go.set()
    qtbot.waitUntil(lambda: context.training.steps_done == 6)
    assert queue.waiting == (run,) and queue.paused
