"""The pad's backgrounds as requests: each answers with a picture of a part of the plane.

They are asked of the engine, so that the pad's own questions go first, and answered in small parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.coverage import Coverage
from vae_gui.core.analysis.density import Mixture, plane_density, scott_bandwidth
from vae_gui.core.analysis.distortion import distortion_in_parts
from vae_gui.core.inference.requests import BACKGROUND_COST, Answering, Decode
from vae_gui.core.latent.grid import LatentGrid, montage
from vae_gui.core.pictures.shading import Color, Ramp, enlarge, outline, shade
from vae_gui.core.support.types import Axes, Extent, Z
from vae_gui.core.vae.encodings import Encodings, FloatArray

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

CELLS = 128
FINER = 3  # pixels of a picture for each cell, along each axis
DISTORTION_CELLS = 64
OPACITY = 0.6  # of the classes where they are densest
BELOW_OFF = 8.0  # nats under "off the map" at which the picture of coverage ends


@dataclass(frozen=True, slots=True, eq=False)
class BackgroundPicture:
    """A background. rgba: (h, w, 4) uint8, row 0 at y1. extent: what it covers, in latent units.

    low, high: the ends of the scale of its colours; of the manifold, high is the distance of its digits.
    """

    rgba: NDArray[np.uint8]
    extent: Extent
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Plane:
    """A part of the plane of two dimensions; the others are held at `point`."""

    extent: Extent
    axes: Axes
    point: Z


@dataclass(frozen=True, slots=True)
class CoverageBackground:
    """log q(z), with a line around what is on the map and one around what is well inside."""

    coverage: Coverage
    plane: Plane
    ramp: Ramp
    line: Color
    cost: int = BACKGROUND_COST

    def answer(self, engine: Engine) -> Answering[BackgroundPicture]:  # noqa: ARG002
        plane, coverage = self.plane, self.coverage
        density = yield from plane_density(
            coverage.mixture, plane.extent, plane.axes, plane.point, CELLS
        )
        fine = enlarge(density[::-1], FINER)
        yield
        low, high = coverage.off - BELOW_OFF, max(float(density.max()), coverage.inside)
        rgba = shade((fine - low) / (high - low), self.ramp)
        for threshold in (coverage.off, coverage.inside):
            yield
            rgba[outline(fine >= threshold)] = self.line
        return BackgroundPicture(rgba, plane.extent, low, high)


@dataclass(frozen=True, slots=True)
class DensityBackground:
    """A background that shows the encodings of each class: its colour, more opaque where they are denser.

    colors: RGB of each class, or one without labels. shown: the classes that are visible.
    """

    encodings: Encodings
    plane: Plane
    colors: tuple[tuple[int, int, int], ...]
    shown: tuple[int, ...]
    opacity: float = OPACITY
    cost: int = BACKGROUND_COST

    def answer(self, engine: Engine) -> Answering[BackgroundPicture]:  # noqa: ARG002
        weights = np.zeros((4, CELLS, CELLS), np.float32)  # RGB by density, and density
        for label in self.shown:
            points = _members(self.encodings, label)[:, list(self.plane.axes)]
            if len(points) < 2:
                continue
            density = yield from self._density(points)
            color = np.array(self.colors[label], np.float32)[:, None, None]
            weights[:3] += density * color
            weights[3] += density
        peak = float(weights[3].max())
        fine = np.empty((CELLS * FINER, CELLS * FINER, 4), np.float32)
        for channel, layer in enumerate(weights):
            fine[..., channel] = enlarge(layer, FINER)
            yield
        rgba = np.empty(fine.shape, np.uint8)
        rgba[..., :3] = fine[..., :3] / np.maximum(fine[..., 3:], 1e-20) + 0.5
        rgba[..., 3] = 255 * self.opacity * np.sqrt(fine[..., 3] / max(peak, 1e-20))
        return BackgroundPicture(rgba, self.plane.extent, 0.0, peak)

    def _density(self, points: FloatArray) -> Answering[FloatArray]:
        """Share of all encodings for each unit of area, (cells, cells), row 0 at the top."""
        sigma = np.broadcast_to(scott_bandwidth(points), points.shape)
        if self.encodings.latent_dim == 1:
            points, sigma = points[:, :1], sigma[:, :1]
        axes = (0, points.shape[1] - 1)
        q = Mixture(points, sigma, kernel=True)
        logs = yield from plane_density(q, self.plane.extent, axes, (0.0, 0.0), CELLS)
        share = len(points) / len(self.encodings)
        return np.asarray(share * np.exp(logs[::-1]), np.float32)


@dataclass(frozen=True, slots=True)
class DistortionBackground:
    """√det(JᵀJ): how much area of images lies on a unit of area of z."""

    plane: Plane
    ramp: Ramp
    cost: int = DISTORTION_CELLS**2

    def answer(self, engine: Engine) -> Answering[BackgroundPicture]:
        plane = self.plane
        values = yield from distortion_in_parts(
            engine, plane.extent, plane.axes, plane.point, DISTORTION_CELLS
        )
        high = float(np.quantile(values, 0.99)) or 1.0
        fine = enlarge(values[::-1], FINER)
        yield
        return BackgroundPicture(shade(fine / high, self.ramp), plane.extent, 0.0, high)


@dataclass(frozen=True, slots=True)
class ManifoldBackground:
    """Decoded digits side by side, each in the middle of its cell; `brightness` dims them."""

    latent_grid: LatentGrid
    plane: Plane
    brightness: float = 0.7

    @property
    def cost(self) -> int:
        return max(len(self.latent_grid), BACKGROUND_COST)

    def answer(self, engine: Engine) -> Answering[BackgroundPicture]:
        z = self.latent_grid.points(self.plane.point, self.plane.axes)
        tiles = yield from Decode.of(z).answer(engine)
        grey = montage(tiles, len(self.latent_grid.x))
        level = round(255 * self.brightness)
        ramp = ((0, 0, 0, 255), (level, level, level, 255))
        x = self.latent_grid.x
        spacing = x[1] - x[0] if len(x) > 1 else 0.0
        return BackgroundPicture(
            shade(grey / np.float32(255), ramp), self.plane.extent, 0.0, spacing
        )


def _members(encodings: Encodings, label: int) -> FloatArray:
    """μ of a class; of all without labels."""
    if encodings.labels is None:
        return encodings.mu
    members: FloatArray = encodings.mu[encodings.labels == label]
    return members
