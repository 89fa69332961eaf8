"""Types that many packages name."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
