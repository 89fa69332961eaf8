"""A drawing as vectors, drawn with a round brush: bright strokes on black."""

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.state.latent import Stroke

SIDE = 224  # pixels: eight for each of 28


def rasterise_strokes(
    strokes: tuple[Stroke, ...], brush: float, side: int = SIDE
) -> NDArray[np.uint8]:
    """Lines of (x, y) in 0..1 -> (side, side) uint8, with soft edges; brush: its width in 0..1.

    A line of one point is a dot.
    """
    ink = np.zeros((side, side), np.float32)
    radius = max(0.5, brush * side / 2)
    for stroke in strokes:
        points = np.asarray(stroke, np.float64).reshape(-1, 2) * side
        starts, ends = (points, points) if len(points) == 1 else (points[:-1], points[1:])
        for start, end in zip(starts, ends, strict=True):
            _draw_line(ink, start, end, radius)
    return np.asarray(np.rint(ink * 255), np.uint8)


def _draw_line(
    ink: NDArray[np.float32],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    radius: float,
) -> None:
    """Set the ink (side, side) to 1 where it is nearer to the line than the radius."""
    low = np.floor(np.minimum(start, end) - radius - 1).astype(int).clip(0, len(ink))
    high = np.ceil(np.maximum(start, end) + radius + 1).astype(int).clip(0, len(ink))
    x = np.arange(low[0], high[0]) + 0.5 - start[0]
    y = (np.arange(low[1], high[1]) + 0.5 - start[1])[:, None]
    along = end - start
    length = float(along @ along)
    share = np.clip((x * along[0] + y * along[1]) / length, 0, 1) if length > 0 else 0.0
    distance = np.hypot(x - share * along[0], y - share * along[1])
    window = ink[low[1] : high[1], low[0] : high[0]]
    np.maximum(window, np.clip(radius + 0.5 - distance, 0, 1), out=window, casting="unsafe")
