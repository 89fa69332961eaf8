"""The start of exploring: A, B, the cursor and the plane of the pad, chosen by what is known of the encodings."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.state.latent import LatentState
from vae_gui.core.support.types import Axes, Z
from vae_gui.core.vae.encodings import Encodings, importance

A, CURSOR, B = 0, 3, 7  # tenths of the classes in their order


def start(latent_dim: int, encodings: Encodings | None) -> LatentState:
    """A and B at two classes and the cursor between them; without classes the origin of the prior.

    An autoencoder, which has no prior, begins at places of its encodings: between two classes may be nothing.
    """
    if encodings is None or not len(encodings):
        return LatentState.origin(latent_dim)
    places = at_classes(encodings)
    if encodings.logvar is None:
        return places
    if encodings.labels is None:
        return replace(LatentState.origin(latent_dim), axes=places.axes)
    return replace(places, cursor=_z((np.array(places.a) + places.b) / 2))


def at_classes(encodings: Encodings) -> LatentState:
    """A, B and the cursor at the medians of three classes; without labels around that of all encodings."""
    axes, labels = informative_axes(encodings), encodings.labels
    if labels is None:
        widest = int(np.argmax(encodings.mu.var(axis=0)))
        step = np.zeros(encodings.latent_dim)
        step[widest] = encodings.mu[:, widest].std()
        middle = np.median(encodings.mu, axis=0)
        return LatentState(_z(middle), _z(middle - step), _z(middle + step), axes)
    classes = np.unique(labels)
    cursor, a, b = (
        _z(np.median(encodings.mu[labels == classes[tenth * len(classes) // 10]], axis=0))
        for tenth in (CURSOR, A, B)
    )
    return LatentState(cursor, a, b, axes)


def informative_axes(encodings: Encodings) -> Axes:
    """The two dimensions that carry most; up to two dimensions all of them in their order."""
    if encodings.latent_dim <= 2:
        return 0, encodings.latent_dim - 1
    first, second = np.argsort(-importance(encodings), kind="stable")[:2].tolist()
    return first, second


def _z(point: NDArray[np.floating]) -> Z:
    return tuple(float(value) for value in point)
