"""The aggregated posterior q(z) = mean of all q(z|x): at a point, and exactly over the cells of a grid.

Hoffman & Johnson 2016, "ELBO surgery".
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.types import Axes, Extent, Z
from vae_gui.core.vae.encodings import Encodings, FloatArray

Value = TypeVar("Value")
InParts = Generator[None, None, Value]

FLOOR = -60.0  # nats, the least log density of a grid
SLICED = 4000  # Gaussians that a mixture keeps above two dimensions
_BLOCK = 64  # of them between two yields: some milliseconds
PAIRS = 2**17  # of a point and a Gaussian, likewise
_SIGMAS = 4.0
_TAIL = 13.0  # σ, beyond which less mass lies than the floor of a grid
_MIN_SIGMA = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """The mean of n Gaussians without covariances.

    mu, sigma: (n, latent_dim) float32. kernel: σ is not the encoder's but the bandwidth of a kernel
    density, because the encoder gives points.
    """

    mu: FloatArray
    sigma: FloatArray
    kernel: bool

    def __len__(self) -> int:
        return len(self.mu)

    @property
    def latent_dim(self) -> int:
        return int(self.mu.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class AggregatedPosterior:
    """log q(z) over a plane.

    extent: (x0, x1, y0, y1) in latent units, the outer edges of the grid.
    log_density: (rows, cols) float32 read-only, nats, the log of the mean of q over each cell, at
        least -60. Row 0 is the smallest z2, column 0 the smallest z1.
    """

    extent: Extent
    log_density: NDArray[np.float32]


def mixture(encodings: Encodings) -> Mixture:
    """q(z) of these images; above two dimensions of SLICED of them, evenly chosen.

    A point encoder's codes get Gaussian kernels with Scott's (1992) bandwidth.
    """
    assert len(encodings) > 0
    mu, logvar = encodings.mu, encodings.logvar
    if encodings.latent_dim > 2 and len(encodings) > SLICED:
        every = np.linspace(0, len(encodings) - 1, SLICED).astype(int)
        mu, logvar = mu[every], None if logvar is None else logvar[every]
    if logvar is None:
        return Mixture(mu, np.broadcast_to(scott_bandwidth(mu), mu.shape), kernel=True)
    return Mixture(mu, np.maximum(np.exp(0.5 * logvar), _MIN_SIGMA), kernel=False)


def scott_bandwidth(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """σ of a Gaussian kernel for each dimension of (n, d) points, (d,): Scott's rule."""
    count, dims = points.shape
    bandwidth = points.std(axis=0) * count ** (-1 / (dims + 4))
    return np.asarray(np.maximum(bandwidth, _MIN_SIGMA), np.float32)


def log_density(q: Mixture, z: NDArray[np.floating]) -> NDArray[np.float32]:
    """log q at z (m, latent_dim), in nats, (m,)."""
    return run(log_density_in_parts(q, np.asarray(z, np.float32)))


def log_density_in_parts(
    q: Mixture, z: FloatArray, own: NDArray[np.int64] | None = None
) -> InParts[NDArray[np.float32]]:
    """The same; own: (m,), for each point the Gaussian of the mixture to leave out, as z came from it."""
    count = len(q)
    constant = -np.log(q.sigma).sum(axis=1) - 0.5 * q.latent_dim * np.log(2 * np.pi)  # (n,)
    result = np.empty(len(z), np.float32)
    step = max(1, PAIRS // count)
    for start in range(0, len(z), step):
        part = slice(start, start + step)
        logs = np.repeat(constant[None], len(z[part]), axis=0)  # (part, n)
        for mu, sigma, at in zip(q.mu.T, q.sigma.T, z[part].T, strict=True):
            logs -= 0.5 * np.square((at[:, None] - mu) / sigma)
        if own is not None:
            logs[np.arange(len(logs)), own[part]] = -np.inf
        highest = logs.max(axis=1)
        sums = np.exp(logs - highest[:, None]).sum(axis=1)
        result[part] = highest + np.log(sums / (count - (own is not None)))
        yield
    return result


def plane_density(
    q: Mixture, extent: Extent, axes: Axes, point: Z, cells: int = 128
) -> InParts[NDArray[np.float32]]:
    """log of the mean of q over each cell of the plane `axes` through `point`; (rows, cols), row 0 at y0.

    Exact: a Gaussian's mass in a cell is a product of differences of Φ. With more dimensions than
    two it is the joint density on the slice that holds the others at `point`; with one dimension
    there is one row. At least FLOOR below the highest weight of a Gaussian.
    """
    x0, x1, y0, y1 = extent
    x_edges, y_edges = np.linspace(x0, x1, cells + 1), np.linspace(y0, y1, cells + 1)
    flat = q.latent_dim == 1
    others = [axis for axis in range(q.latent_dim) if axis not in axes]
    weights, scale = _slice_weights(q, others, point)
    mass = np.zeros((1 if flat else cells, cells))  # (rows, cols)
    for start in range(0, len(q), _BLOCK):
        part = slice(start, start + _BLOCK)
        mu, sigma = q.mu[part].astype(np.float64), q.sigma[part].astype(np.float64)
        columns = _interval_mass(x_edges, mu[:, axes[0]], sigma[:, axes[0]])  # (n, cols)
        columns *= weights[part, None]
        if flat:
            mass[0] += columns.sum(axis=0)
        else:
            mass += _interval_mass(y_edges, mu[:, axes[1]], sigma[:, axes[1]]).T @ columns
        yield
    area = (x1 - x0) / cells * (1.0 if flat else (y1 - y0) / cells)
    density = np.maximum(mass / (len(q) * area), np.exp(FLOOR))
    return np.asarray(np.log(density) + scale, np.float32)


def aggregated_posterior(
    encodings: Encodings, cells: int = 128, extent: Extent | None = None
) -> AggregatedPosterior | None:
    """The mixture of N(μᵢ, σᵢ²) integrated exactly over cells × cells; None for a point encoder.

    For two latent dimensions. Without an extent the grid holds every μ ± 4σ.
    """
    assert encodings.latent_dim == 2
    if encodings.logvar is None:
        return None
    q = mixture(encodings)
    extent = extent if extent is not None else _everything(q)
    density = run(plane_density(q, extent, (0, 1), (0.0, 0.0), cells))
    density.flags.writeable = False
    return AggregatedPosterior(extent, density)


def run(parts: InParts[Value]) -> Value:
    """The result of a computation in parts, at once."""
    while True:
        try:
            next(parts)
        except StopIteration as stop:
            value: Value = stop.value
            return value


def _slice_weights(q: Mixture, others: list[int], point: Z) -> tuple[NDArray[np.float64], float]:
    """Return each Gaussian's weight on the slice, (n,), the highest being 1, and the log density of that one."""
    if not others:
        return np.ones(len(q)), 0.0
    mu, sigma = q.mu[:, others].astype(np.float64), q.sigma[:, others].astype(np.float64)
    t = (np.asarray(point)[others] - mu) / sigma
    logs = -0.5 * np.square(t).sum(axis=1) - np.log(sigma).sum(axis=1)
    highest = float(logs.max())
    return np.exp(logs - highest), highest - 0.5 * len(others) * float(np.log(2 * np.pi))


def _everything(q: Mixture) -> Extent:
    low, high = (q.mu - _SIGMAS * q.sigma).min(axis=0), (q.mu + _SIGMAS * q.sigma).max(axis=0)
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _interval_mass(
    edges: NDArray[np.float64], mu: NDArray[np.float64], sigma: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(edge_j < z < edge_j+1) for each N(mu_i, sigma_i²): (n, len(edges) - 1)."""
    with import_lock():
        from scipy.special import ndtr

    t = (edges - mu[:, None]) / sigma[:, None]  # (n, edges)
    # 1 - Φ is rounded away far to the right: both tails are taken as the left one.
    tail = np.zeros_like(t)
    near = np.abs(t) < _TAIL
    tail[near] = ndtr(-np.abs(t[near]))
    mass: NDArray[np.float64] = np.abs(np.diff(tail, axis=1))
    middle = (t[:, :-1] < 0) & (t[:, 1:] > 0)
    mass[middle] = 1 - tail[:, :-1][middle] - tail[:, 1:][middle]
    return mass
