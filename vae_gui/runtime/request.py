"""Request: something that was asked for and takes time. It is answered exactly once, whatever crosses it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from vae_gui.runtime.overrides import reported

Value = TypeVar("Value")
Given_co = TypeVar("Given_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Done(Generic[Given_co]):
    """The answer that what was asked for is there, with its value."""

    value: Given_co


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be done, for the reason that the text tells the person."""

    text: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nobody wants it any more, or the app ends."""


Answer = Done[Value] | Refused | Cancelled


class Request(Generic[Value]):
    """The owner that was asked keeps the request until it has answered it. What waits for the answer hangs
    on the request itself, so an answer can reach nothing that waits for another one.

    It lives on the GUI thread.
    """

    def __init__(self, on_cancel: Callable[[], object] | None = None) -> None:
        """on_cancel: tells the owner, once, that nobody wants the answer any more."""
        self.answer: Answer[Value] | None = None
        self.is_wanted = True
        self._on_cancel = on_cancel
        self._listeners: list[Callable[[Answer[Value]], object]] = []

    @classmethod
    def answered(cls, answer: Answer[Value]) -> "Request[Value]":
        """A request that is answered before anybody can wait for it."""
        request = cls()
        request.give(answer)
        return request

    def then(self, listener: Callable[[Answer[Value]], object]) -> None:
        """Call `listener(answer)` once: when the answer comes, or at once if it is there."""
        self._listeners.append(listener)
        self._tell()

    def cancel(self) -> None:
        """Give the request up. Its owner answers when its work has ended: `Cancelled`, or what was there first."""
        if self.answer is None and self.is_wanted:
            self.is_wanted = False
            if self._on_cancel is not None:
                self._on_cancel()

    def give(self, answer: Answer[Value]) -> None:
        """Answer the request; a second answer is an error of its owner."""
        assert self.answer is None, "a request is answered once"
        self.answer = answer
        self._tell()

    def _tell(self) -> None:
        while self.answer is not None and self._listeners:
            listener = self._listeners.pop(0)
            with reported():  # those that come after it are told all the same
                listener(self.answer)
