"""A request is answered once, and everybody who waits for it hears of that answer alone."""

import sys

import pytest

from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request


def test_everybody_who_waits_is_told_once_in_order() -> None:
    request: Request[int] = Request()
    told: list[tuple[str, Answer[int]]] = []
    request.then(lambda answer: told.append(("first", answer)))
    request.then(lambda answer: told.append(("second", answer)))
    assert told == [] and request.answer is None
    request.give(Done(3))
    assert told == [("first", Done(3)), ("second", Done(3))]


def test_who_comes_after_the_answer_is_told_at_once() -> None:
    told: list[Answer[int]] = []
    Request[int].answered(Refused("No room.")).then(told.append)
    assert told == [Refused("No room.")]


def test_a_listener_may_wait_for_the_same_request_again() -> None:
    request: Request[int] = Request()
    told: list[Answer[int]] = []
    request.then(lambda answer: request.then(told.append))
    request.give(Cancelled())
    assert told == [Cancelled()]


def test_a_second_answer_is_an_error_of_the_owner() -> None:
    request: Request[int] = Request()
    request.give(Done(1))
    with pytest.raises(AssertionError, match="answered once"):
        request.give(Cancelled())
    assert request.answer == Done(1)


def test_the_owner_hears_once_that_nobody_wants_it_and_answers_later() -> None:
    heard: list[str] = []
    request: Request[int] = Request(lambda: heard.append("unwanted"))
    request.cancel()
    request.cancel()
    assert heard == ["unwanted"] and not request.is_wanted
    assert request.answer is None
    request.give(Done(2))  # it was there before the owner could stop
    request.cancel()
    assert request.answer == Done(2)


def test_an_error_in_one_listener_is_reported_and_the_next_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: seen.append(error))
    request: Request[int] = Request()
    told: list[Answer[int]] = []
    request.then(lambda answer: int("x"))
    request.then(told.append)
    request.give(Done(1))
    assert told == [Done(1)]
    assert [type(error) for error in seen] == [ValueError]
