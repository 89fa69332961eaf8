"""The posterior of one image: q(z|x), its reconstruction, samples, and the ELBO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.requests import Answering, Frozen
from vae_gui.core.latent.sampling import posterior
from vae_gui.core.vae.encodings import FloatArray

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

SAMPLES = 40  # by which the ELBO is estimated; with the images below, one short question
SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """kl: KL(q(z|x) ‖ p(z)). elbo: log p(x) is at least this; elbo_error: its standard error. All in nats."""

    kl: float
    elbo: float
    elbo_error: float


@dataclass(frozen=True, slots=True, eq=False)
class ImagePosterior:
    """mu: (latent_dim,). reconstruction: (side, side), decode(μ).

    sigma: (latent_dim,), z: (n, latent_dim) of q(z|x), images: (n, side, side) and bound: of a VAE;
    None, empty and None for a point encoder.
    """

    mu: FloatArray
    reconstruction: NDArray[np.uint8]
    sigma: FloatArray | None
    z: FloatArray
    images: NDArray[np.uint8]
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class InferPosterior:
    """x: (1, side, side) uint8."""

    x: Frozen
    seed: int = 0

    @property
    def cost(self) -> int:
        return 2 + SAMPLES + SHOWN

    def answer(self, engine: Engine) -> Answering[ImagePosterior]:
        yield from ()
        mu, logvar = engine.encode(np.asarray(self.x.array, np.uint8))
        reconstruction = engine.decode(mu)[0]
        if logvar is None:
            none = np.zeros((0, engine.side, engine.side), np.uint8)
            return ImagePosterior(mu[0], reconstruction, None, mu[:0], none, None)
        z = posterior(mu, logvar, SAMPLES, self.seed)[:, 0]
        kl = 0.5 * float(np.sum(mu**2 + np.exp(logvar) - logvar - 1, dtype=np.float64))
        negative = engine.negative_log(z, np.asarray(self.x.array[0], np.uint8))
        bound = Bound(
            kl, -float(negative.mean()) - kl, float(negative.std(ddof=1)) / np.sqrt(SAMPLES)
        )
        sigma = np.exp(0.5 * logvar[0])
        return ImagePosterior(
            mu[0], reconstruction, sigma, z[:SHOWN], engine.decode(z[:SHOWN]), bound
        )
