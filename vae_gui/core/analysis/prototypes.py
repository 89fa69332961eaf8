"""Prototypes of the classes: each lies where the encodings of its class are densest.

The mean of a class may lie among the encodings of another.
"""

import numpy as np

from vae_gui.core.analysis.density import log_density, mixture
from vae_gui.core.vae.encodings import Encodings, FloatArray

MAX_MEMBERS = 1000  # encodings of a class that are looked at


def prototypes_of(encodings: Encodings) -> FloatArray:
    """Return the encoding μ at which each class that has any is densest, (classes, latent_dim).

    The density is one of Gaussian kernels with Scott's (1992) bandwidth. encodings: with labels.
    """
    assert encodings.labels is not None
    found = []
    for label in np.unique(encodings.labels):
        members = encodings.mu[encodings.labels == label]
        even = np.linspace(0, len(members) - 1, min(len(members), MAX_MEMBERS)).astype(int)
        points = members[even]
        density = log_density(mixture(Encodings(points, None, None, ())), points)
        found.append(points[density.argmax()])
    return np.stack(found)
