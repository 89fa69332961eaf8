"""Distortion or magnification factor of the decoder: √det(JᵀJ) of its mean image (Arvanitidis et al. 2018).

J is the Jacobian of the mean image (pixels in 0..1) by the two shown dimensions, here by finite
differences over each cell of a grid.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.density import InParts
from vae_gui.core.inference.requests import MAX_BATCH
from vae_gui.core.support.types import Axes, Extent, Z
from vae_gui.core.vae.encodings import FloatArray

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine


def distortion_in_parts(
    engine: Engine, extent: Extent, axes: Axes, point: Z, cells: int
) -> InParts[NDArray[np.float32]]:
    """√det(JᵀJ) over the cells of the plane `axes` through `point`; (rows, cols), row 0 at y0.

    With one latent dimension: one row of |J|.
    """
    x0, x1, y0, y1 = extent
    x = np.linspace(x0, x1, cells + 1, dtype=np.float32)
    flat = len(point) == 1
    y = np.zeros(1, np.float32) if flat else np.linspace(y0, y1, cells + 1, dtype=np.float32)
    z = np.tile(np.asarray(point, np.float32), (len(y) * len(x), 1))
    z[:, axes[1]] = np.repeat(y, len(x))
    z[:, axes[0]] = np.tile(x, len(y))
    corners = np.empty((len(z), engine.side**2), np.float32)
    for start in range(0, len(z), MAX_BATCH):
        part = slice(start, start + MAX_BATCH)
        corners[part] = engine.mean_images(z[part]).reshape(-1, engine.side**2)
        yield
    images = corners.reshape(len(y), len(x), -1)  # (rows + 1, cols + 1, pixels)
    dx = float(x[1] - x[0])
    if flat:
        return np.asarray(np.sqrt(np.square(np.diff(images, axis=1) / dx).sum(axis=2)), np.float32)
    area = np.empty((cells, cells), np.float32)
    for row, (below, above) in enumerate(pairwise(images)):
        area[row] = _stretch(below, above, dx, float(y[1] - y[0]))
        yield
    return area


def _stretch(below: FloatArray, above: FloatArray, dx: float, dy: float) -> FloatArray:
    """√det(JᵀJ) in the cells between two rows of corners (cols + 1, pixels); (cols,)."""
    by_x = np.diff(below + above, axis=0) / (2 * dx)
    rise = above - below
    by_y = (rise[1:] + rise[:-1]) / (2 * dy)
    xx, yy, xy = ((a * b).sum(axis=1) for a, b in ((by_x, by_x), (by_y, by_y), (by_x, by_y)))
    return np.asarray(np.sqrt(np.maximum(xx * yy - xy * xy, 0)), np.float32)
