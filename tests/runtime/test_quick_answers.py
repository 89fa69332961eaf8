"""Quick answers: the digit at one z is there when `ask` returns, and the thread answers the rest."""

import numpy as np
import pytest

from tests.runtime.conftest import Collector, Held
from tests.spaces import random_snapshot, show_space
from vae_gui.core.inference.engine import answer
from vae_gui.core.inference.requests import Decode
from vae_gui.runtime import quick_answers
from vae_gui.runtime.context import Context
from vae_gui.runtime.questions import Questions

HERE, THERE = Decode.of(np.zeros(2)), Decode.of(np.ones(2))
PAIR = Decode.of(np.zeros((2, 2)))


def prepared(qtbot, context: Context, **space: object) -> Questions:
    """The questions of a space whose model the thread has built."""
    show_space(context, **space)
    questions, first = context.explorer.questions, Collector()
    questions.ask_once("first", PAIR, first.take)
    qtbot.waitUntil(lambda: first.values != [])
    return questions


def test_one_digit_is_there_at_once_and_under_new_weights_too(qtbot, context, monkeypatch) -> None:
    monkeypatch.setattr(quick_answers, "MAX_SECONDS", 10.0)  # of a busy machine
    questions, replies = prepared(qtbot, context), Collector()
    snapshot = context.explorer.weights.snapshot
    questions.ask("digit", HERE, replies.take)
    newer = random_snapshot(snapshot.model, seed=3, step=5)
    questions.use(newer)
    assert [reply.step for reply in replies.values] == [0, 5]
    for reply, weights in zip(replies.values, (snapshot, newer), strict=True):
        assert np.abs(reply.value.astype(int) - answer(weights, HERE)).max() <= 1


def test_what_the_thread_was_asked_before_does_not_come_behind_it(
    qtbot, context, monkeypatch
) -> None:
    monkeypatch.setattr(quick_answers, "MAX_SECONDS", 10.0)
    questions, replies, last = prepared(qtbot, context), Collector(), Collector()
    held = Held()
    questions.ask("digit", held, replies.take)
    held.wait_until_begun()
    questions.ask("digit", HERE, replies.take)
    held.go.set()
    questions.ask_once("last", PAIR, last.take)
    qtbot.waitUntil(lambda: last.values != [])
    assert [reply.request for reply in replies.values] == [HERE]


@pytest.mark.parametrize(
    ("architecture", "limit"), [("mlp-256", 0.0), ("conv-pool", 10.0)], ids=["slow", "convolutions"]
)
def test_the_thread_answers_for_other_models(
    qtbot, context, monkeypatch, architecture, limit
) -> None:
    monkeypatch.setattr(quick_answers, "MAX_SECONDS", limit)
    questions, replies = prepared(qtbot, context, architecture=architecture), Collector()
    questions.ask("digit", THERE, replies.take)
    assert replies.values == []
    qtbot.waitUntil(lambda: len(replies.values) == 1)
