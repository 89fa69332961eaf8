"""A curve in a plane, shortened in a band around it that narrows, by dynamic programming (Amini, Weymouth & Jain 1990).

Each round decodes a few places to both sides of each point of the curve and takes the shortest way through them. It
needs no gradients, and steps over the small ridges at which descent would stop.
"""

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.paths.curves import Images, Points, equal_z_spacing
from vae_gui.core.support.progress import Job, Progress

POINTS = 129  # of the curve
SIDE = 4  # places to each side of a point
WIDTH = (
    1 / 64
)  # of the band to each side in the first round, in distances from end to end; then half as wide
ROUNDS = 5
BEND = 3  # places to the side from one point to the next
_BLOCK = 64  # points whose band is decoded at once


def straightened(
    path: Points, images: Images, points: int = POINTS, rounds: int = ROUNDS
) -> Job[Points]:
    """Return the shortest curve (points, 2) that the bands around the path (m, 2) and what becomes of it hold."""
    width = WIDTH * float(np.linalg.norm(path[-1] - path[0]))
    for done in range(rounds):
        yield Progress(done, rounds, "Looking for the geodesic")
        path = yield from _shortest_in_band(equal_z_spacing(path, points), width / 2**done, images)
    return path


def _shortest_in_band(curve: Points, width: float, images: Images) -> Job[Points]:
    places = _band(curve, width)  # (points, across, 2)
    shortest = np.zeros(places.shape[1])  # up to each place of the last point
    steps: list[NDArray[np.intp]] = []  # from which place of the point before
    before: NDArray[np.floating] | None = None
    for start in range(0, len(places), _BLOCK):
        yield Progress(start, len(places), "Looking for the geodesic")
        block = places[start : start + _BLOCK]
        seen = images(block.reshape(-1, 2)).reshape(*block.shape[:2], -1)
        for here in seen:
            if before is not None:
                ways = shortest[:, None] + _distances(before, here)
                steps.append(ways.argmin(axis=0))
                shortest = ways.min(axis=0)
            before = here
    across = [SIDE]
    for step in reversed(steps):
        across.append(int(step[across[-1]]))
    found = places[np.arange(len(places)), across[::-1]]
    return found


def _band(curve: Points, width: float) -> Points:
    """Places across the curve at each of its points; all are one at its ends."""
    along = np.gradient(curve, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    normals = np.column_stack((-along[:, 1], along[:, 0]))
    normals[[0, -1]] = 0
    offsets = np.linspace(-width, width, 2 * SIDE + 1)
    places: Points = curve[:, None] + offsets[:, None] * normals[:, None]
    return places


def _distances(before: NDArray[np.floating], here: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the distance of each two images (across, pixels); not finite where that bends too much or is no number."""
    squares = [np.einsum("np,np->n", images, images) for images in (before, here)]
    squared = squares[0][:, None] + squares[1] - 2 * (before @ here.T)
    place = np.arange(len(here))
    far = np.abs(place[:, None] - place) > BEND
    distances: NDArray[np.floating] = np.sqrt(np.maximum(squared, 0))
    distances[far | ~np.isfinite(distances)] = np.inf
    return distances
