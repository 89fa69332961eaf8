"""log p(x) and p(z|x) of many images by one quadrature over two dimensions: what is decoded is decoded once for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.exact_posterior import (
    ExactPosterior,
    Floats,
    LikelihoodGrid,
    affine_at,
    cells_of,
    coarse_centres,
    coarse_size,
    heavy,
    is_smooth,
    log_prior,
    not_affine,
    summary,
)
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from torch import Tensor

_FINER = 8  # cells along each side of a coarse cell that weighs for any of the images
_PART = 4096  # cells that are decoded between two yields
_NEGLIGIBLE = 21.0  # nats below the heaviest cell, from which on a cell does not count: 1e-9
Take = Callable[
    [Floats, float, Floats], None
]  # centres (m, 2), the side of each, log mass of each image (m, n)


def log_evidences_of(grid: LikelihoodGrid, images: NDArray[np.uint8]) -> Job[Floats]:
    """Return log p(x) of images (n, side, side) in nats, (n,): `exact_posterior`, but with cells of one size for all.

    The midpoint rule errs by less than 0.01 nats for a peak whose σ is two thirds of such a cell.
    """
    sums: list[Floats] = []

    def take(_centres: Floats, _size: float, log_mass: Floats) -> None:
        sums.append(np.logaddexp.reduce(log_mass, axis=0))

    yield from _weighed(grid, images, take)
    found: Floats = np.logaddexp.reduce(sums, axis=0)
    return found


def posteriors_of(grid: LikelihoodGrid, images: NDArray[np.uint8]) -> Job[list[ExactPosterior]]:
    """p(z|x) and log p(x) of each, by the same cells."""
    heaviest = np.full(len(images), -np.inf)
    kept: list[list[tuple[Floats, Floats, Floats]]] = [[] for _ in images]

    def take(centres: Floats, size: float, log_mass: Floats) -> None:
        np.maximum(heaviest, log_mass.max(axis=0, initial=-np.inf), out=heaviest)
        for of_image, column, most in zip(kept, log_mass.T, heaviest, strict=True):
            chosen = column > most - _NEGLIGIBLE
            if chosen.any():
                of_image.append((centres[chosen], np.full(chosen.sum(), size), column[chosen]))

    yield from _weighed(grid, images, take)
    return [summary(*map(np.concatenate, zip(*cells, strict=True))) for cells in kept]


def _weighed(grid: LikelihoodGrid, images: NDArray[np.uint8], take: Take) -> Job[None]:
    """Hand out the plane in parts.

    Coarse cells that weigh for an image are divided, unless its p(z|x) is as wide as they are.
    """
    with import_lock():
        import torch

    yield Progress(0, None, "Weighing the whole plane")
    x = torch.tensor(images, dtype=torch.float32).div(255)
    rest = not_affine(grid, x[:, None]).numpy().astype(np.float64)  # (n,)
    x = x.flatten(1)  # (n, pixels)
    centres, size = coarse_centres(grid.cells), coarse_size(grid.cells)
    coarse = _log_mass(grid.level, grid.slope, x, rest, centres, size)  # (cells², n)
    weighs = np.zeros(len(centres), np.bool_)
    for log_mass in coarse.T:
        cells = cells_of(centres, size, log_mass - 2 * np.log(size))
        if not is_smooth(cells):
            weighs |= heavy(cells)
    take(centres[~weighs], size, coarse[~weighs])
    fine = _divided(centres[weighs], size)
    for start in range(0, len(fine), _PART):
        yield Progress(start, len(fine), "Weighing test images")
        part = fine[start : start + _PART]
        level, slope = affine_at(grid.observation, part)
        take(part, size / _FINER, _log_mass(level, slope, x, rest, part, size / _FINER))


def _log_mass(
    level: Tensor, slope: Tensor, x: Tensor, rest: Floats, centres: Floats, size: float
) -> Floats:
    """log of p(x, z) times the area of each cell, for each image: (cells, n)."""
    negative = (level[:, None] + slope @ x.T).numpy().astype(np.float64) + rest
    log_mass: Floats = log_prior(centres)[:, None] - negative + 2 * np.log(size)
    return log_mass


def _divided(centres: Floats, size: float) -> Floats:
    """The centres of the cells into which each of these is divided, (n · _FINER², 2)."""
    steps = ((np.arange(_FINER) + 0.5) / _FINER - 0.5) * size
    offsets = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    fine: Floats = (centres[:, None] + offsets).reshape(-1, 2)
    return fine
