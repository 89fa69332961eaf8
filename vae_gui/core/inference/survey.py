"""A survey of a plane: the mean images of a whole grid of z, decoded once for many questions about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.requests import MAX_BATCH, Answering
from vae_gui.core.support.lbfgs import Floats
from vae_gui.core.vae.encodings import FloatArray, Range

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

CELLS = 129  # along each axis: 0.07 latent units apart over ±4.5
NEIGHBOURS = np.array([(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1)], np.float64)  # (9, 2)
_FARTHEST_JUMP = 2.0  # in spacings: beyond that the parabola says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """x, y: (CELLS,) the values of z1 and z2. pixels: (side, side, CELLS²) uint8, the cells row by row, so that
    what one pixel is everywhere lies side by side."""

    x: Floats
    y: Floats
    pixels: NDArray[np.uint8]

    @property
    def spacing(self) -> Floats:
        """(2,), along x and y."""
        return np.array((self.x[1] - self.x[0], self.y[1] - self.y[0]))

    def points(self) -> Floats:
        """(CELLS², 2)."""
        return np.stack((np.tile(self.x, CELLS), np.repeat(self.y, CELLS)), axis=1)

    def squared_errors(self, pixels: NDArray[np.bool_], wanted: FloatArray) -> Floats:
        """Return the sum of squared errors over these pixels (side, side) for each cell (CELLS²,).

        wanted: a value in 0..1 for each of the pixels.
        """
        differences = self.pixels[pixels] * np.float32(1 / 255)
        differences -= wanted[:, None]
        errors: Floats = np.einsum("pn,pn->n", differences, differences).astype(np.float64)
        return errors

    def valleys(self, values: Floats, most: int) -> Floats:
        """Return the minima of the parabolas at the lowest local minima of `values` (CELLS²,): (n, 2), n <= most."""
        square = np.pad(values.reshape(CELLS, CELLS), 1, mode="edge")
        around = np.stack([np.roll(square, (-y, -x), (0, 1)) for x, y in NEIGHBOURS.astype(int)])
        around = around[:, 1:-1, 1:-1].reshape(9, -1)
        lows = np.flatnonzero(values <= around.min(axis=0))
        lows = lows[np.argsort(values[lows], kind="stable")][:most]
        steps = np.clip(towards_minimum(around[:, lows].T), -0.5, 0.5)
        found: Floats = self.points()[lows] + steps * self.spacing
        return found


@dataclass(frozen=True, slots=True)
class SurveyPlane:
    """x, y: how far the grid reaches. The answer is a Survey of a model of two dimensions."""

    x: Range
    y: Range

    @property
    def cost(self) -> int:
        return CELLS**2

    def answer(self, engine: Engine) -> Answering[Survey]:
        x, y = (np.linspace(*reach, CELLS) for reach in (self.x, self.y))
        survey = Survey(x, y, np.empty((engine.side, engine.side, CELLS**2), np.uint8))
        points = survey.points().astype(np.float32)
        for first in range(0, len(points), MAX_BATCH):
            part = slice(first, first + MAX_BATCH)
            survey.pixels[..., part] = engine.decode(points[part]).transpose(1, 2, 0)
            yield
        return survey


def towards_minimum(values: Floats) -> Floats:
    """Return how many spacings it is from the middle to the minimum of the parabola that central differences of the
    nine values at NEIGHBOURS tell, (n, 9) -> (n, 2); where it has none, to the lowest of the nine."""
    (sw, south, se), (west, middle, east), (nw, north, ne) = values.T.reshape(3, 3, -1)
    a, b = (east - west) / 2, (north - south) / 2  # slopes
    p, q, r = east - 2 * middle + west, north - 2 * middle + south, (ne - nw - se + sw) / 4
    determinant = p * q - r * r
    bowl = (determinant > 0) & (p > 0)
    divisor = np.where(bowl, determinant, 1.0)
    steps = np.stack(((r * b - q * a) / divisor, (r * a - p * b) / divisor), axis=1)
    steps[~bowl] = NEIGHBOURS[values[~bowl].argmin(axis=1)]
    clipped: Floats = np.clip(steps, -_FARTHEST_JUMP, _FARTHEST_JUMP)
    return clipped
