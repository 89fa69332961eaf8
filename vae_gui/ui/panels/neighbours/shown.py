"""What the neighbours panel shows: an answer, and the images of the data set that it is of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.latent.neighbours import FindNeighbours, Neighbours
from vae_gui.core.support.types import Pixels, Z
from vae_gui.ui.style.numbers import hundredths


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Tiles are counted from 0: first the images nearest in pixels, then those nearest in z."""

    request: FindNeighbours
    found: Neighbours
    images: ImageData

    @property
    def z(self) -> Z:
        """The point whose neighbours these are."""
        return tuple(self.request.z.array[0].tolist())

    @property
    def index(self) -> NDArray[np.int64]:
        """Which training images, (tiles,)."""
        in_pixels, in_z = self.found.in_pixels.index, self.found.in_z
        return in_pixels if in_z is None else np.concatenate((in_pixels, in_z.index))

    def image_of(self, tile: int) -> Pixels:
        image: Pixels = self.images.train.images[self.index[tile]]
        return image

    def z_of(self, tile: int) -> Z | None:
        """μ of the image; None until it is encoded, and for -1."""
        encodings = self.request.encodings
        if encodings is None or tile < 0:
            return None
        return tuple(encodings.mu[self.index[tile]].tolist())

    def captions(self) -> tuple[str, ...]:
        """Distance and class of each."""
        distances = [f"{100 * rms:.0f} %" for rms in self.found.in_pixels.rms]
        if self.found.in_z is not None:
            distances += [hundredths(distance) for distance in self.found.in_z.distance]
        labels, names = self.images.train.labels, self.images.class_names
        if labels is None:
            return tuple(distances)
        classes = [names[label] for label in labels[self.index].tolist()]
        return tuple(f"{far} · {name}" for far, name in zip(distances, classes, strict=True))
