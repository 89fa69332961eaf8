"""The aggregated posterior q(z) = mean of all q(z|x) on a grid (Hoffman & Johnson 2016, ELBO surgery)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.encodings import Encodings
from vae_gui.core.heavy import heavy_imports

Extent = tuple[float, float, float, float]

_FLOOR = -60.0
_BLOCK = 4096
_SIGMAS = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class AggregatedPosterior:
    """log q(z) over a plane.

    extent: (x0, x1, y0, y1) in latent units, the outer edges of the grid.
    log_density: (rows, cols) float32 read-only, nats, the log of the mean of q over each cell, at
        least -60. Row 0 is the smallest z2, column 0 the smallest z1.
    """

    extent: Extent
    log_density: NDArray[np.float32]


def aggregated_posterior(
    encodings: Encodings, cells: int = 128, extent: Extent | None = None
) -> AggregatedPosterior | None:
    """The mixture of N(μᵢ, σᵢ²) integrated exactly over cells × cells; None for a point encoder.

    For two latent dimensions. Without an extent the grid holds every μ ± 4σ.
    """
    assert encodings.latent_dim == 2 and len(encodings) > 0
    if encodings.logvar is None:
        return None
    mu = encodings.mu.astype(np.float64)
    sigma = np.exp(0.5 * encodings.logvar.astype(np.float64))
    x0, x1, y0, y1 = extent if extent is not None else _everything(mu, sigma)
    x_edges, y_edges = np.linspace(x0, x1, cells + 1), np.linspace(y0, y1, cells + 1)
    mass = np.zeros((cells, cells))  # (rows, cols)
    for start in range(0, len(mu), _BLOCK):
        part = slice(start, start + _BLOCK)
        columns = _interval_mass(x_edges, mu[part, 0], sigma[part, 0])  # (n, cols)
        rows = _interval_mass(y_edges, mu[part, 1], sigma[part, 1])  # (n, rows)
        mass += rows.T @ columns
    area = (x1 - x0) * (y1 - y0) / cells**2
    log_density = np.log(np.maximum(mass / (len(mu) * area), np.exp(_FLOOR))).astype(np.float32)
    log_density.flags.writeable = False
    return AggregatedPosterior((x0, x1, y0, y1), log_density)


def _everything(mu: NDArray[np.float64], sigma: NDArray[np.float64]) -> Extent:
    low, high = (mu - _SIGMAS * sigma).min(axis=0), (mu + _SIGMAS * sigma).max(axis=0)
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _interval_mass(
    edges: NDArray[np.float64], mu: NDArray[np.float64], sigma: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(edge_j < z < edge_j+1) for each N(mu_i, sigma_i²): (n, len(edges) - 1)."""
    with heavy_imports():
        from scipy.special import ndtr

    t = (edges - mu[:, None]) / sigma[:, None]  # (n, edges)
    # 1 - Φ is rounded away far to the right, so that side is taken from the left by symmetry.
    left, right = np.diff(ndtr(t), axis=1), -np.diff(ndtr(-t), axis=1)
    mass: NDArray[np.float64] = np.where(t[:, :-1] > 0, right, left)
    return mass
