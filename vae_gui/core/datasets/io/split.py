"""Split into training and test images: a fixed share of every class is held out, always the same images."""

import numpy as np
from numpy.typing import NDArray


def held_out(
    count: int, labels: NDArray[np.int16] | None, every: int, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sorted indices of the training and the test images: one in `every`, of each class where there are any."""
    shuffled = np.random.default_rng(seed).permutation(count)
    if labels is not None:
        shuffled = shuffled[np.argsort(labels[shuffled], kind="stable")]
    is_test = np.zeros(count, np.bool_)
    is_test[shuffled[::every]] = True
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
