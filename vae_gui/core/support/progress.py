"""Long work as a generator: it yields its progress and returns its result.

Cancelling is closing the generator, so that `finally` and `with` blocks clean up.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a job; `total` is None where the length is not known."""

    done: int
    total: int | None
    text: str


Job = Generator[Progress, None, Result]
Part = TypeVar("Part")


def reporting(parts: Generator[object, None, Result], progress: Progress) -> Job[Result]:
    """Goes on with a job, or whatever else comes in parts, and reports this instead of its own progress."""
    try:
        while True:
            try:
                next(parts)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield progress
    finally:
        parts.close()


def finish(
    job: Generator[Part, None, Result], report: Callable[[Part], None] | None = None
) -> Result:
    """Run a job, or whatever else comes in parts, to its end on the calling thread and return its result."""
    while True:
        try:
            progress = next(job)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        if report is not None:
            report(progress)
