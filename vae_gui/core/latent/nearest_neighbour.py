"""Nearest neighbour of a place among many points, and the next one in a direction."""

import numpy as np
from numpy.typing import NDArray


def nearest(points: NDArray[np.floating], place: NDArray[np.floating]) -> int:
    """Return the index of the row of (n, d) nearest to (d,); n is at least 1."""
    return int(np.argmin(((points - place) ** 2).sum(axis=1)))


def next_towards(points: NDArray[np.floating], index: int, direction: NDArray[np.floating]) -> int:
    """The nearest point that lies more along the direction than beside it; `index` where none does.

    points: (n, 2). direction: a unit vector (2,).
    """
    offsets = points - points[index]  # (n, 2)
    along = offsets @ direction
    beside = np.abs(offsets @ np.array([-direction[1], direction[0]]))
    candidates = np.flatnonzero((along > 0) & (beside <= along))
    if not len(candidates):
        return index
    return int(candidates[nearest(points[candidates], points[index])])
