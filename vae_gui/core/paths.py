"""Paths through the latent space: arrays of points from A to B."""

import numpy as np
from numpy.typing import NDArray


def straight(a: NDArray[np.floating], b: NDArray[np.floating], points: int) -> NDArray[np.float64]:
    """Equal steps on the line from a to b, both included; (points, latent_dim)."""
    t = np.linspace(0.0, 1.0, points)[:, None]
    path: NDArray[np.float64] = (1 - t) * a + t * b
    return path
