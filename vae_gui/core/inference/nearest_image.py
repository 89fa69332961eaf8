"""The known images that look most like a decoded one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.requests import MAX_BATCH, Answering, Frozen
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.encodings import FloatArray

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

_BLOCK = 4096  # images between two yields: some milliseconds
_COMPARED_PER_IMAGE = _BLOCK // MAX_BATCH  # what has two blocks is long
_SPARE = 8  # more than are asked for are compared exactly: the quick distances are rounded


@dataclass(frozen=True, slots=True, eq=False)
class KnownImages:
    """Prepared once for many comparisons. pixels: (n, side²) uint8. squares: (n,) float32, of their sums."""

    pixels: NDArray[np.uint8]
    squares: FloatArray

    @classmethod
    def of(cls, images: NDArray[np.uint8]) -> KnownImages:
        """images: (n, side, side), n at least 1."""
        pixels = images.reshape(len(images), -1)
        squares = [np.square(block).sum(axis=1) for _, block in _blocks(pixels)]
        return cls(pixels, np.concatenate(squares))

    def __len__(self) -> int:
        return len(self.pixels)


def known_images(images: NDArray[np.uint8]) -> Job[KnownImages]:
    """The same as a job, for many images."""
    yield Progress(0, None, "Preparing the images")
    return KnownImages.of(images)


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The nearest first. index: (count,) of the known images. rms: (count,), root mean square difference of
    the pixels, from 0 to 1. decoded: (side, side) uint8, what they are compared with.
    """

    index: NDArray[np.int64]
    rms: NDArray[np.float64]
    decoded: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class NearestImages:
    """z: (1, latent_dim) float32 -> the known images that are nearest in pixels to decode(z)."""

    z: Frozen
    known: KnownImages
    count: int = 1

    @property
    def cost(self) -> int:
        return 1 + len(self.known) // _COMPARED_PER_IMAGE

    def answer(self, engine: Engine) -> Answering[Nearest]:
        image = engine.mean_images(np.asarray(self.z.array, np.float32))[0]
        decoded = 255 * image.ravel()
        distances = np.empty(len(self.known), np.float32)
        # |x − d|² = |x|² − 2 x·d + |d|²: one product instead of three passes over all pixels.
        for part, block in _blocks(self.known.pixels):
            distances[part] = self.known.squares[part] - 2 * (block @ decoded)
            yield
        candidates = lowest(distances, self.count + _SPARE)
        differences = self.known.pixels[candidates].astype(np.float64) - decoded
        rms = np.sqrt(np.mean(np.square(differences), axis=1)) / 255
        order = np.argsort(rms, kind="stable")[: self.count]
        return Nearest(candidates[order], rms[order], np.rint(255 * image).astype(np.uint8))


def lowest(values: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Return the indices of the `count` lowest of (n,), in no order; all of them where there are no more."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(values, count)[:count]


def _blocks(pixels: NDArray[np.uint8]) -> Iterator[tuple[slice, FloatArray]]:
    """Yield the pixels in parts as float32: all of them at once would take four times the memory."""
    for start in range(0, len(pixels), _BLOCK):
        part = slice(start, start + _BLOCK)
        yield part, pixels[part].astype(np.float32)
