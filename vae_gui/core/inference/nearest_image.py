"""The known image that looks most like a decoded one (B4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.requests import Answering, Frozen
from vae_gui.core.vae.encodings import FloatArray

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

COMPARED_PER_IMAGE = 256  # images that are compared in the time that one takes to decode


@dataclass(frozen=True, slots=True, eq=False)
class KnownImages:
    """Prepared once for many comparisons. pixels: (n, side²) float32 in 0…255. squares: (n,) of their sums."""

    pixels: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, images: NDArray[np.uint8]) -> KnownImages:
        """images: (n, side, side), n at least 1."""
        pixels = images.reshape(len(images), -1).astype(np.float32)
        return cls(pixels, np.square(pixels).sum(axis=1))

    def __len__(self) -> int:
        return len(self.pixels)


@dataclass(frozen=True, slots=True)
class Nearest:
    """index: of the known image. rms: root mean square difference of the pixels, from 0 to 1."""

    index: int
    rms: float


@dataclass(frozen=True, slots=True)
class NearestImage:
    """z: (1, latent_dim) float32 -> the known image that is nearest in pixels to decode(z)."""

    z: Frozen
    known: KnownImages

    @property
    def cost(self) -> int:
        return 1 + len(self.known) // COMPARED_PER_IMAGE

    def answer(self, engine: Engine) -> Answering[Nearest]:
        yield from ()
        z = np.asarray(self.z.array, np.float32)
        decoded = 255 * engine.mean_images(z)[0].ravel()
        # |x − d|² = |x|² − 2 x·d + |d|²: one product instead of three passes over all pixels.
        distances = self.known.squares - 2 * (self.known.pixels @ decoded)
        index = int(distances.argmin())
        difference = self.known.pixels[index] - decoded
        return Nearest(index, float(np.sqrt(np.mean(np.square(difference)))) / 255)
