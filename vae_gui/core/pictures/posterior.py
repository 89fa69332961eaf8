"""The posterior of an image as the pad shows it: q(z|x) as an ellipse, the exact p(z|x) as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.exact_posterior import ExactPosterior, density_raster
from vae_gui.core.inference.requests import BACKGROUND_COST, Answering
from vae_gui.core.latent.alignment import Alignment
from vae_gui.core.pictures.scatter import View
from vae_gui.core.pictures.shading import Ramp, shade
from vae_gui.core.support.types import Extent, Z

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

# What 1σ and 2σ hold of a normal distribution: 1 − exp(−k²/2) of an ellipse, erf(k/√2) of a line.
OF_ELLIPSE = ("39 %", "86 %")
OF_LINE = ("68 %", "95 %")
_CORNERS = 96
_MAX_PX = 384
_GAMMA = 0.6  # the flanks are seen too


@dataclass(frozen=True, slots=True)
class Posterior:
    """q(z|x) of the image at hand. mu, sigma: of length latent_dim; sigma is None for a point encoder.

    exact: p(z|x) by quadrature, where it is known.
    """

    mu: Z
    sigma: Z | None
    exact: ExactPosterior | None = None

    def on_axes(
        self, axes: tuple[int, int], alignment: Alignment | None = None
    ) -> tuple[tuple[float, float], NDArray[np.float64]]:
        """Mean and covariance (2, 2) on two shown dimensions; with one latent dimension y has none."""
        turn = alignment or Alignment.none(len(self.mu))
        spread = np.zeros(len(self.mu)) if self.sigma is None else np.array(self.sigma)
        mean = turn.to_display(np.array(self.mu))
        covariance = turn.matrix.T @ (np.square(spread)[:, None] * turn.matrix)
        if len(mean) < 2:
            return (float(mean[0]), 0.0), np.diag((float(covariance[0, 0]), 0.0))
        x, y = axes
        return (float(mean[x]), float(mean[y])), covariance[np.ix_(axes, axes)]


def ellipse(
    mean: tuple[float, float], covariance: NDArray[np.float64], sigmas: float
) -> NDArray[np.float64]:
    """The points at Mahalanobis distance `sigmas` of N(mean, covariance), a closed line (n, 2)."""
    values, vectors = np.linalg.eigh(covariance)
    angle = np.linspace(0, 2 * np.pi, _CORNERS + 1)
    circle = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    outline: NDArray[np.float64] = (
        np.array(mean) + sigmas * circle * np.sqrt(np.maximum(values, 0)) @ vectors.T
    )
    return outline


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorPicture:
    """rgba: (h, w, 4) uint8, row 0 at the top. extent: (x0, x1, y0, y1) that it covers."""

    rgba: NDArray[np.uint8]
    extent: Extent


@dataclass(frozen=True, slots=True)
class PicturePosterior:
    """p(z|x) as a picture of its cells in a view; None where it lies outside."""

    exact: ExactPosterior
    view: View
    ramp: Ramp
    cost: int = BACKGROUND_COST

    def answer(self, engine: Engine) -> Answering[PosteriorPicture | None]:  # noqa: ARG002
        yield from ()
        extent = _visible(self.exact, self.view)
        if extent is None:
            return None
        columns, rows = _pixels(self.exact, extent, self.view)
        density = density_raster(self.exact, extent, columns, rows)[::-1]
        peak = float(density.max())
        levels = (density / peak) ** _GAMMA if peak > 0 else density
        return PosteriorPicture(shade(levels, self.ramp), extent)


def _visible(exact: ExactPosterior, view: View) -> Extent | None:
    """The part of the view that holds cells, grown to whole cells of the smallest size."""
    half = exact.sizes[:, None] / 2
    low, high = (exact.centres - half).min(axis=0), (exact.centres + half).max(axis=0)
    x0, x1 = max(view.x0, float(low[0])), min(view.x1, float(high[0]))
    y0, y1 = max(view.y0, float(low[1])), min(view.y1, float(high[1]))
    if x0 >= x1 or y0 >= y1:
        return None
    cell = float(exact.sizes.min())
    (x0, y0), (x1, y1) = (
        (float(find(a / cell)) * cell, float(find(b / cell)) * cell)
        for find, a, b in ((np.floor, x0, y0), (np.ceil, x1, y1))
    )
    return x0, x1, y0, y1


def _pixels(exact: ExactPosterior, extent: Extent, view: View) -> tuple[int, int]:
    """Columns and rows: not finer than the smallest cell, so that it is smooth when it is enlarged."""
    cell = float(exact.sizes.min())
    lengths = extent[1] - extent[0], extent[3] - extent[2]
    scales = view.width / (view.x1 - view.x0), view.height / (view.y1 - view.y0)
    columns, rows = (
        int(np.clip(round(length * min(scale, 1 / cell)), 1, _MAX_PX))
        for length, scale in zip(lengths, scales, strict=True)
    )
    return columns, rows
