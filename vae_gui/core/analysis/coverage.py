"""Coverage of the latent space by the aggregated posterior: log q(z) in nats, and a plain word for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.density import (
    PAIRS,
    SLICED,
    InParts,
    Mixture,
    log_density,
    log_density_in_parts,
    mixture,
)
from vae_gui.core.datasets.base import ImageData, stratified
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.inference.requests import BACKGROUND_COST, MAX_BATCH, Answering, Frozen
from vae_gui.core.support.progress import Job, Progress, reporting
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import Encodings

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine
    from vae_gui.core.vae.snapshot import Snapshot

SAMPLES = 1000  # of held-out images, from which the words are calibrated
TRAINING_IMAGES, HELD_OUT = 60_000, 1000
OFF_BELOW, EDGE_BELOW = 1.0, 10.0  # percentiles


class CoverageLevel(Enum):
    """The place of log q(z) among its values at samples of q(z|x) of held-out images."""

    OFF = "off the map"
    EDGE = "edge"
    INSIDE = "well inside"


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """off: log q(z) below which a point is off the map. inside: from which it is well inside. Nats.

    images: how many images it is of; above two dimensions the mixture holds fewer.
    """

    mixture: Mixture
    off: float
    inside: float
    images: int

    def log_density(self, z: Z) -> float:
        """log q(z) in nats."""
        return float(log_density(self.mixture, np.array([z]))[0])

    def level(self, value: float) -> CoverageLevel:
        """The word for a log q(z)."""
        if value < self.off:
            return CoverageLevel.OFF
        return CoverageLevel.EDGE if value < self.inside else CoverageLevel.INSIDE


def calibrate(
    encodings: Encodings, held_out: Encodings | None = None, seed: int = 0
) -> InParts[Coverage]:
    """The coverage by `encodings`, with words for it from images that it does not hold; in parts of milliseconds.

    Without `held_out` each sample is compared with the encodings of all other images.
    """
    q = mixture(encodings)
    source = q if held_out is None else mixture(held_out)
    every = np.linspace(0, len(source) - 1, min(SAMPLES, len(source))).astype(np.int64)
    z = source.mu[every]
    if not source.kernel:
        noise = np.random.default_rng(seed).standard_normal(z.shape, np.float32)
        z = z + source.sigma[every] * noise
    own = every if held_out is None and len(q) > 1 else None
    values = yield from log_density_in_parts(q, z, own)
    off, inside = np.percentile(values, (OFF_BELOW, EDGE_BELOW))
    return Coverage(q, float(off), float(inside), len(encodings))


def coverage_of_training_images(snapshot: Snapshot, data: ImageData) -> Job[Coverage]:
    """Measure coverage by the training images, and choose the words for it by held-out ones.

    Above two dimensions it takes fewer training images.
    """
    most = TRAINING_IMAGES if snapshot.model.latent_dim <= 2 else SLICED
    train, test = stratified(data.train, most), stratified(data.test, HELD_OUT)
    encodings = yield from encode(snapshot, train, data.class_names)
    held_out = yield from encode(snapshot, test, data.class_names)
    measuring = Progress(len(train), len(train), "Measuring the coverage")
    return (yield from reporting(calibrate(encodings, held_out), measuring))


@dataclass(frozen=True, slots=True)
class LogDensityAt:
    """z: (n, latent_dim) -> log q(z) in nats, (n,) float32."""

    coverage: Coverage
    z: Frozen

    @property
    def cost(self) -> int:
        return max(1, MAX_BATCH * len(self.z) * len(self.coverage.mixture) // PAIRS)

    def answer(self, engine: Engine) -> Answering[NDArray[np.float32]]:  # noqa: ARG002
        return (yield from log_density_in_parts(self.coverage.mixture, self.z.array))


@dataclass(frozen=True, slots=True)
class Calibrate:
    """The coverage by these encodings and its words; compared by identity of the encodings."""

    encodings: Encodings
    cost: int = BACKGROUND_COST

    def answer(self, engine: Engine) -> Answering[Coverage]:  # noqa: ARG002  # needs no model
        return (yield from calibrate(self.encodings))
