"""Alignment of one latent space with another: orthogonal Procrustes (Schönemann 1966).

Only rotations and reflections, because only they leave the prior N(0, I) unchanged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.imports import import_lock

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """matrix: (latent_dim, latent_dim) float64, orthogonal. What is shown is z @ matrix."""

    matrix: Points

    @classmethod
    def none(cls, latent_dim: int) -> "Alignment":
        """Everything is shown where it is."""
        return cls(np.eye(latent_dim))

    def to_display(self, z: NDArray[np.floating]) -> Points:
        """Latent points (..., latent_dim) -> where they are shown."""
        shown: Points = np.asarray(z, np.float64) @ self.matrix
        return shown

    def to_latent(self, shown: NDArray[np.floating]) -> Points:
        """The inverse: shown points (..., latent_dim) -> what is decoded."""
        z: Points = np.asarray(shown, np.float64) @ self.matrix.T
        return z

    def shown_covariance(self, logvar: NDArray[np.floating]) -> Points:
        """Return the covariance of q(z|x) as shown: log σ² (..., latent_dim) -> full (..., latent_dim, latent_dim)."""
        variance = np.exp(np.asarray(logvar, np.float64))
        covariance: Points = self.matrix.T @ (variance[..., :, None] * self.matrix)
        return covariance


def align(mu: NDArray[np.floating], reference: NDArray[np.floating]) -> Alignment:
    """The rotation or reflection that brings `mu` closest to `reference`.

    Both (n, latent_dim): μ of the same images in two entries.
    """
    assert mu.shape == reference.shape and len(mu) > 0
    with import_lock():
        from scipy.linalg import orthogonal_procrustes

    matrix, _ = orthogonal_procrustes(np.asarray(mu, np.float64), np.asarray(reference, np.float64))
    return Alignment(np.asarray(matrix, np.float64))
