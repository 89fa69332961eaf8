"""The exact p(z|x) and log p(x) of a model with two latent dimensions, by quadrature over the whole support.

It shows what the encoder's q(z|x) misses (Cremer et al. 2018, "Inference Suboptimality in VAEs").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.observation_model import (
    ObservationModel,
    negative_log,
    observation_model_of,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.types import Extent
from vae_gui.core.vae.likelihoods import LIKELIHOODS

if TYPE_CHECKING:
    from torch import Tensor

    from vae_gui.core.vae.config import ModelConfig
    from vae_gui.core.vae.snapshot import Snapshot

Floats = NDArray[np.float64]

_REACH = 8.0  # σ of the prior, to each side
_BASE = 0.125  # the side of a coarse cell
_MAX_VALUES = 2**24  # of a coarse grid: 64 MB
_PART = 512
_LOST_MASS = 1e-4
_SETTLED = 0.01  # nats of log p(x)
_SMOOTH = 1.5  # nats between neighbouring cells where the mass is
_MAX_LEVELS = 12
_MAX_CELLS = 400_000
_NEGLIGIBLE = 1e-9
_RASTER_PART = 4096


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodGrid:
    """−log p(x|z) of any image at the middles of coarse cells over the whole support.

    It is affine in x but for a part that no z changes (`LikelihoodEntry.affine`). `level` (cells²,) and
    `slope` (cells², pixels) float32 are the affine part; cell by cell, z2 outside and z1 inside.
    """

    observation: ObservationModel
    cells: int
    level: Tensor
    slope: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class ExactPosterior:
    """log_evidence: log p(x) in nats. The cells hold all but about 1e-4 of p(z|x).

    centres: (n, 2). sizes: (n,) side of each square cell in latent units. probabilities: (n,), sum 1.
    mean: (2,). covariance: (2, 2). All float64.
    """

    log_evidence: float
    centres: Floats
    sizes: Floats
    probabilities: Floats
    mean: Floats
    covariance: Floats


def density_raster(
    posterior: ExactPosterior, extent: Extent, columns: int, rows: int
) -> NDArray[np.float32]:
    """The mean of p(z|x) over each pixel of a view, (rows, columns); row 0 is the smallest z2."""
    x_edges = np.linspace(extent[0], extent[1], columns + 1)
    y_edges = np.linspace(extent[2], extent[3], rows + 1)
    density = posterior.probabilities / np.square(posterior.sizes)
    result = np.zeros((rows, columns))
    for start in range(0, len(density), _RASTER_PART):
        part = slice(start, start + _RASTER_PART)
        low = posterior.centres[part] - posterior.sizes[part, None] / 2
        high = posterior.centres[part] + posterior.sizes[part, None] / 2
        across = _shares(x_edges, low[:, 0], high[:, 0])  # (n, columns)
        up = _shares(y_edges, low[:, 1], high[:, 1])  # (n, rows)
        result += (up * density[part, None]).T @ across
    return result.astype(np.float32)


def _shares(edges: Floats, low: Floats, high: Floats) -> Floats:
    """Return the share of each interval between the edges that lies between low and high, (n, len(edges) - 1)."""
    inner = np.minimum(edges[1:], high[:, None]) - np.maximum(edges[:-1], low[:, None])
    shares: Floats = np.maximum(inner, 0) / (edges[1] - edges[0])
    return shares


def is_exact(model: ModelConfig) -> bool:
    """Say whether log p(x) of this model can be computed exactly."""
    return model.latent_dim == 2 and LIKELIHOODS[model.likelihood].affine


def likelihood_grid(snapshot: Snapshot) -> Job[LikelihoodGrid]:
    """Decode the whole support once; for all images of this snapshot. Raises UserError but for two dimensions."""
    if snapshot.model.latent_dim != 2:
        raise UserError(
            "The exact p(z|x) needs a model with two latent dimensions: "
            "take the importance-weighted bound for this one."
        )
    yield Progress(0, None, "Preparing the decoder")
    return (yield from grid_of(observation_model_of(snapshot), snapshot.model.side**2))


def grid_of(observation: ObservationModel, pixels: int) -> Job[LikelihoodGrid]:
    """The coarse grid of a p(x|z) with two latent dimensions; about 0.5 s. Raises UserError for one not affine in x.

    pixels: how many p(x|z) is of.
    """
    likelihood = LIKELIHOODS[observation.likelihood]
    if not likelihood.affine:
        raise UserError(
            f"The exact p(z|x) needs a −log p(x|z) that is affine in x, and {likelihood.title} is not: "
            "take the importance-weighted bound (IWAE)."
        )
    with import_lock():
        import torch

    cells = round(2 * _REACH / _BASE)
    while cells**2 * pixels > _MAX_VALUES:
        cells //= 2
    z = coarse_centres(cells)
    level, slope = torch.empty(len(z)), torch.empty(len(z), pixels)
    for start in range(0, len(z), _PART):
        yield Progress(start, len(z), "Decoding the whole plane")
        part = slice(start, start + _PART)
        level[part], slope[part] = affine_at(observation, z[part])
    return LikelihoodGrid(observation, cells, level, slope)


def affine_at(observation: ObservationModel, z: Floats) -> tuple[Tensor, Tensor]:
    """The affine part of −log p(x|z) at z (n, 2): level (n,) and slope (n, pixels)."""
    with import_lock():
        import torch

        from vae_gui.core.vae.losses import affine_part

    logits = observation.logits(torch.tensor(z, dtype=torch.float32)).detach()
    return affine_part(observation.likelihood, logits, observation.log_sigma)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Square cells: centres (n, 2), sizes (n,), log p(x, z) at the centres (n,).

    slack: (n,) nats by which the density may rise within the cell above its value at the centre.
    """

    centres: Floats
    sizes: Floats
    log_joint: Floats
    slack: Floats

    def taken(self, chosen: NDArray[np.bool_]) -> _Cells:
        return _Cells(
            self.centres[chosen], self.sizes[chosen], self.log_joint[chosen], self.slack[chosen]
        )

    def joined(self, other: _Cells) -> _Cells:
        return _Cells(
            np.concatenate((self.centres, other.centres)),
            np.concatenate((self.sizes, other.sizes)),
            np.concatenate((self.log_joint, other.log_joint)),
            np.concatenate((self.slack, other.slack)),
        )

    @property
    def log_mass(self) -> Floats:
        mass: Floats = self.log_joint + 2 * np.log(self.sizes)
        return mass


def exact_posterior(grid: LikelihoodGrid, image: NDArray[np.uint8]) -> Job[ExactPosterior]:
    """p(z|x) of one image (side, side), or of the pixels (1, n) that the grid is of: cells that may hold mass are
    divided until log p(x) stays."""
    with import_lock():
        import torch

    x = torch.tensor(image, dtype=torch.float32).div(255)[None, None]  # (1, 1, side, side)
    yield Progress(0, None, "Weighing the whole plane")
    cells = _coarse_cells(grid, x)
    log_evidence = _log_sum(cells.log_mass)
    for level in range(_MAX_LEVELS):
        chosen = heavy(cells)
        if len(cells.sizes) + 4 * chosen.sum() > _MAX_CELLS:
            break
        divided = yield from _divided(grid.observation, x, cells.taken(chosen), level)
        cells = cells.taken(~chosen).joined(divided)
        before, log_evidence = log_evidence, _log_sum(cells.log_mass)
        probabilities = np.exp(cells.log_mass - log_evidence)
        if abs(log_evidence - before) < _SETTLED and probabilities @ cells.slack < _SMOOTH:
            break
    return summary(cells.centres, cells.sizes, cells.log_mass)


def coarse_centres(cells: int) -> Floats:
    """(cells², 2), z1 changes fastest."""
    middles = (np.arange(cells) + 0.5) * coarse_size(cells) - _REACH
    return np.stack((np.tile(middles, cells), np.repeat(middles, cells)), axis=1)


def coarse_size(cells: int) -> float:
    """The side of a coarse cell in latent units."""
    return 2 * _REACH / cells


def cells_of(centres: Floats, size: float, log_joint: Floats) -> _Cells:
    """Coarse cells with log p(x, z) at their centres (cells²,)."""
    cells = round(len(centres) ** 0.5)
    slack = _steepest_step(log_joint.reshape(cells, cells)).ravel()
    return _Cells(centres, np.full(len(centres), size), log_joint, slack)


def not_affine(grid: LikelihoodGrid, x: Tensor) -> Tensor:
    """The part of −log p(x|z) that no z changes, (n,) of images (n, 1, side, side)."""
    import torch

    # It is found at any one of them.
    somewhere = torch.tensor(coarse_centres(grid.cells)[:1], dtype=torch.float32)
    affine = grid.level[0] + x.flatten(1) @ grid.slope[0]
    return negative_log(grid.observation, somewhere.expand(len(x), 2), x) - affine


def _coarse_cells(grid: LikelihoodGrid, x: Tensor) -> _Cells:
    centres = coarse_centres(grid.cells)
    negative = grid.level + grid.slope @ x.flatten() + not_affine(grid, x)
    log_joint = log_prior(centres) - negative.numpy().astype(np.float64)
    return cells_of(centres, coarse_size(grid.cells), log_joint)


def _steepest_step(values: Floats) -> Floats:
    """The largest difference of each cell (rows, cols) to the cells beside, above and below it."""
    steepest = np.zeros_like(values)
    for axis in (0, 1):
        step = np.abs(np.diff(values, axis=axis))
        before = np.insert(step, 0, 0.0, axis=axis)
        after = np.insert(step, step.shape[axis], 0.0, axis=axis)
        steepest = np.maximum(steepest, np.maximum(before, after))
    return steepest


def is_smooth(cells: _Cells) -> bool:
    """Say whether p(z|x) is so wide where its mass lies that these cells need not be divided."""
    log_mass = cells.log_mass
    return bool(np.exp(log_mass - _log_sum(log_mass)) @ cells.slack < _SMOOTH)


def heavy(cells: _Cells) -> NDArray[np.bool_]:
    """Return all cells but the lightest, which together hold at most 1e-4 of the mass even at their highest."""
    log_mass = cells.log_mass
    highest = np.exp(np.minimum(log_mass + cells.slack - _log_sum(log_mass), 50.0))
    order = np.argsort(highest)
    heavy = np.empty(len(order), np.bool_)
    heavy[order] = np.cumsum(highest[order]) > _LOST_MASS
    return heavy


def _divided(observation: ObservationModel, x: Tensor, cells: _Cells, level: int) -> Job[_Cells]:
    """Divide each cell into four of half its side, cell by cell."""
    import torch

    corners = np.array([(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)])
    centres = (cells.centres[:, None] + corners * cells.sizes[:, None, None]).reshape(-1, 2)
    negative = np.empty(len(centres))
    for start in range(0, len(centres), _PART):
        yield Progress(start, len(centres), f"Dividing cells, {level + 1}")
        part = slice(start, start + _PART)
        with torch.no_grad():
            z = torch.tensor(centres[part], dtype=torch.float32)
            negative[part] = negative_log(observation, z, x).numpy()
    log_joint = log_prior(centres) - negative
    # A peak rises with the square of the distance: half the distance, a quarter of the height.
    siblings = log_joint.reshape(-1, 4)
    slack = np.maximum(np.ptp(siblings, axis=1), cells.slack / 4)
    return _Cells(centres, np.repeat(cells.sizes / 2, 4), log_joint, np.repeat(slack, 4))


def summary(centres: Floats, sizes: Floats, log_mass: Floats) -> ExactPosterior:
    """p(z|x) of cells (n, 2) with their sides (n,) and the logs of what p(x, z) holds of each (n,)."""
    log_evidence = _log_sum(log_mass)
    probabilities = np.exp(log_mass - log_evidence)
    kept = probabilities > _NEGLIGIBLE
    centres, probabilities = centres[kept], probabilities[kept]
    probabilities /= probabilities.sum()
    mean = probabilities @ centres
    offsets = centres - mean
    covariance = (offsets * probabilities[:, None]).T @ offsets
    return ExactPosterior(log_evidence, centres, sizes[kept], probabilities, mean, covariance)


def log_prior(z: Floats) -> Floats:
    """log N(z; 0, I), (n,)."""
    log_density: Floats = -0.5 * np.square(z).sum(axis=1) - 0.5 * z.shape[1] * np.log(2 * np.pi)
    return log_density


def _log_sum(logs: Floats) -> float:
    highest = logs.max()
    return float(highest + np.log(np.exp(logs - highest).sum()))
