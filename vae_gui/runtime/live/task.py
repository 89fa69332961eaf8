"""Task: one computation of a live value, and Result: what came of it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from vae_gui.core.inference.requests import EngineRequest
from vae_gui.core.support.progress import Job

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, eq=False)
class Task(Generic[Value]):
    """of: what the person asks for, compared by value. version: the weights or encodings under which it is
    computed, compared by identity. title: of work that the status line shows.
    """

    of: Hashable
    version: object
    work: EngineRequest[Value] | Callable[[], Job[Value]]
    title: str = ""

    def asks_for(self, other: "Task[Value] | None") -> bool:
        """Say whether the other task asks for the same, under whatever weights."""
        return other is not None and self.of == other.of

    def is_same(self, other: "Task[Value] | None") -> bool:
        return other is not None and self.of == other.of and self.version is other.version


@dataclass(frozen=True, slots=True, eq=False)
class Result(Generic[Value]):
    """The value of a task, for the model of `run_id`."""

    run_id: str
    task: Task[Value]
    value: Value


Wanted = Callable[[], Task[Value] | None]  # what would be computed now
