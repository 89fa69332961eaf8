"""Images on which the continuous Bernoulli has no greatest likelihood (Loaiza-Ganem & Cunningham 2019)."""

import numpy as np
from numpy.typing import NDArray

WARNING = (
    "{share:.0%} of the pixels are exactly black or white, where the density of a continuous Bernoulli "
    "has no upper bound: −ELBO falls for as long as the run goes on. Compare it only between runs of "
    "the same length, or choose another likelihood. The original paper adds noise to the pixels."
)


_JUDGED_IMAGES = 1000


def unbounded_density_warning(likelihood: str, images: NDArray[np.uint8]) -> str:
    """Return a warning about training on these images (n, side, side); "" if their density has a bound.

    The first thousand are judged. At a pixel of 0, log p(x|z) grows like log |η| as its logit η falls; at a pixel
    of 1, as it rises.
    """
    if likelihood != "continuous-bernoulli":
        return ""
    judged = images[:_JUDGED_IMAGES]
    extreme = np.count_nonzero(judged == 0) + np.count_nonzero(judged == 255)
    return WARNING.format(share=extreme / judged.size) if extreme else ""
