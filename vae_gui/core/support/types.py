"""Types that many packages share: a latent point, the axes and the extent of a plane, pixels."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


Z = tuple[float, ...]


Extent = tuple[float, float, float, float]


Axes = tuple[int, int]
