"""Held-out images: a share of the training images that a run does not learn from, and by which it is chosen.

Whoever compares runs by the test images and keeps the best has chosen by them, and their loss is then too good.
"""

from dataclasses import replace

import numpy as np

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.vae.config import TrainConfig
from vae_gui.core.vae.schedule import trained_images

TEST, HELD_OUT = "test", "held-out"
IMAGES = {TEST: "test images", HELD_OUT: "held-out training images"}
_SEED = 0  # not that of the run: all runs hold out the same images


def measured_on(config: TrainConfig) -> str:
    """The images by which a run is measured while it goes on."""
    return HELD_OUT if config.held_out else TEST


def as_seen_by(config: TrainConfig, data: ImageData) -> ImageData:
    """Return the data with the images that a run learns from, and those that measure it instead of the test images."""
    if not config.held_out:
        return data
    order = np.random.default_rng(_SEED).permutation(len(data.train))
    learnt = trained_images(config, len(data.train))
    # In the order of the file, as everywhere else.
    kept, held_out = (np.sort(part) for part in (order[:learnt], order[learnt:]))
    return replace(data, train=_taken(data.train, kept), test=_taken(data.train, held_out))


def _taken(split: Split, indices: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Split:
    labels = None if split.labels is None else split.labels[indices]
    return Split(split.images[indices], labels)
