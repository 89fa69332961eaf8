"""Encodings as one image: thousands of points cost as much to paint as one picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OPACITY = 0.8  # of the middle of one point


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
    cell = row[inside].astype(np.int64) * view.width + column[inside].astype(np.int64)
    size = view.width * view.height
    weighted = colors[inside]
    layers = np.empty((4, view.height, view.width), np.float32)
    for channel in range(3):
        sums = np.bincount(cell, weighted[:, channel], minlength=size)
        layers[channel] = sums.reshape(view.height, view.width)
    layers[3] = np.bincount(cell, minlength=size).reshape(view.height, view.width)
    for _ in range(radius):
        layers = _soften(layers)
    return _as_rgba(layers, peak=0.25**radius)


def _soften(layers: NDArray[np.float32]) -> NDArray[np.float32]:
    """One pass of the kernel (1, 2, 1) / 4 along both axes of (4, h, w)."""
    across = layers * 0.5
    across[:, :, 1:] += layers[:, :, :-1] * 0.25
    across[:, :, :-1] += layers[:, :, 1:] * 0.25
    down = across * 0.5
    down[:, 1:] += across[:, :-1] * 0.25
    down[:, :-1] += across[:, 1:] * 0.25
    return down


def _as_rgba(layers: NDArray[np.float32], peak: float) -> NDArray[np.uint8]:
    """Mean colour where there is any point; opacity saturates with their number."""
    count = layers[3]
    rgba = np.zeros((*count.shape, 4), np.uint8)
    rows, columns = np.nonzero(count)
    amount = count[rows, columns]
    for channel in range(3):
        rgba[rows, columns, channel] = layers[channel][rows, columns] / amount
    rgba[rows, columns, 3] = 255 * (1 - (1 - OPACITY) ** (amount / peak))
    return rgba
