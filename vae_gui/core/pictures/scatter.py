"""Encodings as one image: thousands of points cost as much to paint as one picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OPACITY = 0.8  # of the middle of one point
SATURATED = 5  # points on each other that hide what is below


@dataclass(frozen=True, slots=True)
class View:
    """A rectangle of the plane, in latent units, and its size in pixels."""

    x0: float
    x1: float
    y0: float
    y1: float
    width: int
    height: int


def rasterise(
    points: NDArray[np.floating], colors: NDArray[np.floating], view: View, radius: int = 1
) -> NDArray[np.uint8]:
    """Soft points, denser ones more opaque.

    points: (n, 2), x and y in latent units. colors: (n, 3) in 0..255. radius: of a point, in pixels.
    Returns (height, width, 4) uint8 RGBA, row 0 at the top (y1).
    """
    column = (points[:, 0] - view.x0) * (view.width / (view.x1 - view.x0))
    row = (view.y1 - points[:, 1]) * (view.height / (view.y1 - view.y0))
    inside = (column >= 0) & (column < view.width) & (row >= 0) & (row < view.height)
    cell = row[inside].astype(np.intp) * view.width + column[inside].astype(np.intp)
    softener = _Softener(view.height, view.width, radius)
    count = softener.sums(cell, np.ones(len(cell), np.float32)).copy()
    rgba = np.empty((view.height, view.width, 4), np.uint8)
    rgba[..., 3] = _opacity(count, peak=4**radius)
    np.maximum(count, 1, out=count)
    for channel in range(3):
        sums = softener.sums(cell, colors[:, channel][inside].astype(np.float32))
        np.divide(sums, count, out=rgba[..., channel], casting="unsafe")  # the mean colour
    return rgba


class _Softener:
    """Sums of soft points. Two buffers serve all channels: fresh memory costs more than the sums."""

    def __init__(self, height: int, width: int, radius: int) -> None:
        self._sums = np.empty((height, width), np.float32)
        self._across = np.empty((height, width), np.float32)
        self._radius = radius

    def sums(self, cell: NDArray[np.intp], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the weights at each pixel, (h, w), spread `radius` times by (1, 2, 1) along both axes.

        cell: (n,) pixels, row by row. Whole numbers stay whole. The result is valid until the next call.
        """
        sums, across = self._sums, self._across
        sums.fill(0)
        np.add.at(sums.reshape(-1), cell, weights)
        for _ in range(self._radius):
            np.multiply(sums, 2, out=across)
            across[:, 1:] += sums[:, :-1]
            across[:, :-1] += sums[:, 1:]
            np.multiply(across, 2, out=sums)
            sums[1:] += across[:-1]
            sums[:-1] += across[1:]
        return sums


def _opacity(count: NDArray[np.float32], peak: int) -> NDArray[np.uint8]:
    """0 without a point, OPACITY at a lone one (count `peak`), saturating with their number."""
    most = SATURATED * peak
    table = (255 * (1 - (1 - OPACITY) ** (np.arange(most + 1) / peak))).astype(np.uint8)
    return table[np.minimum(count, most).astype(np.int16)]
