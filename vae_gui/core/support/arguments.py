"""Checks of the arguments that scripts pass: a wrong one is a TypeError or ValueError that names what is right."""

import operator
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def whole(name: str, value: object, minimum: int, maximum: int) -> int:
    """Return a whole number within its limits, NumPy's kinds included."""
    wanted = f"{name} must be a whole number from {minimum} to {maximum}"
    if isinstance(value, bool | np.bool_) or not hasattr(value, "__index__"):
        raise TypeError(f"{wanted}, not {_kind(value)}")
    number = operator.index(value)
    if not minimum <= number <= maximum:
        raise ValueError(f"{wanted}, not {number if abs(number) < 10**30 else 'such a large one'}")
    return number


def path(name: str, value: object) -> Path:
    """Return the path that a text or a path object names."""
    if not isinstance(value, str | os.PathLike):
        raise TypeError(f"{name} must be a path, as “digits.vae”, not {_kind(value)}")
    return Path(value)


def file(name: str, value: object) -> Path:
    """Return a path that the system can be asked for."""
    found = path(name, value)
    if "\0" in str(found):
        raise ValueError(f"{name} must be a path, which holds no null character")
    return found


def instance(name: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    """Raise TypeError for a value that is of none of the kinds. wanted: what they are, in words."""
    if not isinstance(value, kinds):
        raise TypeError(f"{name} must be {wanted}, not {_kind(value)}")


def detached(value: object) -> object:
    """Return a tensor of torch without its gradient, on the CPU; any other value as it is."""
    return value.detach().cpu() if hasattr(value, "detach") else value


def array(name: str, value: object, wanted: str) -> NDArray[np.generic]:
    """Return an array of numbers of what may be a list or a tensor. wanted: its shape, in words."""
    try:
        found = np.asarray(detached(value))
    except (ValueError, TypeError, RuntimeError) as error:  # ragged lists, kinds that NumPy lacks
        raise ValueError(
            f"{name} must be {wanted}: it cannot be made an array ({error})"
        ) from error
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be {wanted}, of numbers, not {_kind(value)}")
    return found


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__
