"""The newest request of a channel wins, small ones go first, and one answer is of one snapshot."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.runtime.conftest import Collector, Failing, Held, snapshots
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.requests import MAX_BATCH, Answering, Decode, Encode, Frozen
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.inference_thread import Answer, InferenceThread

Z = np.random.default_rng(1).normal(size=(3 * MAX_BATCH, 2))
BACKGROUND_COST = Decode.of(Z)


def here(x: float) -> Decode:
    return Decode.of(np.array([x, 0.0]))


@pytest.fixture(scope="module")
def run() -> list[Snapshot]:
    return snapshots("run")


@pytest.fixture
def thread(qtbot) -> Iterator[InferenceThread]:
    thread = InferenceThread()
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture
def answers(thread: InferenceThread) -> Iterator[list[Answer[object]]]:
    collector = Collector()
    thread.answered.connect(collector.take)
    yield collector.values
    thread.answered.disconnect(collector.take)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many digits each pass of the decoder has had."""
    counts: list[int] = []
    decode = Engine.decode
    monkeypatch.setattr(Engine, "decode", lambda self, z: counts.append(len(z)) or decode(self, z))
    return counts


def hold(thread: InferenceThread, cost: int = 1) -> Held:
    """Keep the thread busy, so that what is asked now waits."""
    held = Held(cost)
    thread.ask("held", held)
    held.wait_until_begun()
    return held


def test_an_answer_says_what_it_answers(qtbot, thread, answers, run) -> None:
    thread.adopt(run[2])
    thread.ask("digit", here(0.5))
    qtbot.waitUntil(lambda: len(answers) == 1)
    (found,) = answers
    assert (found.channel, found.request) == ("digit", here(0.5))
    assert (found.run_id, found.step) == ("run", 2)
    assert np.array_equal(found.value, answer(run[2], here(0.5)))


def test_what_was_asked_of_another_model_is_not_answered(qtbot, thread, answers, run) -> None:
    thread.ask("old", here(0.5))
    thread.adopt(run[0])
    thread.ask("new", here(0.5))
    qtbot.waitUntil(lambda: [a.channel for a in answers] == ["new"])


def test_the_newest_request_of_a_channel_wins(qtbot, thread, answers, run) -> None:
    thread.adopt(run[0])
    held = hold(thread)
    for x in (0.1, 0.2, 0.3):
        thread.ask("digit", here(x))
    thread.ask("other", here(0.9))
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert [a.request for a in answers] == [held, here(0.3), here(0.9)]


def test_small_requests_go_before_long_ones(qtbot, thread, answers, run) -> None:
    thread.adopt(run[0])
    held = hold(thread)
    thread.ask("long", BACKGROUND_COST)
    thread.ask("small", here(0.1))
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert [a.channel for a in answers] == ["held", "small", "long"]


def test_digits_that_wait_are_decoded_in_one_pass_and_answered_apart(
    qtbot, passes, thread, answers, run
) -> None:
    thread.adopt(run[0])
    held = hold(thread)
    asked = {"a": here(0.1), "b": Decode.of(Z[:5]), "big": Decode.of(Z[:MAX_BATCH]), "c": here(0.2)}
    for channel, request in asked.items():
        thread.ask(channel, request)
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 5)
    assert passes == [7, MAX_BATCH]
    for found in answers[1:]:
        assert found.request == asked[found.channel]
        expected = answer(run[0], found.request).astype(int)
        assert np.abs(found.value.astype(int) - expected).max() <= 1


def test_a_question_for_no_digits_does_not_go_with_one_of_another_kind(
    qtbot, thread, answers, run
) -> None:
    thread.adopt(run[0])
    held = hold(thread)
    thread.ask("encode", Encode(Frozen(np.zeros((1, 28, 28), np.uint8))))
    thread.ask("none", Decode.of(np.zeros((0, 2))))
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert {found.channel for found in answers} == {"held", "encode", "none"}
    assert answers[-1].value.shape == (0, 28, 28)


def test_a_digit_that_two_panels_show_is_decoded_once(qtbot, passes, thread, answers, run) -> None:
    thread.adopt(run[0])
    for count, channel in enumerate(("pad", "large"), 1):
        thread.ask(channel, here(0.5))
        qtbot.waitUntil(lambda wanted=count: len(answers) == wanted)
    assert passes == [1]
    thread.adopt(run[2])
    thread.ask("large", here(0.5))
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert np.array_equal(answers[2].value, answer(run[2], here(0.5)))


def test_a_small_request_goes_between_the_parts_of_a_long_one(qtbot, thread, answers, run) -> None:
    thread.adopt(run[0])
    held = hold(thread, cost=MAX_BATCH + 1)
    thread.ask("small", here(0.1))
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert [a.channel for a in answers] == ["small", "held"]


def test_one_answer_is_of_one_snapshot(qtbot, thread, answers, run) -> None:
    thread.adopt(run[0])
    held = hold(thread, cost=MAX_BATCH + 1)
    thread.adopt(run[1])
    thread.adopt(run[2])
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert (answers[0].step, answers[0].value) == (0, (0, 0))
    thread.ask("digit", here(0.5))
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers[1].step == 2


def test_what_is_asked_during_a_long_answer_is_of_the_newest_weights(
    qtbot, thread, answers, run
) -> None:
    thread.adopt(run[0])
    held = hold(thread, cost=MAX_BATCH + 1)
    thread.adopt(run[2])
    thread.ask("digit", here(0.5))
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert [(a.channel, a.step) for a in answers] == [("digit", 2), ("held", 0)]
    assert np.array_equal(answers[0].value, answer(run[2], here(0.5)))


def test_weights_that_come_just_before_an_answer_begins_are_used_for_it(
    qtbot, thread, answers, run
) -> None:
    class Late:
        """New weights arrive at the moment when the thread chooses this request."""

        looked = False

        @property
        def cost(self) -> int:
            if not self.looked:
                self.looked = True
                thread.adopt(run[2])
            return 1

        def answer(self, engine: Engine) -> Answering[int]:
            yield
            return engine.snapshot.step

    thread.adopt(run[0])
    thread.ask("late", Late())
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert (answers[0].step, answers[0].value) == (2, 2)


def test_a_long_answer_equals_the_one_of_its_snapshot_alone(qtbot, thread, answers, run) -> None:
    thread.adopt(run[1])
    thread.ask("grid", BACKGROUND_COST)
    thread.adopt(run[2])
    qtbot.waitUntil(lambda: len(answers) == 1)
    (found,) = answers
    assert np.array_equal(found.value, answer(run[found.step], BACKGROUND_COST))


def test_asking_a_long_request_again_does_not_restart_it(qtbot, thread, answers, run) -> None:
    thread.adopt(run[0])
    held = hold(thread, cost=MAX_BATCH + 1)
    thread.ask("held", BACKGROUND_COST)
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert [a.request for a in answers] == [held, BACKGROUND_COST]


def test_another_runs_weights_end_the_long_answer_in_progress(qtbot, thread, answers, run) -> None:
    thread.adopt(run[0])
    held = hold(thread, cost=MAX_BATCH + 1)
    thread.adopt(snapshots("another", 1)[0])
    held.go.set()
    thread.ask("digit", here(0.5))
    qtbot.waitUntil(lambda: any(a.run_id == "another" for a in answers))
    thread.stop()
    assert held not in [a.request for a in answers]


def test_what_is_forgotten_is_not_answered(qtbot, thread, answers, run) -> None:
    thread.adopt(run[0])
    held = hold(thread)
    thread.ask("gone", here(0.1))
    thread.ask("kept", here(0.2))
    thread.forget("gone")
    thread.forget("never asked")
    held.go.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert [a.channel for a in answers] == ["held", "kept"]


def test_a_request_that_fails_is_reported_and_the_next_one_answered(
    qtbot, caplog, thread, answers, run
) -> None:
    thread.adopt(run[0])
    with qtbot.waitSignal(thread.failed) as failed:
        thread.ask("bad", Failing())
    thread.ask("good", here(0.1))
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert failed.args == ["bad", Failing(), "no such place"]
    assert "ValueError: no such place" in caplog.text


def test_a_small_failure_does_not_end_a_long_answer(qtbot, caplog, thread, answers, run) -> None:
    thread.adopt(run[0])
    held = hold(thread, cost=MAX_BATCH + 1)
    with qtbot.waitSignal(thread.failed):
        thread.ask("bad", Failing())
        held.go.set()
    qtbot.waitUntil(lambda: [a.request for a in answers] == [held])


def test_weights_that_do_not_fit_are_reported_and_others_are_taken(
    qtbot, caplog, thread, answers, run
) -> None:
    broken = Snapshot("run", 9, run[0].model, dict(list(run[0].weights.items())[:2]))
    with qtbot.waitSignal(thread.failed) as failed:
        thread.adopt(broken)
    assert "do not fit" in failed.args[2]
    thread.adopt(run[1])
    thread.ask("digit", here(0.5))
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert answers[0].step == 1


def test_stopping_waits_for_the_part_in_progress_and_answers_nothing_more(
    qtbot, thread, answers, run
) -> None:
    thread.adopt(run[0])
    held = hold(thread, cost=MAX_BATCH + 1)
    thread.ask("digit", here(0.5))
    held.go.set()
    thread.stop()
    thread.stop()
    assert thread.isFinished()
