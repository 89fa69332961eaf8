"""Traversals: one dimension moves, the others are held (A18)."""

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.encodings import Encodings
from vae_gui.core.latent import Z

PRIOR_REACH = 3.0  # σ of the prior


def along(start: Z, dimension: int, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """`start` once for each value of one dimension; (values, latent_dim)."""
    z = np.tile(np.asarray(start, np.float64), (len(values), 1))
    z[:, dimension] = values
    return z


def track(encodings: Encodings | None, dimension: int) -> tuple[float, float]:
    """The fixed track of a slider: the larger of ±3 and the 0.5–99.5 % range of μ."""
    if encodings is None or not len(encodings):
        return -PRIOR_REACH, PRIOR_REACH
    low, high = np.quantile(encodings.mu[:, dimension], (0.005, 0.995))
    return min(-PRIOR_REACH, float(low)), max(PRIOR_REACH, float(high))
