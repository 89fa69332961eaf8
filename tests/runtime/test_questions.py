"""Questions: standing ones and such that are answered once, one in each channel."""

import threading
from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.runtime.conftest import WAIT_SECONDS, Collector, Failing, Held
from tests.spaces import random_snapshot, show_space
from vae_gui.core.inference.engine import Engine
from vae_gui.core.inference.requests import MAX_BATCH, Answering, Decode
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.context import Context
from vae_gui.runtime.questions import Questions

HERE, THERE = Decode.of(np.zeros(2)), Decode.of(np.ones(2))


@dataclass(frozen=True, eq=False)
class HeldFailing:
    """A request that fails when it is let go."""

    cost: int = 1
    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def answer(self, engine: Engine) -> Answering[None]:
        self.begun.set()
        assert self.go.wait(WAIT_SECONDS)
        raise ValueError("no such place")
        yield


@pytest.fixture
def first(context: Context) -> Snapshot:
    return show_space(context)


@pytest.fixture
def questions(context: Context, first: Snapshot) -> Questions:
    return context.explorer.questions


def newer(snapshot: Snapshot) -> Snapshot:
    return random_snapshot(snapshot.model, seed=3, step=5)


def test_a_question_that_is_asked_once_is_answered_once(qtbot, questions, first) -> None:
    once, standing = Collector(), Collector()
    questions.ask_once("once", HERE, once.take)
    questions.ask("standing", THERE, standing.take)
    qtbot.waitUntil(lambda: once.values != [] and standing.values != [])
    questions.use(newer(first))
    qtbot.waitUntil(lambda: len(standing.values) == 2)
    assert len(once.values) == 1


def test_a_question_in_progress_is_not_begun_again_with_newer_weights(
    qtbot, questions, first
) -> None:
    held, answers, last = Held(), Collector(), Collector()
    questions.ask_once("once", held, answers.take)
    held.wait_until_begun()
    questions.use(newer(first))
    held.begun.clear()
    held.go.set()
    questions.ask_once("last", Decode.of(np.zeros((MAX_BATCH + 1, 2))), last.take)
    qtbot.waitUntil(lambda: len(last.values) == 1)
    assert len(answers.values) == 1 and not held.begun.is_set()


def test_the_newest_of_a_channel_is_answered(qtbot, questions) -> None:
    old, new, held = Collector(), Collector(), Held()
    questions.ask_once("held", held, Collector().take)
    held.wait_until_begun()
    questions.ask_once("here", HERE, old.take)
    questions.ask_once("here", THERE, new.take)
    held.go.set()
    qtbot.waitUntil(lambda: len(new.values) == 1)
    assert old.values == [] and new.values[0].request is THERE


def test_the_answer_to_an_older_question_is_dropped(qtbot, questions) -> None:
    old, new, held = Collector(), Collector(), Held()
    questions.ask_once("here", held, old.take)
    held.wait_until_begun()
    questions.ask_once("here", HERE, new.take)
    held.go.set()
    qtbot.waitUntil(lambda: len(new.values) == 1)
    assert old.values == [] and new.values[0].request is HERE


def test_the_failure_of_an_older_question_is_dropped(qtbot, caplog, questions) -> None:
    failed, new, older = Collector(), Collector(), HeldFailing()
    questions.ask_once("here", older, Collector().take, failed.take)
    qtbot.waitUntil(older.begun.is_set)
    questions.ask_once("here", HERE, new.take, failed.take)
    older.go.set()
    qtbot.waitUntil(lambda: len(new.values) == 1)
    assert failed.values == []


def test_a_failure_is_told_to_who_asked(qtbot, caplog, context, questions) -> None:
    failed, everybody = Collector(), Collector()
    context.notices.published.connect(everybody.take)
    questions.ask_once("bad", Failing(), Collector().take, failed.take)
    qtbot.waitUntil(lambda: failed.values == ["no such place"])
    assert everybody.values == []


def test_a_failure_that_nobody_listens_for_is_told_to_the_person(
    qtbot, caplog, context, questions
) -> None:
    with qtbot.waitSignal(context.notices.published) as failed:
        questions.ask("bad", Failing(), Collector().take)
    assert failed.args[0].text == "no such place"


def test_the_questions_of_another_model_are_forgotten(qtbot, context, questions, first) -> None:
    standing, other = Collector(), Collector()
    questions.ask("standing", HERE, standing.take)
    qtbot.waitUntil(lambda: len(standing.values) == 1)
    questions.use(Snapshot("another", 0, first.model, first.weights))
    questions.ask("other", HERE, other.take)
    qtbot.waitUntil(lambda: len(other.values) == 1)
    assert len(standing.values) == 1


def test_a_question_that_was_asked_once_may_become_a_standing_one(qtbot, questions, first) -> None:
    once, standing, held = Collector(), Collector(), Held()
    questions.ask_once("here", held, once.take)
    held.wait_until_begun()
    questions.use(newer(first))
    questions.ask("here", held, standing.take)
    held.go.set()
    qtbot.waitUntil(lambda: any(answer.step == 5 for answer in standing.values))
    assert once.values == []


def test_only_short_answers_are_timed(qtbot, questions) -> None:
    before, long = questions.reply_ms, Collector()
    questions.ask_once("long", Decode.of(np.zeros((MAX_BATCH + 1, 2))), long.take)
    qtbot.waitUntil(lambda: len(long.values) == 1)
    assert questions.reply_ms == before
    short = Collector()
    questions.ask_once("short", HERE, short.take)
    qtbot.waitUntil(lambda: len(short.values) == 1)
    assert questions.reply_ms > 0
