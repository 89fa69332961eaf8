"""The IWAE bound: an importance-weighted lower bound of log p(x) in any number of dimensions (Burda et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.observation_model import (
    ObservationModel,
    negative_log,
    observation_model_of,
)
from vae_gui.core.latent import sampling
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from vae_gui.core.vae.encodings import FloatArray
    from vae_gui.core.vae.snapshot import Snapshot

_PART = 256


@dataclass(frozen=True, slots=True)
class IWAEBound:
    """elbo <= bound <= log p(x), each in expectation; nats. samples: of q(z|x), by which both are estimated.

    elbo_error: the standard error of elbo.
    """

    elbo: float
    elbo_error: float
    bound: float
    samples: int


def iwae_bound(
    snapshot: Snapshot, image: NDArray[np.uint8], samples: int = 1024, seed: int = 0
) -> Job[IWAEBound]:
    """log of the mean of p(x|z) p(z) / q(z|x) over samples z ~ q(z|x) of one image (side, side).

    Raises UserError for a plain autoencoder.
    """
    yield Progress(0, samples, "Preparing the model")
    observation = observation_model_of(snapshot)
    with import_lock():
        from vae_gui.core.inference.engine import Engine

    mu, logvar = Engine(snapshot).encode(image[None])
    assert logvar is not None
    return (yield from bound_of(observation, image, mu, logvar, samples, seed))


def bound_of(
    observation: ObservationModel,
    image: NDArray[np.uint8],
    mu: FloatArray,
    logvar: FloatArray,
    samples: int,
    seed: int,
) -> Job[IWAEBound]:
    """The same with any p(x|z) and q(z|x) = N(mu, exp(logvar)), both (1, latent_dim)."""
    with import_lock():
        import torch

    x = torch.tensor(image, dtype=torch.float32).div(255)[None, None]  # (1, 1, side, side)
    z = sampling.posterior(mu, logvar, samples, seed)[:, 0]  # (samples, latent_dim)
    # log p(z) - log q(z|x); the constants of the two normal densities cancel.
    standard = (z - mu) * np.exp(-0.5 * logvar)
    log_weights = 0.5 * (standard**2 - z**2 + logvar).sum(axis=1, dtype=np.float64)
    for start in range(0, samples, _PART):
        yield Progress(start, samples, "Decoding samples")
        part = slice(start, start + _PART)
        with torch.no_grad():
            log_weights[part] -= negative_log(observation, torch.tensor(z[part]), x).numpy()
    highest = log_weights.max()
    bound = highest + np.log(np.exp(log_weights - highest).mean())
    error = float(log_weights.std(ddof=1)) / np.sqrt(samples) if samples > 1 else np.inf
    return IWAEBound(float(log_weights.mean()), float(error), float(bound), samples)
