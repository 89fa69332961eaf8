"""Pictures for the tests of the exports."""

import numpy as np


def digits(count: int, side: int = 28) -> np.ndarray:
    """Frames (count, side, side) uint8: a bright blob of noise that wanders over black."""
    random = np.random.default_rng(1)
    frames = np.zeros((count, side, side), np.uint8)
    for index, frame in enumerate(frames):
        top, left = 2 + index % 5, 3 + index % 7
        frame[top : top + 13, left : left + 9] = random.integers(0, 256, (13, 9))
    return frames
