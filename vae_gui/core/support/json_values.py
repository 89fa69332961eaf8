"""Plain JSON values of unknown origin: each of the right kind and bounded, or TypeError or ValueError is raised."""

import math

from vae_gui.core.support.types import Z

MAX_COUNT = 2**53  # whole numbers above it are not exact as floats
MAX_TEXT_LENGTH = 300


def fields(value: object) -> dict[str, object]:
    """A JSON object; raises TypeError for anything else."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def items(value: object) -> list[object]:
    """A JSON array; raises TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def count(value: object) -> int:
    """A whole number from 0 to MAX_COUNT; raises TypeError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_COUNT:
        raise TypeError("not a count")
    return value


def require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)


def text(value: object, longest: int = MAX_TEXT_LENGTH) -> str:
    """Return a text of at most `longest` characters; raises TypeError or ValueError for anything else.

    Half of a surrogate pair, which JSON can hold, is no text: no file takes it.
    """
    if not isinstance(value, str):
        raise TypeError("not a text")
    require(len(value) <= longest, "a text is too long")
    value.encode()
    return value


def writable(name: str) -> str:
    """Return the text with � for half a letter, as a file name in Latin-1 or a string of NumPy brings it."""
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def numbers(values: object) -> Z:
    return tuple(number(value) for value in items(values))
