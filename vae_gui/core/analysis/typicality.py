"""Typicality: how an image ranks among test images of its class with as much ink.

The ranks are those of log p(x), of the reconstruction and of the coverage.
Likelihood alone misleads (Nalisnick et al. 2019, "Do Deep Generative Models Know What They Don't Know?"): it
measures ink first. Beside images with as much ink it says a little more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.coverage import CoverageLevel, calibrate
from vae_gui.core.analysis.exact_posterior import is_exact, likelihood_grid
from vae_gui.core.analysis.iwae import bound_of
from vae_gui.core.analysis.observation_model import (
    ObservationModel,
    negative_log,
    observation_model_of,
)
from vae_gui.core.analysis.shared_quadrature import log_evidences_of
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress, reporting
from vae_gui.core.vae.encodings import Encodings, FloatArray

if TYPE_CHECKING:
    from vae_gui.core.vae.snapshot import Snapshot

COMPARED = 200  # test images
VOTES = 15  # of the nearest encodings, for the class
BOUND_SAMPLES = 256  # of q(z|x), for each image


@dataclass(frozen=True, slots=True)
class Typicality:
    """log_evidence: log p(x), a lower bound where `exact` is False; log_density: log q(z) at μ; nats.

    reconstruction_error: −log p(x|z) at z = μ, in nats. The percentiles are of the test images that are
    compared: how many have a lower log p(x), and how many a lower error, in percent.
    class_name: of these images; "" without labels. ink: sum of the pixels, each from 0 to 1, and its least and
    largest among them.
    """

    step: int
    compared: int
    class_name: str
    ink: float
    ink_range: tuple[float, float]
    exact: bool
    log_evidence: float
    percentile: float
    reconstruction_error: float
    reconstruction_percentile: float
    log_density: float
    level: CoverageLevel

    @property
    def has_its_like(self) -> bool:
        """Say whether some test images have less ink than this image and others more."""
        return self.ink_range[0] <= self.ink <= self.ink_range[1]


def typicality(snapshot: Snapshot, image: NDArray[np.uint8], data: ImageData) -> Job[Typicality]:
    """Compare one image (side, side) with test images like it.

    Raises UserError for an autoencoder, and for a model without its encoder.
    """
    yield Progress(0, None, "Preparing the model")
    with import_lock():
        from vae_gui.core.inference.engine import Engine

    observation = observation_model_of(snapshot)
    engine = Engine(snapshot)
    mu = engine.encode(image[None])[0][0]
    encodings = yield from encode(snapshot, data.test, data.class_names)
    measuring = Progress(0, None, "Measuring the coverage")
    coverage = yield from reporting(calibrate(encodings), measuring)
    log_density = coverage.log_density(tuple(mu.tolist()))
    label = class_near(encodings, mu)
    others = data.test.images[of_equal_ink(data.test, image, label)]
    images = np.concatenate((image[None], others))
    evidence = yield from log_evidences(snapshot, images)
    errors = reconstruction_errors(observation, engine.encode(images)[0], images)
    inks = ink_of(others)
    return Typicality(
        step=snapshot.step,
        compared=len(others),
        class_name="" if label is None else data.class_names[label],
        ink=float(ink_of(image[None])[0]),
        ink_range=(float(inks.min()), float(inks.max())),
        exact=is_exact(snapshot.model),
        log_evidence=float(evidence[0]),
        percentile=percentile(evidence[1:], evidence[0]),
        reconstruction_error=float(errors[0]),
        reconstruction_percentile=percentile(errors[1:], errors[0]),
        log_density=log_density,
        level=coverage.level(log_density),
    )


def ink_of(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The sum of the pixels of each of (n, side, side), each from 0 to 1."""
    ink: NDArray[np.float64] = images.sum(axis=(1, 2), dtype=np.int64) / 255
    return ink


def class_near(encodings: Encodings, mu: NDArray[np.float32]) -> int | None:
    """Return the class of most of the VOTES encodings nearest to μ (latent_dim,); None without labels."""
    if encodings.labels is None:
        return None
    squared = np.square(encodings.mu - mu).sum(axis=1)
    nearest = np.argsort(squared, kind="stable")[:VOTES]
    return int(np.bincount(encodings.labels[nearest]).argmax())


def of_equal_ink(split: Split, image: NDArray[np.uint8], label: int | None) -> NDArray[np.int64]:
    """Return the indices of the COMPARED images of this class, or of any, whose ink is closest to the image's."""
    labels = split.labels
    chosen = np.arange(len(split)) if labels is None else np.flatnonzero(labels == label)
    apart = np.abs(ink_of(split.images[chosen]) - ink_of(image[None]))
    closest: NDArray[np.int64] = chosen[np.argsort(apart, kind="stable")[:COMPARED]]
    return closest


def percentile(values: NDArray[np.float64], value: float) -> float:
    """Percent of the values (n,) that are lower; equal ones count half."""
    return float(100 * (np.mean(values < value) + 0.5 * np.mean(values == value)))


def log_evidences(snapshot: Snapshot, images: NDArray[np.uint8]) -> Job[NDArray[np.float64]]:
    """log p(x) of each of (n, side, side), all in the same way: exact where it can be, else the IWAE bound."""
    if is_exact(snapshot.model):
        grid = yield from likelihood_grid(snapshot)
        return (yield from log_evidences_of(grid, images))
    with import_lock():
        from vae_gui.core.inference.engine import Engine

    observation = observation_model_of(snapshot)
    mu, logvar = Engine(snapshot).encode(images)
    assert logvar is not None
    found = np.empty(len(images))
    for index, image in enumerate(images):
        one, weighing = (
            slice(index, index + 1),
            Progress(index, len(images), "Weighing test images"),
        )
        bound = bound_of(observation, image, mu[one], logvar[one], BOUND_SAMPLES, index)
        found[index] = (yield from reporting(bound, weighing)).bound
    return found


def reconstruction_errors(
    observation: ObservationModel, mu: FloatArray, images: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """−log p(x|z) of each of (n, side, side) at its z = μ (n, latent_dim), (n,) nats."""
    import torch

    x = torch.tensor(images, dtype=torch.float32).div(255)[:, None]  # (n, 1, side, side)
    errors: NDArray[np.float64] = negative_log(observation, torch.tensor(mu), x).numpy()
    return errors.astype(np.float64)
