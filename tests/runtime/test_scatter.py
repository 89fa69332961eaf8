"""The encodings at hand: a sample of the test images while a model learns, all of them once its weights rest."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.answers import wait_for_answers
from tests.runtime.acting import ENDLESS
from tests.runtime.conftest import Held, entry
from tests.tiny import tiny_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.support.progress import finish
from vae_gui.runtime import scatter as module
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.training import Phase

DATA = tiny_data(test=210)
SAMPLE, PART = 16, 70  # a part is longer than what goes before all else


@pytest.fixture(autouse=True)
def many_images(monkeypatch: pytest.MonkeyPatch, made_up_digits: None) -> None:
    """More test images than a sample holds, and more than one part of them."""

    def load(folder: object, download: bool) -> object:
        return DATA
        yield

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    monkeypatch.setattr(module, "SCATTER_IMAGES", SAMPLE)
    monkeypatch.setattr(module, "PART", PART)
    monkeypatch.setattr(module, "REST_MS", 1)


def train_on(qtbot, context: Context) -> None:
    """A run that goes on, shown; the first one of a process waits for torch."""
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(ENDLESS)


def after_the_first_part(context: Context, act: Callable[[], None]) -> None:
    """Do something once the first part of all images is encoded."""
    asked: list[object] = []

    def on_answered(answer: Answer[object]) -> None:
        if answer.channel == module.ALL_CHANNEL and not asked:
            asked.append(answer)
            act()

    context.explorer.questions.answered.connect(on_answered)


def of_all_images(context: Context) -> bool:
    """Whether the encodings are of all test images, in their order, under the newest weights."""
    encodings, weights = context.explorer.scatter.encodings, context.explorer.weights
    if encodings is None or len(encodings) != len(DATA.test):
        return False
    expected = finish(encode(weights.newest, DATA.test, DATA.class_names))
    return bool(
        np.allclose(encodings.mu, expected.mu, atol=1e-5)
        and np.array_equal(encodings.labels, DATA.test.labels)
    )


@pytest.mark.parametrize("end", ["stop", "pause"])
def test_all_images_are_encoded_once_a_run_rests(qtbot, context: Context, end: str) -> None:
    train_on(qtbot, context)
    scatter = context.explorer.scatter
    qtbot.waitUntil(lambda: scatter.encodings is not None)
    assert len(scatter.encodings) == SAMPLE
    getattr(context.training, end)()
    qtbot.waitUntil(lambda: of_all_images(context))
    if end == "pause":
        context.training.resume()
        qtbot.waitUntil(lambda: len(scatter.encodings) == SAMPLE)
        context.training.stop()
        qtbot.waitUntil(lambda: of_all_images(context))
    qtbot.waitUntil(lambda: context.training.phase is Phase.IDLE)


def test_a_file_without_encodings_gets_them_when_its_images_are_there(
    qtbot, context: Context
) -> None:
    context.library.add(entry("opened", steps=2))
    qtbot.waitUntil(lambda: of_all_images(context))


def test_nothing_more_is_encoded_while_something_trains(qtbot, context: Context) -> None:
    scatter = context.explorer.scatter
    scatter._rest_timer.setInterval(60_000)  # it would still wait
    scatter.set_resting(False)
    context.library.add(entry("opened", steps=2))
    qtbot.waitUntil(lambda: scatter.images is not None)
    assert not scatter._rest_timer.isActive()
    scatter._rest_timer.setInterval(1)
    scatter.set_resting(True)
    qtbot.waitUntil(lambda: of_all_images(context))


def test_other_questions_are_answered_between_the_parts(qtbot, context: Context) -> None:
    order: list[str] = []
    other = Held(cost=1000)
    other.go.set()

    def ask() -> None:
        order.append("part")
        questions = context.explorer.questions
        questions.ask_once("other", other, lambda _: order.append("other"))

    after_the_first_part(context, ask)
    context.explorer.scatter.changed.connect(lambda: order.append("all"))
    context.library.add(entry("opened", steps=2))
    qtbot.waitUntil(lambda: "all" in order)
    assert order == ["part", "other", "all"]


def test_what_another_model_was_encoded_to_is_dropped(qtbot, context: Context) -> None:
    after_the_first_part(context, lambda: context.library.add(entry("second", steps=4)))
    context.library.add(entry("first", steps=2))
    qtbot.waitUntil(lambda: context.explorer.weights.run_id == "second")
    qtbot.waitUntil(lambda: of_all_images(context))


def test_what_learned_behind_another_tab_is_encoded_anew(qtbot, context: Context) -> None:
    train_on(qtbot, context)
    run = context.explorer.weights.run_id
    context.library.add(entry("other"))
    done = context.training.steps_done
    qtbot.waitUntil(lambda: context.training.steps_done > done + 20)
    context.training.stop()
    qtbot.waitUntil(lambda: context.training.phase is Phase.IDLE)
    context.library.show(run)
    qtbot.waitUntil(lambda: of_all_images(context))


def test_what_a_file_brought_stays_while_another_model_learns_and_stops(
    qtbot, context: Context
) -> None:
    frozen = entry("frozen")
    snapshot = frozen.snapshot
    brought = finish(encode(snapshot, tiny_data(test=400).test, DATA.class_names))
    workspace = replace(frozen.workspace, encodings=brought)
    context.library.add(replace(frozen, workspace=workspace))
    scatter = context.explorer.scatter
    qtbot.waitUntil(lambda: scatter.images is not None)
    context.library.rename("frozen", "Under another name")  # which leaves its weights alone
    train_on(qtbot, context)
    context.library.show("frozen")
    assert scatter.encodings is brought
    with qtbot.waitSignal(context.training.ended):
        context.training.stop()
    wait_for_answers(qtbot, context)
    assert scatter.encodings is brought and scatter.newest is brought
    context.library.show(context.training.run.run_id)
    qtbot.waitUntil(lambda: of_all_images(context))
    context.library.show("frozen")
    wait_for_answers(qtbot, context)
    assert scatter.encodings is brought
