"""The guard of every Python override of a Qt method: what it raises is reported, and Qt gets a neutral value.

On Python 3.11, PySide6 takes what C code raises (`[][1]`, a shape that NumPy refuses, Ctrl-C) for the
exception that it has yet to become, and the process ends. So no exception leaves an override.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from PySide6.QtCore import QSize

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# The value that an override returns in place of what it raised, by the name of its return type.
NEUTRAL: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "object": lambda: None,
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
    "QSize": QSize,
}


def qt_override(method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Guard an override whose return type is in `NEUTRAL`."""
    returned = method.__annotations__["return"]
    name = returned.__name__ if isinstance(returned, type) else str(returned)
    neutral = NEUTRAL[name.rpartition(" | ")[2]]  # of `QLayoutItem | None` that is None
    return qt_override_or(neutral)(method)


def qt_override_or(
    neutral: Callable[[], Result],
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Guard an override that returns the value of `neutral()` in place of what it raises."""

    def guard(method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        @wraps(method)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            try:
                return method(*args, **kwargs)
            except BaseException as error:
                # Ctrl-C too would end the process in this place.
                report(error)
                return neutral()

        return guarded

    return guard


@contextmanager
def reported() -> Iterator[None]:
    """End the block at what it raises, and report that."""
    try:
        yield
    except BaseException as error:
        report(error)


def report(error: BaseException) -> None:
    """Hand an exception to the interpreter's hook, as if nothing had caught it; raise nothing."""
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException as failure:  # the context of which is `error`
        sys.__excepthook__(type(failure), failure, failure.__traceback__)
