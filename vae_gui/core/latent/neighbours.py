"""The neighbours of a point: images nearest to it in pixels and in z, and how many encodings are near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.nearest_image import KnownImages, Nearest, NearestImages, lowest
from vae_gui.core.inference.requests import Answering, Frozen
from vae_gui.core.vae.encodings import Encodings

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

RADIUS = 1.0  # σ of the prior


@dataclass(frozen=True, slots=True, eq=False)
class NearestEncodings:
    """The nearest first. index: (count,). distance: (count,), from z to μ.

    within: how many of all μ lie within RADIUS of z. sigma: the mean σ of their q(z|x); None where there are
    none, and for a point encoder.
    """

    index: NDArray[np.int64]
    distance: NDArray[np.float64]
    within: int
    sigma: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """in_z: None while the encodings are not known."""

    in_pixels: Nearest
    in_z: NearestEncodings | None


def nearest_encodings(
    encodings: Encodings, z: NDArray[np.floating], count: int
) -> NearestEncodings:
    """Return the encodings nearest to a point (latent_dim,), by the Euclidean distance from μ."""
    squared = np.zeros(len(encodings), np.float64)
    for mu, at in zip(encodings.mu.T, np.asarray(z, np.float64), strict=True):
        squared += np.square(mu - at)
    near = lowest(squared, count)
    index = near[np.argsort(squared[near], kind="stable")]
    within = np.flatnonzero(squared <= RADIUS**2)
    sigma = None
    if encodings.logvar is not None and len(within):
        sigma = float(np.exp(0.5 * encodings.logvar[within]).mean())
    return NearestEncodings(index, np.sqrt(squared[index]), len(within), sigma)


@dataclass(frozen=True, slots=True)
class FindNeighbours:
    """z: (1, latent_dim) float32 -> its neighbours among the known images and, if given, their encodings."""

    z: Frozen
    known: KnownImages
    encodings: Encodings | None
    count: int

    @property
    def cost(self) -> int:
        return self._images.cost

    def answer(self, engine: Engine) -> Answering[Neighbours]:
        in_pixels = yield from self._images.answer(engine)
        if self.encodings is None:
            return Neighbours(in_pixels, None)
        in_z = nearest_encodings(self.encodings, self.z.array[0], self.count)
        return Neighbours(in_pixels, in_z)

    @property
    def _images(self) -> NearestImages:
        return NearestImages(self.z, self.known, self.count)
