"""The observation model p(x|z) of a snapshot, by which the exact posterior and the IWAE bound weigh images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.vae.models import MODELS

if TYPE_CHECKING:
    from torch import Tensor

    from vae_gui.core.vae.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class ObservationModel:
    """p(x|z). logits: (n, latent_dim) float32 -> (n, 1, side, side), or (n, 1, 1, pixels) of some pixels alone.
    log_sigma: where it is learned."""

    logits: Callable[[Tensor], Tensor]
    likelihood: str
    log_sigma: Tensor | None = None


def observation_model_of(snapshot: Snapshot) -> ObservationModel:
    """p(x|z) by a model of its own; raises UserError for a plain autoencoder, which has none."""
    with import_lock():
        from vae_gui.core.vae.models.base import restore

    if MODELS[snapshot.model.architecture].deterministic:
        raise UserError("A plain autoencoder has no p(z|x): train a VAE to see one.")
    model = restore(snapshot)
    return ObservationModel(model.decode, snapshot.model.likelihood, model.pixel_log_sigma())


def negative_log(observation: ObservationModel, z: Tensor, x: Tensor) -> Tensor:
    """−log p(x|z) of z (n, latent_dim) and x (n or 1, 1, side, side); (n,) nats."""
    from vae_gui.core.vae.losses import reconstruction_loss

    logits = observation.logits(z).detach()
    return reconstruction_loss(
        observation.likelihood, logits, x.expand_as(logits), observation.log_sigma
    )


def of_pixels(observation: ObservationModel, known: NDArray[np.bool_]) -> ObservationModel:
    """p of the known pixels alone, row by row; known: (side, side). The pixels are independent given z."""
    with import_lock():
        import torch

    indices = torch.tensor(np.flatnonzero(known))

    def logits(z: Tensor) -> Tensor:
        return observation.logits(z).flatten(1)[:, None, None, indices]  # (n, 1, 1, pixels)

    return ObservationModel(logits, observation.likelihood, observation.log_sigma)
