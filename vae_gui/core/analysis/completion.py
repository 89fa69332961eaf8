"""Completion: what an image may be where it is unknown, by the modes of p(z | its known pixels).

The pixels are independent given z, so that p(known pixels | z) is p(x|z) with fewer factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.exact_posterior import exact_posterior, grid_of
from vae_gui.core.analysis.modes import VALLEY, modes_of
from vae_gui.core.analysis.observation_model import (
    ObservationModel,
    negative_log,
    observation_model_of,
    of_pixels,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.lbfgs import Floats, Minima, Objective, minimise
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.encodings import FloatArray
from vae_gui.core.vae.likelihoods import LIKELIHOODS

if TYPE_CHECKING:
    from torch import Tensor

    from vae_gui.core.vae.snapshot import Snapshot

NOT_FINITE = "This model's images are not finite numbers: choose weights of an earlier step."
MAX_MODES = 6
_MIN_SHARE = 5e-4  # of the probability
_MIN_LOG_RATIO = 10.0  # nats below the best
_DRAWN, _STARTS = 512, 24  # from the prior, and those among them from which a mode is looked for
_ROUNDS, _POLISH = 80, 30  # of L-BFGS
_BETWEEN = 9  # places on the way from one end to another, both included


@dataclass(frozen=True, slots=True, eq=False)
class Completions:
    """The modes of p(z | known pixels), the likeliest first; at most MAX_MODES, at least one.

    z: (k, latent_dim) float32. images: (k, side, side) uint8, the mean of p(x|z), of the known pixels too.
    log_joint: (k,) log p(known pixels | z) + log p(z) in nats. share: (k,) of the probability that lies about
    the mode, in sum at most 1; None where that is not known, and the order is by log_joint.
    """

    z: FloatArray
    images: NDArray[np.uint8]
    log_joint: Floats
    share: Floats | None


def completions(
    snapshot: Snapshot, image: NDArray[np.uint8], unknown: NDArray[np.bool_], seed: int = 0
) -> Job[Completions]:
    """image, unknown: (side, side). seed: of the restarts.

    Raises UserError for a plain autoencoder, and for weights whose images are not finite.
    """
    yield Progress(0, None, "Preparing the decoder")
    observation = observation_model_of(snapshot)
    return (yield from completed(observation, snapshot.model.latent_dim, image, unknown, seed))


def completed(
    observation: ObservationModel,
    latent_dim: int,
    image: NDArray[np.uint8],
    unknown: NDArray[np.bool_],
    seed: int = 0,
) -> Job[Completions]:
    """The same with any p(x|z): by quadrature in two dimensions if −log p(x|z) is affine in x, else by restarts."""
    with import_lock():
        import torch

    known, pixels = of_pixels(observation, ~unknown), image[~unknown][None]
    x = torch.tensor(pixels, dtype=torch.float32).div(255)[None, None]  # (1, 1, 1, pixels)
    objective = _negative_log_joint(known, x)
    if not np.isfinite(objective(np.zeros((1, latent_dim)))[0]).all():
        raise UserError(NOT_FINITE)
    if latent_dim == 2 and LIKELIHOODS[observation.likelihood].affine:
        z, share = yield from _by_quadrature(known, pixels, objective)
    else:
        z, share = (yield from _by_restarts(known, x, objective, latent_dim, seed)), None
    yield Progress(0, None, "Decoding the completions")
    images = _mean_images(observation, z)
    return Completions(z.astype(np.float32), images, -objective(z)[0], share)


def _by_quadrature(
    known: ObservationModel, pixels: NDArray[np.uint8], objective: Objective
) -> Job[tuple[Floats, Floats]]:
    """z (k, 2) and their shares (k,): from the middle of the highest cell of each mode up to its top."""
    grid = yield from grid_of(known, pixels.size)
    posterior = yield from exact_posterior(grid, pixels)
    yield Progress(0, None, "Looking for modes")
    modes = modes_of(posterior, MAX_MODES, _MIN_SHARE)
    z = (yield from _descended(objective, modes.z, _POLISH)).points
    kept, owner = _distinct(objective, z)
    shares: Floats = np.bincount(owner, modes.shares).astype(np.float64)
    order = np.argsort(-shares, kind="stable")
    return z[kept][order], shares[order]


def _by_restarts(
    known: ObservationModel, x: Tensor, objective: Objective, latent_dim: int, seed: int
) -> Job[Floats]:
    """z (k, latent_dim). Half of the starts are the likeliest of many samples of the prior, half are among the rest."""
    import torch

    drawn = np.random.default_rng(seed).standard_normal((_DRAWN, latent_dim))
    drawn[0] = 0
    yield Progress(0, None, "Weighing samples of the prior")
    with torch.no_grad():
        negative = negative_log(known, torch.tensor(drawn, dtype=torch.float32), x).numpy()
    ranked = np.argsort(negative + 0.5 * np.square(drawn).sum(axis=1))
    best, rest = ranked[: _STARTS // 2], ranked[_STARTS // 2 :]
    starts = np.concatenate((best, rest[:: 2 * len(rest) // _STARTS]))
    ends = yield from _descended(objective, drawn[starts], _ROUNDS)
    order = np.argsort(ends.values, kind="stable")
    z, values = ends.points[order], ends.values[order]
    kept, _ = _distinct(objective, z)
    near = values[kept] <= values[0] + _MIN_LOG_RATIO
    found: Floats = z[kept[near]][:MAX_MODES]
    return found


def _descended(objective: Objective, start: Floats, rounds: int) -> Job[Minima]:
    """L-BFGS from each start (n, latent_dim)."""
    descent = minimise(objective, start, rounds)
    while True:
        try:
            done = next(descent)
        except StopIteration as stop:
            found: Minima = stop.value
            return found
        yield Progress(done, len(start), "Looking for modes")


def _distinct(objective: Objective, z: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rows that no straight way without a valley leads to from an earlier one, (k,), and for each row which of
    these it is or is led to from, (n,).
    """
    kept: list[int] = []
    owner = np.empty(len(z), np.intp)
    for index in range(len(z)):
        valleys = _valleys(objective, z[index], z[kept])
        if valleys.min(initial=np.inf) < VALLEY:
            owner[index] = valleys.argmin()
        else:
            owner[index] = len(kept)
            kept.append(index)
    return np.array(kept), owner


def _valleys(objective: Objective, z: Floats, others: Floats) -> Floats:
    """Return the dips of log p, in nats, between z (latent_dim,) and each of the others (k, latent_dim).

    A dip, one of (k,), is measured from the lower of the two ends.
    """
    shares = np.linspace(0, 1, _BETWEEN)[:, None, None]
    ways = z + shares * (others - z)  # (_BETWEEN, k, latent_dim)
    negative = objective(ways.reshape(-1, len(z)))[0].reshape(ways.shape[:2])
    valleys: Floats = negative.max(axis=0) - np.maximum(negative[0], negative[-1])
    return valleys


def _negative_log_joint(known: ObservationModel, x: Tensor) -> Objective:
    """−log p(known pixels | z) − log p(z) of z (n, latent_dim), and its gradient."""
    with import_lock():
        import torch

        from vae_gui.core.vae.losses import reconstruction_loss

    def evaluate(z: Floats) -> tuple[Floats, Floats]:
        with torch.enable_grad():
            at = torch.tensor(z, dtype=torch.float32, requires_grad=True)
            logits = known.logits(at)
            loss = reconstruction_loss(
                known.likelihood, logits, x.expand_as(logits), known.log_sigma
            )
            (slope,) = torch.autograd.grad(loss.sum(), at)
        prior = 0.5 * np.square(z).sum(axis=1) + 0.5 * z.shape[1] * np.log(2 * np.pi)
        return loss.detach().numpy() + prior, slope.numpy() + z

    return evaluate


def _mean_images(observation: ObservationModel, z: Floats) -> NDArray[np.uint8]:
    """E[x|z] of z (k, latent_dim), (k, side, side)."""
    import torch

    from vae_gui.core.vae.losses import mean_image

    with torch.no_grad():
        logits = observation.logits(torch.tensor(z, dtype=torch.float32))
        means = mean_image(observation.likelihood, logits).squeeze(1)
        images: NDArray[np.uint8] = means.mul(255).round().to(torch.uint8).numpy()
    return images
