"""Traversals: one or two dimensions move, the others are held."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.latent.sampling import standard_quantiles
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import Setting, validate
from vae_gui.core.support.types import Axes, Z
from vae_gui.core.vae.encodings import Encodings, Range, code_range, inactive, mu_range

PRINTED_DECIMALS = 2  # of the nats of a row
PRIOR_REACH = 3.0  # σ of the prior

TRACK, WIDE, NARROW = "track", "0.05–0.95", "0.1–0.9"
PRIOR, AROUND, RANGE = "prior", "around", "range"
LOW, HIGH = 0.1, 0.9  # percentiles of a plane
FEW = 2  # dimensions up to which rows stand in their order and none is folded


@dataclass(frozen=True, slots=True)
class RowOptions:
    """The settings of the rows: a fixed track with a handle, or percentiles of Normal(start, 1)."""

    spacing: Annotated[
        str,
        Setting(
            "Values",
            "The fixed track is a slider over all encodings. Percentiles are those of "
            "Normal(start, 1), as in the tutorials: 0.05–0.95 reaches start ± 1.64.",
            choices=(TRACK, WIDE, NARROW),
        ),
    ] = TRACK
    steps: Annotated[
        int,
        Setting("Steps", "Digits in a row by percentiles; a track is always full.", 5, 25),
    ] = 20

    def __post_init__(self) -> None:
        validate(self)


@dataclass(frozen=True, slots=True)
class PlaneOptions:
    """A plane of size × size digits: by percentile, or between the four limits."""

    size: Annotated[int, Setting("Size", "Digits in a row, and rows.", 8, 25)] = 12
    spacing: Annotated[
        str,
        Setting(
            "Values",
            "Percentiles 0.1–0.9 of the prior N(0, 1), or of Normal(start, 1), are ± 1.28; "
            "a range takes even steps between the limits below.",
            choices=(PRIOR, AROUND, RANGE),
        ),
    ] = PRIOR
    x_low: Annotated[float, Setting("Across from", "For a range.", -50, 50)] = -3.0
    x_high: Annotated[float, Setting("Across to", "For a range.", -50, 50)] = 3.0
    y_low: Annotated[float, Setting("Up from", "For a range.", -50, 50)] = -3.0
    y_high: Annotated[float, Setting("Up to", "For a range.", -50, 50)] = 3.0

    def __post_init__(self) -> None:
        validate(self)
        if self.x_low >= self.x_high or self.y_low >= self.y_high:
            raise UserError("A range goes from its lower to its higher end.")


def along(start: Z, dimension: int, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """`start` once for each value of one dimension; (values, latent_dim)."""
    z = np.tile(np.asarray(start, np.float64), (len(values), 1))
    z[:, dimension] = values
    return z


def track(encodings: Encodings | None, dimension: int) -> tuple[float, float]:
    """The fixed track of a slider: the larger of ±3 and the 0.5–99.5 % range of μ; of an autoencoder its codes'."""
    if encodings is None or not len(encodings):
        return -PRIOR_REACH, PRIOR_REACH
    if encodings.logvar is None:
        return code_range(encodings, dimension)
    low, high = mu_range(encodings, dimension)
    return min(-PRIOR_REACH, low), max(PRIOR_REACH, high)


def percentile_values(
    start: float, options: RowOptions, codes: Range | None = None
) -> NDArray[np.float64]:
    """Quantiles of Normal(start, 1), (steps,); even steps over the codes of an autoencoder, which has no prior."""
    if codes is not None:
        return np.linspace(*codes, options.steps)
    low, high = (0.05, 0.95) if options.spacing == WIDE else (0.1, 0.9)
    return start + standard_quantiles(options.steps, low, high)


def plane_values(
    start: Z, axes: Axes, options: PlaneOptions, codes: tuple[Range, Range] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values of the two dimensions of a plane, from low to high; (size,) each.

    codes: for an autoencoder, which has no prior, the range of each axis instead of percentiles.
    """
    if options.spacing == RANGE:
        return (
            np.linspace(options.x_low, options.x_high, options.size),
            np.linspace(options.y_low, options.y_high, options.size),
        )
    if codes is not None:
        return np.linspace(*codes[0], options.size), np.linspace(*codes[1], options.size)
    quantiles = standard_quantiles(options.size, LOW, HIGH)
    x, y = (start[axis] if options.spacing == AROUND else 0.0 for axis in axes)
    return x + quantiles, y + quantiles


def plane(
    start: Z, axes: tuple[int, int], xs: NDArray[np.floating], ys: NDArray[np.floating]
) -> NDArray[np.float64]:
    """`start` with its two dimensions at every pair, row by row from the highest y; (ys·xs, latent_dim)."""
    z = np.tile(np.asarray(start, np.float64), (len(ys) * len(xs), 1))
    z[:, axes[0]] = np.tile(xs, len(ys))
    z[:, axes[1]] = np.repeat(ys[::-1], len(xs))
    return z


def nearest_tile(z: Z, axes: tuple[int, int], points: NDArray[np.floating]) -> int | None:
    """The point of a plane next to z; None where z lies off it or another dimension differs."""
    others = [i for i in range(points.shape[1]) if i not in axes]
    if not len(points) or not np.allclose(points[0, others], np.asarray(z)[others], atol=1e-4):
        return None
    shown = points[:, list(axes)]
    at = np.asarray(z)[list(axes)]
    if (at < shown.min(axis=0) - 1e-4).any() or (at > shown.max(axis=0) + 1e-4).any():
        return None
    return int(np.argmin(((shown - at) ** 2).sum(axis=1)))


def ranked(values: NDArray[np.floating], before: tuple[int, ...]) -> tuple[int, ...]:
    """Dimensions by falling value as it is printed; equal ones keep their order of `before`."""
    printed = np.round(np.asarray(values, np.float64), PRINTED_DECIMALS)
    return tuple(sorted(before, key=lambda dimension: -printed[dimension]))


def folded(encodings: Encodings, dims: int) -> frozenset[int]:
    """Inactive dimensions, where there are enough and at least one is active."""
    still = inactive(encodings)
    if dims <= FEW or still.all():
        return frozenset()
    return frozenset(np.flatnonzero(still).tolist())
