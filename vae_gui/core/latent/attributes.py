"""Attribute vectors: the difference of two groups' mean encodings (Larsen et al. 2016; White 2016)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import Encodings

Indices = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Attribute:
    """name: what it leads from and to. vector: mean μ of the one group minus mean μ of the other."""

    name: str
    vector: Z


def attribute(name: str, encodings: Encodings, towards: Indices, away: Indices) -> Attribute:
    """The vector that leads from the images `away` to the images `towards` (indices of encodings).

    Raises UserError for an empty group.
    """
    if not len(towards) or not len(away):
        raise UserError("An attribute needs two groups of images: choose at least one for each.")
    means = [encodings.mu[group].mean(axis=0, dtype=np.float64) for group in (towards, away)]
    return Attribute(name, tuple((means[0] - means[1]).tolist()))


def class_attribute(encodings: Encodings, towards: int, away: int) -> Attribute:
    """The vector from one class to another. Raises UserError without labels or without images of a class."""
    if encodings.labels is None:
        raise UserError("These images have no labels: choose the two groups yourself.")
    names = encodings.class_names
    return attribute(
        f"{names[away]} → {names[towards]}",
        encodings,
        np.flatnonzero(encodings.labels == towards),
        np.flatnonzero(encodings.labels == away),
    )


def apply(z: Z, attribute: Attribute, strengths: NDArray[np.floating]) -> NDArray[np.float64]:
    """z with each strength (n,) of the attribute added, (n, latent_dim); 1 is the groups' whole difference."""
    moved: NDArray[np.float64] = np.asarray(z, np.float64) + np.multiply.outer(
        np.asarray(strengths, np.float64), np.asarray(attribute.vector)
    )
    return moved
