"""Log evidence (log marginal likelihood) log p(x) of an image: exact in two dimensions, else the IWAE bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.exact_posterior import (
    ExactPosterior,
    LikelihoodGrid,
    exact_posterior,
    likelihood_grid,
)
from vae_gui.core.analysis.iwae import iwae_bound
from vae_gui.core.support.progress import Job
from vae_gui.core.vae.snapshot import Snapshot

ELBO_SAMPLES = 512


@dataclass(frozen=True, slots=True, eq=False)
class LogEvidence:
    """log_evidence: log p(x), or a lower bound of it where `exact` is None. elbo: below it. Nats.

    elbo_error: the standard error of elbo. samples: of q(z|x), for elbo and bound. grid: of this snapshot,
    for the next image.
    """

    log_evidence: float
    elbo: float
    elbo_error: float
    samples: int
    snapshot: Snapshot
    exact: ExactPosterior | None = None
    grid: LikelihoodGrid | None = None

    @property
    def gap(self) -> float:
        """KL(q(z|x) ‖ p(z|x)), or a lower bound of it: elbo + gap = log_evidence."""
        return self.log_evidence - self.elbo


def exact_log_evidence(
    snapshot: Snapshot, image: NDArray[np.uint8], grid: LikelihoodGrid | None
) -> Job[LogEvidence]:
    """image: (side, side). grid: of the same snapshot, if it is known. Raises UserError but for two dimensions."""
    if grid is None:
        grid = yield from likelihood_grid(snapshot)
    exact = yield from exact_posterior(grid, image)
    bound = yield from iwae_bound(snapshot, image, ELBO_SAMPLES)
    return LogEvidence(
        exact.log_evidence, bound.elbo, bound.elbo_error, ELBO_SAMPLES, snapshot, exact, grid
    )


def bounded_log_evidence(
    snapshot: Snapshot, image: NDArray[np.uint8], samples: int
) -> Job[LogEvidence]:
    """The same from below, for any number of dimensions."""
    bound = yield from iwae_bound(snapshot, image, samples)
    return LogEvidence(bound.bound, bound.elbo, bound.elbo_error, samples, snapshot)
