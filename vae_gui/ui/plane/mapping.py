"""Mapping between a point of the latent space and its place on the plane of two dimensions."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.latent.alignment import Alignment
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import Encodings

Point = tuple[float, float]
Axes = tuple[int, int]


def on_plane(z: Z, axes: Axes) -> Point:
    """Its two shown coordinates; with one latent dimension y is 0."""
    return z[axes[0]], z[axes[1]] if len(z) > 1 else 0.0


def moved_on_plane(z: Z, axes: Axes, x: float, y: float) -> Z:
    """z with its two shown coordinates replaced; with one latent dimension y is ignored."""
    moved = list(z)
    moved[axes[1]] = y
    moved[axes[0]] = x
    return tuple(moved)


def shown_place(z: Z, axes: Axes, alignment: Alignment | None) -> Point:
    """Where the pad shows z: turned onto the last entry where that is wanted."""
    return on_plane(z if alignment is None else _turned(alignment.to_display(np.array(z))), axes)


def place_to_z(z: Z, axes: Axes, x: float, y: float, alignment: Alignment | None) -> Z:
    """The inverse: z moved to where it is shown at (x, y)."""
    if alignment is None:
        return moved_on_plane(z, axes, x, y)
    shown = moved_on_plane(_turned(alignment.to_display(np.array(z))), axes, x, y)
    return _turned(alignment.to_latent(np.array(shown)))


def shown_encodings(encodings: Encodings | None, alignment: Alignment | None) -> Encodings | None:
    """With μ as it is shown; logvar stays along the axes of the model."""
    if encodings is None or alignment is None:
        return encodings
    return replace(encodings, mu=alignment.to_display(encodings.mu).astype(np.float32))


def _turned(point: NDArray[np.float64]) -> Z:
    return tuple(point.tolist())
