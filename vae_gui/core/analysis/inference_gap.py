"""The gap between ELBO and log p(x), and what it is made of (Cremer et al. 2018, "Inference Suboptimality in VAEs").

log p(x) − ELBO = KL(q(z|x) ‖ p(z|x)). With q* the best Gaussian for the image, the part up to the ELBO of q* is
there because the encoder gives another Gaussian, the rest because p(z|x) is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.exact_posterior import (
    ExactPosterior,
    is_exact,
    likelihood_grid,
)
from vae_gui.core.analysis.iwae import bound_of
from vae_gui.core.analysis.observation_model import ObservationModel, observation_model_of
from vae_gui.core.analysis.shared_quadrature import posteriors_of
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from vae_gui.core.vae.encodings import FloatArray
    from vae_gui.core.vae.snapshot import Snapshot

SAMPLES = 128  # of each Gaussian
_BOUND_SAMPLES = 512
_WINDOW = 2.0  # σ of the window around a mode, relative to that of what lies within
_ROUNDS = 16


@dataclass(frozen=True, slots=True)
class InferenceGap:
    """Means over the images, in nats. evidence: log p(x), a lower bound of it where `exact` is False.

    error: the standard error of evidence − elbo as a mean over all images. place, shape: its parts; None where
    log p(x) is not exact.
    """

    step: int
    images: int
    elbo: float
    evidence: float
    exact: bool
    error: float
    place: float | None = None
    shape: float | None = None


def inference_gap(snapshot: Snapshot, images: NDArray[np.uint8]) -> Job[InferenceGap]:
    """Measure the inference gap on images (n, side, side); raises UserError for an autoencoder.

    It is exact in two dimensions, and estimated by the IWAE bound in more.
    """
    yield Progress(0, len(images), "Preparing the model")
    observation = observation_model_of(snapshot)
    with import_lock():
        from vae_gui.core.inference.engine import Engine

    mu, logvar = Engine(snapshot).encode(images)
    assert logvar is not None
    exact, rows = is_exact(snapshot.model), []
    posteriors: Sequence[ExactPosterior | None] = [None] * len(images)
    if exact:
        posteriors = yield from posteriors_of((yield from likelihood_grid(snapshot)), images)
    for index, image in enumerate(images):
        yield Progress(index, len(images), "Weighing test images")
        one = slice(index, index + 1)
        posterior = posteriors[index]
        if posterior is None:
            samples = _BOUND_SAMPLES
            bound = yield from bound_of(observation, image, mu[one], logvar[one], samples, index)
            rows.append((bound.elbo, bound.elbo, bound.bound))
        else:
            given = mu[one], logvar[one]
            rows.append((yield from _exact_row(observation, posterior, image, *given, index)))
    elbo, best, evidence = np.mean(rows, axis=0).tolist()
    gaps = np.array(rows)[:, 2] - np.array(rows)[:, 0]
    error = float(gaps.std(ddof=1) / np.sqrt(len(gaps))) if len(gaps) > 1 else np.inf
    place, shape = (best - elbo, evidence - best) if exact else (None, None)
    return InferenceGap(snapshot.step, len(images), elbo, evidence, exact, error, place, shape)


def _exact_row(
    observation: ObservationModel,
    posterior: ExactPosterior,
    image: NDArray[np.uint8],
    mu: FloatArray,
    logvar: FloatArray,
    seed: int,
) -> Job[tuple[float, float, float]]:
    """ELBO of the encoder's Gaussian and of the best one, and log p(x)."""
    evidence = posterior.log_evidence
    given = yield from bound_of(observation, image, mu, logvar, SAMPLES, seed)
    fitted = gaussian_of_main_mode(posterior)
    found = yield from bound_of(observation, image, *fitted, SAMPLES, seed)
    elbo = min(given.elbo, evidence)  # an estimate may lie above what it bounds
    return elbo, min(max(elbo, found.elbo), evidence), evidence


def gaussian_of_main_mode(posterior: ExactPosterior) -> tuple[FloatArray, FloatArray]:
    """μ and log σ² (1, 2) of what lies around the highest place of p(z|x).

    The moments within a Gaussian window that moves to them, with its own width taken out: a precision is
    that of the product less that of the window.
    """
    density = posterior.probabilities / np.square(posterior.sizes)
    middle = posterior.centres[density.argmax()]
    least = np.square(posterior.sizes.min()) / 12
    variance = np.full(2, 4 * least)  # it grows until the peak is within
    for _ in range(_ROUNDS):
        window = _WINDOW**2 * variance
        weights = posterior.probabilities * np.exp(
            -0.5 * (np.square(posterior.centres - middle) / window).sum(1)
        )
        weights /= weights.sum()
        middle = weights @ posterior.centres
        product = np.maximum(weights @ np.square(posterior.centres - middle), least)
        variance = 1 / np.maximum(1 / product - 1 / window, 1 / (4 * product))
    return middle[None].astype(np.float32), np.log(variance)[None].astype(np.float32)
