"""Samples of the latent space: of the prior, of a posterior, and of the classes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.requests import MAX_BATCH, Answering, Frozen
from vae_gui.core.vae.encodings import Encodings, FloatArray, class_statistics

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

LOWEST, HIGHEST = 0.05, 0.95  # percentiles of the class samples


class ClassSigma(Enum):
    """The σ of a class: that of a single encoding (0.03–0.09 in two dimensions), or that of them all (0.3–1.2).

    The first is the tutorial's; its samples look alike.
    """

    MEAN_POSTERIOR = "mean posterior σ"
    TOTAL = "√(mean σ² + Var μ)"


def standard_quantiles(count: int, low: float, high: float) -> NDArray[np.float64]:
    """Return the quantiles of N(0, 1) at `count` even percentiles from low to high, both included; (count,).

    One percentile is the middle of the two. The standard library's inverse CDF is exact to 1e-15
    and, unlike scipy's, there at once.
    """
    percentiles = np.linspace(low, high, count) if count > 1 else np.array([(low + high) / 2])
    inverse = NormalDist().inv_cdf
    return np.array([inverse(percentile) for percentile in percentiles.tolist()])


def prior(count: int, latent_dim: int, seed: int) -> FloatArray:
    """z ~ N(0, I), (count, latent_dim); the first ones stay when `count` grows."""
    random = np.random.default_rng(seed)
    return random.standard_normal((count, latent_dim), np.float32)


def posterior(mu: FloatArray, logvar: FloatArray, count: int, seed: int) -> FloatArray:
    """mu, logvar: (n, latent_dim) -> z ~ q(z|x), (count, n, latent_dim)."""
    noise = np.random.default_rng(seed).standard_normal((count, *mu.shape), np.float32)
    return np.asarray(mu + np.exp(0.5 * logvar) * noise, np.float32)


def around_encodings(mu: FloatArray, count: int, seed: int) -> FloatArray:
    """Draw z ~ N(mean μ, Var μ) by dimension, (count, latent_dim), for a point encoder, which has no prior."""
    noise = np.random.default_rng(seed).standard_normal((count, mu.shape[1]), np.float32)
    return np.asarray(mu.mean(axis=0) + mu.std(axis=0) * noise, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class ClassGaussians:
    """Normal(class μ, class σ) of each class by dimension: mean, sigma (classes, latent_dim).

    count: (classes,) int64, the encodings of each; a class without any has zeros.
    """

    names: tuple[str, ...]
    count: NDArray[np.int64]
    mean: FloatArray
    sigma: FloatArray

    @property
    def nonempty(self) -> tuple[int, ...]:
        """The classes that have encodings."""
        return tuple(np.flatnonzero(self.count).tolist())

    def percentiles(self, label: int, count: int) -> NDArray[np.float64]:
        """Put every dimension at the same percentile, by inverse CDF; (count, latent_dim)."""
        quantiles = standard_quantiles(count, LOWEST, HIGHEST)
        return np.asarray(self.mean[label] + quantiles[:, None] * self.sigma[label])

    def random(self, label: int, count: int, seed: int) -> NDArray[np.float64]:
        """Draws, (count, latent_dim); each class has a stream of its own."""
        noise = np.random.default_rng((seed, label)).standard_normal((count, self.mean.shape[1]))
        return np.asarray(self.mean[label] + self.sigma[label] * noise)


def class_gaussians(encodings: Encodings, kind: ClassSigma) -> ClassGaussians | None:
    """One Normal for each class; None without labels. A point encoder has Var μ alone."""
    statistics = class_statistics(encodings)
    if statistics is None or encodings.labels is None:
        return None
    sigma = statistics.mean_sigma
    if encodings.logvar is None:
        sigma = statistics.spread_mu
    elif kind is ClassSigma.TOTAL:
        sigma = np.zeros_like(statistics.mean_sigma)
        for label in np.flatnonzero(statistics.count):
            variance = np.exp(encodings.logvar[encodings.labels == label]).mean(axis=0)
            sigma[label] = np.sqrt(variance + statistics.spread_mu[label] ** 2)
    return ClassGaussians(statistics.class_names, statistics.count, statistics.mean_mu, sigma)


def pick(total: int, labels: NDArray[np.int16] | None, count: int) -> NDArray[np.int64]:
    """`count` of `total` indices, sorted by class where there are labels; always the same."""
    order = np.arange(total) if labels is None else np.argsort(labels, kind="stable")
    count = min(count, total)
    return order[np.linspace(0, total - 1, count).astype(np.int64)] if count else order[:0]


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorSamples:
    """Answer of `SamplePosterior`. mu: (n, latent_dim). z: (count, n, latent_dim), images: (count, n, side, side)."""

    mu: FloatArray
    z: FloatArray
    images: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SamplePosterior:
    """x: (n, side, side) uint8, n at most PART -> `count` samples of q(z|x) of each, decoded.

    None for a point encoder.
    """

    x: Frozen
    count: int
    seed: int

    @property
    def cost(self) -> int:
        return len(self.x) * self.count

    def answer(self, engine: Engine) -> Answering[PosteriorSamples | None]:
        assert len(self.x) <= MAX_BATCH
        mu, logvar = engine.encode(self.x.array)
        if logvar is None:
            return None
        z = posterior(mu, logvar, self.count, self.seed)
        flat = z.reshape(-1, z.shape[-1])
        images = np.empty((len(flat), engine.side, engine.side), np.uint8)
        for start in range(0, len(flat), MAX_BATCH):
            images[start : start + MAX_BATCH] = engine.decode(flat[start : start + MAX_BATCH])
            yield
        return PosteriorSamples(mu, z, images.reshape(*z.shape[:2], engine.side, engine.side))
