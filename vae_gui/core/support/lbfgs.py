"""L-BFGS (Liu & Nocedal 1989) of many points at once, each with a memory and a step of its own.

Beside torch's it shares one pass through a decoder among all points, and there is no optimizer to import.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# (n, dim) -> the values (n,) and their gradients (n, dim)
Objective = Callable[[Floats], tuple[Floats, Floats]]

_MEMORY = 8
_ENOUGH = 1e-4  # of the fall that the gradient promises (Armijo)
_TRIALS = 12  # of a step
_FIRST_STEP = 0.5  # at most this far, before anything is known of the curvature
_STILL = 1e-4  # a point that moves less has arrived


@dataclass(frozen=True, slots=True, eq=False)
class Minima:
    """points: (n, dim). values: (n,)."""

    points: Floats
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """What a step taught of the curvature. step, change: (n, dim) of points and gradients.

    weight: (n,) 1 / (step · change); 0 for points that learned nothing.
    """

    step: Floats
    change: Floats
    weight: Floats


def minimise(objective: Objective, start: Floats, rounds: int) -> Generator[int, None, Minima]:
    """Go down from each row of `start` (n, dim); yields the number of rounds that are done.

    A point whose value is no number stays where it is.
    """
    points = start.astype(np.float64)
    values, gradients = objective(points)
    scale = np.minimum(1, _FIRST_STEP / np.maximum(_norms(gradients), 1e-12))
    pairs: list[_Pair] = []
    for done in range(1, rounds + 1):
        directions = _directions(gradients, pairs, scale)
        moved, new_values, new_gradients = _search(objective, points, values, gradients, directions)
        steps, changes = moved - points, new_gradients - gradients
        product = _dots(steps, changes)
        learned = product > 1e-10
        weight = np.where(learned, 1 / np.where(learned, product, 1), 0)
        scale = np.where(learned, product / np.maximum(_dots(changes, changes), 1e-12), scale)
        pairs = [*pairs, _Pair(steps, changes, weight)][-_MEMORY:]
        points, values, gradients = moved, new_values, new_gradients
        yield done
        if _norms(steps).max(initial=0) < _STILL:
            break
    return Minima(points, values)


def _directions(gradients: Floats, pairs: list[_Pair], scale: Floats) -> Floats:
    """Where to go, by the two loops of L-BFGS; (n, dim)."""
    rest, shares = gradients.copy(), []
    for pair in reversed(pairs):
        share = pair.weight * _dots(pair.step, rest)
        rest -= share[:, None] * pair.change
        shares.append(share)
    rest *= scale[:, None]
    for pair, share in zip(pairs, reversed(shares), strict=True):
        back = pair.weight * _dots(pair.change, rest)
        rest += (share - back)[:, None] * pair.step
    uphill = _dots(rest, gradients) <= 0
    return -np.where(uphill[:, None], scale[:, None] * gradients, rest)


def _search(
    objective: Objective, points: Floats, values: Floats, gradients: Floats, directions: Floats
) -> tuple[Floats, Floats, Floats]:
    """A step that lowers the value enough: the whole one, or where the parabola through what is known is lowest.

    Points that find none stay.
    """
    points, values, gradients = points.copy(), values.copy(), gradients.copy()
    promised, lengths = _dots(gradients, directions), _norms(directions)
    shares = np.ones(len(points))
    waiting = np.flatnonzero(promised < 0)
    for _ in range(_TRIALS):
        waiting = waiting[shares[waiting] * lengths[waiting] >= _STILL]
        if not len(waiting):
            break
        share, promise = shares[waiting], shares[waiting] * promised[waiting]
        tried = points[waiting] + share[:, None] * directions[waiting]
        found, slopes = objective(tried)
        rise = found - values[waiting]
        lower = (rise <= _ENOUGH * promise) & np.isfinite(slopes).all(axis=1)
        arrived = waiting[lower]
        points[arrived], values[arrived] = tried[lower], found[lower]
        gradients[arrived] = slopes[lower]
        lowest = -promise / (2 * np.maximum(rise - promise, 1e-300))
        shares[waiting] = share * np.clip(np.nan_to_num(lowest), 0.1, 0.5)
        waiting = waiting[~lower]
    return points, values, gradients


def _dots(a: Floats, b: Floats) -> Floats:
    product: Floats = np.einsum("nd,nd->n", a, b)
    return product


def _norms(a: Floats) -> Floats:
    return np.sqrt(_dots(a, a))
