"""A grid of points over a plane of the latent space, decoded side by side: the manifold."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.latent.sampling import standard_quantiles
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import Setting, validate
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import FloatArray, Range

PERCENTILE, RANGE = "percentile", "range"
MIN_ROWS, MAX_ROWS = 5, 40  # rows


@dataclass(frozen=True, slots=True)
class LatentGrid:
    """x: z of the columns from left to right. y: z of the rows from the top down, so that z2 points up."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.x) * len(self.y)

    def points(self, cursor: Z, axes: tuple[int, int]) -> FloatArray:
        """`cursor` with its dimensions `axes` (x, y) at every cell, row by row from the top; (cells, latent_dim).

        Where both axes are the same dimension, x counts.
        """
        z = np.tile(np.asarray(cursor, np.float32), (len(self), 1))
        z[:, axes[1]] = np.repeat(np.asarray(self.y, np.float32), len(self.x))
        z[:, axes[0]] = np.tile(np.asarray(self.x, np.float32), len(self.y))
        return z

    def nearest(self, x: float, y: float) -> int:
        """The cell whose z is next to a point."""
        column = int(np.argmin(np.abs(np.asarray(self.x) - x)))
        row = int(np.argmin(np.abs(np.asarray(self.y) - y)))
        return row * len(self.x) + column


@dataclass(frozen=True, slots=True)
class ManifoldChoice:
    """The choice of the rows × rows points of the manifold panel: by percentile of N(0, 1) or over a range."""

    mode: Annotated[
        str,
        Setting(
            "Spacing",
            "By percentile, neighbours are equally likely under the prior; over a range, they "
            "are equally far apart.",
            choices=(PERCENTILE, RANGE),
        ),
    ] = PERCENTILE
    rows: Annotated[
        int, Setting("Rows", "Digits in a row and in a column.", MIN_ROWS, MAX_ROWS)
    ] = 20
    lowest: Annotated[
        float,
        Setting(
            "From percentile",
            "0.05 goes from the 5th to the 95th percentile, which is ±1.64; 0.1 is ±1.28.",
            0.001,
            0.45,
        ),
    ] = 0.05
    x_low: Annotated[float, Setting("Left", "z at the left edge.", -50, 50)] = -3.0
    x_high: Annotated[float, Setting("Right", "z at the right edge.", -50, 50)] = 3.0
    y_low: Annotated[float, Setting("Bottom", "z at the bottom.", -50, 50)] = -3.0
    y_high: Annotated[float, Setting("Top", "z at the top.", -50, 50)] = 3.0

    def __post_init__(self) -> None:
        validate(self)
        if self.x_low >= self.x_high or self.y_low >= self.y_high:
            raise UserError("A range goes from its lower to its higher end.")

    def latent_grid(self, latent_dim: int, codes: tuple[Range, Range] | None = None) -> LatentGrid:
        """Both ends of a range are included. With one dimension there is one row.

        codes: of an autoencoder, which has no prior, the range of each axis instead of percentiles.
        """
        if self.mode == PERCENTILE and codes is not None:
            x, y = (np.linspace(*of, self.rows) for of in codes)
        elif self.mode == PERCENTILE:
            x = y = standard_quantiles(self.rows, self.lowest, 1 - self.lowest)
        else:
            x = np.linspace(self.x_low, self.x_high, self.rows)
            y = np.linspace(self.y_low, self.y_high, self.rows)
        return LatentGrid(_floats(x), _floats(y[::-1]) if latent_dim > 1 else (0.0,))


def even_grid(extent: tuple[float, float, float, float], columns: int, rows: int) -> LatentGrid:
    """The middles of columns × rows equal cells of (x0, x1, y0, y1)."""
    x0, x1, y0, y1 = extent
    across = (np.arange(columns) + 0.5) / columns
    down = (np.arange(rows) + 0.5) / rows
    return LatentGrid(_floats(x0 + across * (x1 - x0)), _floats(y1 - down * (y1 - y0)))


def montage(images: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """(rows·columns, s, s), row by row, side by side as one picture (rows·s, columns·s)."""
    count, side = len(images), images.shape[-1]
    rows = count // columns
    assert rows * columns == count
    tiles = images.reshape(rows, columns, side, side).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(tiles.reshape(rows * side, columns * side))


def _floats(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(values.tolist())
