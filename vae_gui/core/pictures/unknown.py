"""The part of a drawing that is marked as unknown, as pixels of the image that was prepared from it."""

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.pictures.strokes import rasterise_strokes
from vae_gui.core.state.latent import Stroke
from vae_gui.core.support.types import Extent

UNKNOWN_BRUSH = 0.2  # of the canvas: an unknown part is no line


def unknown_pixels(strokes: tuple[Stroke, ...], frame: Extent, side: int) -> NDArray[np.bool_]:
    """(side, side), True where the middle of a pixel is marked. frame: of the `PreprocessedImage`.

    What of the image lies beside the canvas is what the canvas is at its edge.
    """
    marked = rasterise_strokes(strokes, UNKNOWN_BRUSH) > 127
    middles = (np.arange(side) + 0.5) / side
    columns, rows = (
        np.clip((len(marked) * (low + middles * (high - low))).astype(int), 0, len(marked) - 1)
        for low, high in (frame[:2], frame[2:])
    )
    unknown: NDArray[np.bool_] = marked[rows[:, None], columns]
    return unknown
