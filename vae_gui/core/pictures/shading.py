"""Shading: numbers on a grid as a picture in a colour ramp, smooth between the cells."""

import numpy as np
from numpy.typing import NDArray

Color = tuple[int, int, int, int]
Ramp = tuple[Color, ...]


def shade(levels: NDArray[np.floating], ramp: Ramp) -> NDArray[np.uint8]:
    """levels: (h, w), 0 is the first colour of the ramp and 1 its last -> RGBA (h, w, 4)."""
    steps = np.linspace(0, 1, 256) * (len(ramp) - 1)
    stops = np.arange(len(ramp))
    table = np.stack([np.interp(steps, stops, [color[i] for color in ramp]) for i in range(4)], 1)
    index = np.asarray(np.clip(levels, 0, 1) * 255, np.uint8)
    return table.astype(np.uint8)[index]


def enlarge(values: NDArray[np.floating], factor: int) -> NDArray[np.float32]:
    """(h, w) -> (h·factor, w·factor): linear between the middles of the cells, constant beyond them."""
    down, across = (_interpolation(size, factor) for size in values.shape)
    return np.asarray(down @ values.astype(np.float32) @ across.T, np.float32)


def outline(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells just within the border of a region; (h, w)."""
    edge = np.zeros_like(inside)
    edge[1:] |= inside[1:] & ~inside[:-1]
    edge[:-1] |= inside[:-1] & ~inside[1:]
    edge[:, 1:] |= inside[:, 1:] & ~inside[:, :-1]
    edge[:, :-1] |= inside[:, :-1] & ~inside[:, 1:]
    return edge


def _interpolation(size: int, factor: int) -> NDArray[np.float32]:
    """Weights (size·factor, size) of the cells at the middles of the smaller ones."""
    at = np.clip((np.arange(size * factor) + 0.5) / factor - 0.5, 0, size - 1)
    low = np.minimum(at.astype(int), max(size - 2, 0))
    weights = np.zeros((size * factor, size), np.float32)
    rows = np.arange(size * factor)
    weights[rows, low] = 1 - (at - low)
    if size > 1:
        weights[rows, low + 1] = at - low
    return weights
