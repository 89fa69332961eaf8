"""Encodings of many images, μ and log σ² with labels; class statistics and KL per dimension."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
# What is kept and drawn lies within these: a coordinate of z or μ, and log σ², whose exp is a float32.
FARTHEST, MAX_LOGVAR = 1e6, 80.0


@dataclass(frozen=True, slots=True, eq=False)
class Encodings:
    """q(z|x) of n images.

    mu: (n, latent_dim) float32. logvar: the same, log σ²; None for a point encoder.
    labels: (n,) int16, or None without labels. class_names: one for each label.
    """

    mu: FloatArray
    logvar: FloatArray | None
    labels: NDArray[np.int16] | None
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.mu)

    @property
    def latent_dim(self) -> int:
        return int(self.mu.shape[1])

    @property
    def sigma(self) -> FloatArray | None:
        """(n, latent_dim); None for a point encoder."""
        return None if self.logvar is None else np.exp(0.5 * self.logvar)

    def class_name(self, index: int) -> str:
        """Return the class name of one image; empty without labels."""
        return "" if self.labels is None else self.class_names[int(self.labels[index])]


@dataclass(frozen=True, slots=True, eq=False)
class ClassStatistics:
    """Per class: count (c,) int64; mean_mu, mean_sigma and spread_mu (standard deviation of μ) (c, latent_dim)."""

    class_names: tuple[str, ...]
    count: NDArray[np.int64]
    mean_mu: FloatArray
    mean_sigma: FloatArray
    spread_mu: FloatArray


def kl_per_dimension(encodings: Encodings) -> FloatArray | None:
    """KL(q(z_d|x) ‖ N(0, 1)) averaged over the images, (latent_dim,) nats; None for a point encoder."""
    if encodings.logvar is None:
        return None
    mu, logvar = encodings.mu, encodings.logvar
    kl = 0.5 * np.mean(mu**2 + np.exp(logvar) - logvar - 1, axis=0, dtype=np.float64)
    return np.asarray(kl, np.float32)


def class_statistics(encodings: Encodings) -> ClassStatistics | None:
    """Mean and spread of each class; None without labels. A class without images has zeros."""
    if encodings.labels is None:
        return None
    classes, dims = len(encodings.class_names), encodings.latent_dim
    count = np.bincount(encodings.labels, minlength=classes)
    sigma = np.zeros_like(encodings.mu) if encodings.sigma is None else encodings.sigma
    mean_mu, mean_sigma, spread = (np.zeros((classes, dims), np.float32) for _ in range(3))
    for label in np.flatnonzero(count):
        members = encodings.labels == label
        mean_mu[label] = encodings.mu[members].mean(axis=0)
        mean_sigma[label] = sigma[members].mean(axis=0)
        spread[label] = encodings.mu[members].std(axis=0)
    return ClassStatistics(encodings.class_names, count, mean_mu, mean_sigma, spread)


Range = tuple[float, float]
OUTLIERS = 0.005  # of the encodings at each end of a dimension
MIN_REACH = 1.0  # of a range of codes, so that it has two ends
UNKNOWN_CODES = (-3.0, 3.0)


def mu_range(encodings: Encodings, dimension: int) -> Range:
    """The 0.5–99.5 % range of μ in a dimension."""
    low, high = np.quantile(encodings.mu[:, dimension], (OUTLIERS, 1 - OUTLIERS))
    return float(low), float(high)


def code_range(encodings: Encodings | None, dimension: int) -> Range:
    """Return the range of an autoencoder's codes, which no prior gives: 0.5–99.5 %, at least MIN_REACH wide."""
    if encodings is None or not len(encodings):
        return UNKNOWN_CODES
    low, high = mu_range(encodings, dimension)
    missing = max(0.0, MIN_REACH - (high - low))
    return low - missing / 2, high + missing / 2


MIN_VARIANCE, MIN_KL = 0.01, 0.01  # of an active dimension: Var μ, and nats


def importance(encodings: Encodings) -> NDArray[np.float32]:
    """KL of each dimension in nats, or Var μ for a point encoder; (latent_dim,)."""
    kl = kl_per_dimension(encodings)
    return encodings.mu.var(axis=0) if kl is None else kl


def inactive(encodings: Encodings) -> NDArray[np.bool_]:
    """Dimensions that carry nothing: Var μ and KL both next to zero; (latent_dim,)."""
    still: NDArray[np.bool_] = encodings.mu.var(axis=0) < MIN_VARIANCE
    kl = kl_per_dimension(encodings)
    return still if kl is None else still & (kl < MIN_KL)
