"""Evaluation of a model on the test split: the ELBO, and the tighter IWAE bound.

Importance Weighted Autoencoders (Burda, Grosse & Salakhutdinov 2016): with K samples of q(z|x),
log p(x) ≥ E[log 1/K Σ p(x|z)·p(z) / q(z|x)] ≥ ELBO.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.fits import check_fits
from vae_gui.core.vae.losses import kl_to_prior, reconstruction_loss
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import VAE, reparameterise, restore
from vae_gui.core.vae.random_streams import IMPORTANCE_NOISE, TEST_NOISE, generator_seed
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import EVALUATION_BATCH

MAX_IWAE_SAMPLES = 10_000
_DECODED_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class TestResult:
    """Means over the test split in nats per image.

    reconstruction: −log p(x|z), of a point encoder the squared error, which is no likelihood.
    importance_weighted: the bound with `samples` samples of q(z|x) per image; None for a point
        encoder, or where no samples were asked for.
    """

    __test__ = False

    images: int
    reconstruction: float
    kl: float
    deterministic: bool
    samples: int
    importance_weighted: float | None

    @property
    def elbo(self) -> float | None:
        """Return the ELBO, which is at β = 1; None for a point encoder, which has no likelihood."""
        return None if self.deterministic else -(self.reconstruction + self.kl)


def evaluate(
    config: RunConfig, snapshot: Snapshot, data: ImageData, samples: int
) -> Job[TestResult]:
    """Measure exactly these weights on the CPU, with one sample of the run's seed per image for the ELBO.

    samples: K of the importance-weighted bound; 0 leaves it out.
    """
    check_fits(config, data)
    if not 0 <= samples <= MAX_IWAE_SAMPLES:
        raise UserError(f"Samples must lie between 0 and {MAX_IWAE_SAMPLES:,}, not {samples:,}.")
    model = restore(snapshot)
    deterministic = MODELS[snapshot.model.architecture].deterministic
    samples = 0 if deterministic else samples
    images = torch.tensor(data.test.images).unsqueeze(1)
    total = torch.zeros(3, dtype=torch.float64)
    for start in range(0, len(images), EVALUATION_BATCH):
        x = images[start : start + EVALUATION_BATCH].float().mul_(1 / 255)
        total[:2] += _elbo_terms(model, snapshot.model, x, _noise_seed(config, TEST_NOISE, start))
        if samples:
            bound_seed = _noise_seed(config, IMPORTANCE_NOISE, start)
            bound = _importance_weighted(model, snapshot.model, x, samples, bound_seed)
            total[2] += yield from bound
        yield Progress(min(start + EVALUATION_BATCH, len(images)), len(images), "Evaluating")
    reconstruction, kl, weighted = (total / len(images)).tolist()
    return TestResult(
        len(images), reconstruction, kl, deterministic, samples, weighted if samples else None
    )


def _noise_seed(config: RunConfig, stream: int, number: int) -> int:
    """The seeds of Trainer, so that the ELBO is that of the run's own last test."""
    return generator_seed(config.random_streams, config.train.seed, stream, number)


@torch.no_grad()
def elbo_of_images(snapshot: Snapshot, images: NDArray[np.uint8], seed: int) -> NDArray[np.float32]:
    """The ELBO of each image (n, side, side) at β = 1, with one sample of z each; (n,) nats.

    Raises UserError for a point encoder.
    """
    if MODELS[snapshot.model.architecture].deterministic:
        raise UserError("A plain autoencoder has no ELBO: train a VAE to see one.")
    model, found = restore(snapshot), np.empty(len(images), np.float32)
    generator = torch.Generator().manual_seed(seed)
    for start in range(0, len(images), EVALUATION_BATCH):
        part = slice(start, start + EVALUATION_BATCH)
        x = torch.tensor(images[part]).unsqueeze(1).float().mul_(1 / 255)
        mu, logvar = model.encode(x)
        z = reparameterise(mu, logvar, torch.randn(mu.shape, generator=generator))
        log_sigma, likelihood = model.pixel_log_sigma(), snapshot.model.likelihood
        losses = reconstruction_loss(likelihood, model.decode(z), x, log_sigma)
        found[part] = -(losses + kl_to_prior(mu, logvar).sum(1)).numpy()
    return found


@torch.no_grad()
def _elbo_terms(model: VAE, config: ModelConfig, x: Tensor, seed: int) -> Tensor:
    """Sums over a batch of reconstruction and KL with one sample per image; (2,) float64."""
    mu, logvar = model.encode(x)
    noise = torch.randn(mu.shape, generator=torch.Generator().manual_seed(seed))
    logits = model.decode(reparameterise(mu, logvar, noise))
    losses = reconstruction_loss(config.likelihood, logits, x, model.pixel_log_sigma())
    return torch.stack((losses.double().sum(), kl_to_prior(mu, logvar).double().sum()))


def _importance_weighted(
    model: VAE, config: ModelConfig, x: Tensor, samples: int, seed: int
) -> Job[float]:
    """Sum over a batch of the bound; a run with more samples begins with those of one with fewer."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        mu, logvar = model.encode(x)
    assert logvar is not None
    at_once = max(1, _DECODED_AT_ONCE // len(x))
    log_sum = torch.full((len(x),), -math.inf, dtype=torch.float64)
    for done in range(0, samples, at_once):
        count = min(at_once, samples - done)
        noise = torch.randn((count, *mu.shape), generator=generator)  # (S, B, latent)
        weights = _log_weights(model, config, x, mu, logvar, noise)  # (S, B)
        log_sum = torch.logaddexp(log_sum, torch.logsumexp(weights, 0))
        if samples > at_once:
            yield Progress(done + count, samples, "Sampling")
    return float((log_sum - math.log(samples)).sum())


@torch.no_grad()
def _log_weights(
    model: VAE, config: ModelConfig, x: Tensor, mu: Tensor, logvar: Tensor, noise: Tensor
) -> Tensor:
    """log p(x|z) + log p(z) − log q(z|x) for z = μ + σ·noise; noise (S, B, latent) -> (S, B) float64."""
    z = reparameterise(mu, logvar, noise)  # (S, B, latent)
    logits = model.decode(z.flatten(0, 1))  # (S·B, 1, side, side)
    repeated = x.expand(len(noise), *x.shape).flatten(0, 1)
    losses = reconstruction_loss(config.likelihood, logits, repeated, model.pixel_log_sigma())
    # The constants ½·log 2π of prior and posterior cancel.
    log_ratio = 0.5 * (noise.square() + logvar - z.square()).double().sum(2)  # (S, B)
    return log_ratio - losses.double().view(len(noise), len(x))
