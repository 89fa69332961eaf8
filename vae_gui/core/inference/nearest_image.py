"""The known image that looks most like a decoded one (B4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_gui.core.inference.requests import Answering, Frozen

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

COMPARED_PER_IMAGE = 64  # images that are compared in the time that one takes to decode


@dataclass(frozen=True, slots=True)
class Nearest:
    """index: of the known image. rms: root mean square difference of the pixels, from 0 to 1."""

    index: int
    rms: float


@dataclass(frozen=True, slots=True)
class NearestImage:
    """z: (1, latent_dim) float32; known: (n, side, side) uint8, n at least 1 -> the nearest in pixels to decode(z)."""

    z: Frozen
    known: Frozen

    @property
    def cost(self) -> int:
        return 1 + len(self.known) // COMPARED_PER_IMAGE

    def answer(self, engine: Engine) -> Answering[Nearest]:
        yield from ()
        decoded = 255 * engine.mean_images(np.asarray(self.z.array, np.float32))[0].ravel()
        known = self.known.array.reshape(len(self.known), -1).astype(np.float32)
        squares = np.square(known - decoded).mean(axis=1)
        index = int(squares.argmin())
        return Nearest(index, float(np.sqrt(squares[index])) / 255)
