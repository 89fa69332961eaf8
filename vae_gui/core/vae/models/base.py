"""The variational autoencoder (Kingma & Welling 2014): two networks and a Gaussian between them."""

import threading
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.snapshot import ENCODER, Snapshot, dense

MIN_LOG_SIGMA = -6.0


class VAE(nn.Module):
    """q(z|x) = N(μ, σ²) from `encoder`, the logits of p(x|z) from `decoder`.

    encoder: (B, 1, side, side) in [0, 1] -> (B, 2·latent_dim), μ then log σ²; of a plain autoencoder
        (`MODELS[...].deterministic`) -> (B, latent_dim), the code itself.
    decoder: (B, latent_dim) -> (B, 1, side, side) logits.
    log_sigma: of the pixels, one learned scalar, where the likelihood has that parameter
        (Rybkin et al. 2021); else None.
    """

    log_sigma: Tensor | None

    def __init__(self, config: ModelConfig, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.config = config
        self.encoder = encoder
        self.decoder = decoder
        learned = "log_sigma" in LIKELIHOODS[config.likelihood].parameters
        self.log_sigma = nn.Parameter(torch.zeros(())) if learned else None

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """x: (B, 1, side, side) in [0, 1] -> mu, logvar: (B, latent_dim); logvar None for a point encoder."""
        parameters: Tensor = self.encoder(x)
        if MODELS[self.config.architecture].deterministic:
            return parameters, None
        mu, logvar = parameters.chunk(2, dim=1)
        return mu, logvar

    def decode(self, z: Tensor) -> Tensor:
        """z: (B, latent_dim) -> logits (B, 1, side, side)."""
        logits: Tensor = self.decoder(z)
        return logits

    def parameter_count(self) -> int:
        """Count the numbers that are learned."""
        return sum(weight.numel() for weight in self.parameters() if weight.requires_grad)

    def pixel_log_sigma(self) -> Tensor | None:
        """The learned log σ of a pixel, at least MIN_LOG_SIGMA; None for other likelihoods."""
        return None if self.log_sigma is None else self.log_sigma.clamp(min=MIN_LOG_SIGMA)


def reparameterise(mu: Tensor, logvar: Tensor | None, noise: Tensor) -> Tensor:
    """A sample of N(μ, σ²) through which gradients flow: z = μ + σ·ε, ε ~ N(0, I); (B, latent_dim)."""
    if logvar is None:
        return mu
    return mu + torch.exp(0.5 * logvar) * noise


_GLOBAL_GENERATOR = threading.Lock()  # torch initialises layers with it, in whichever thread


def build(config: ModelConfig, seed: int = 0) -> VAE:
    """A model with fresh weights; torch's global generator is left as it was."""
    # torch.manual_seed would seed a card's generator too; and whoever set a default device means another model.
    with _GLOBAL_GENERATOR, torch.random.fork_rng(devices=[]), torch.device("cpu"):
        torch.default_generator.manual_seed(seed)
        return MODELS[config.architecture].build(config)


def restore(snapshot: Snapshot) -> VAE:
    """The model of a snapshot in eval mode, in float32 on the CPU.

    On the meta device the weights would not be drawn in vain, but its first use costs 0.8 s of imports.
    """
    model = build(snapshot.model)
    load_to_infer(model, snapshot)
    return model.eval().requires_grad_(False)


def load_weights(model: VAE, snapshot: Snapshot) -> None:
    """Copy a snapshot's weights into a model of the same config; raises UserError where they do not fit."""
    check_weights(model, snapshot)
    model.load_state_dict(_tensors(snapshot))


def load_to_infer(model: VAE, snapshot: Snapshot) -> None:
    """Load the weights, but no encoder where the snapshot has none: such a model only decodes.

    The weights may be in 8 bits.
    """
    snapshot = dense(snapshot)
    if snapshot.has_encoder:
        load_weights(model, snapshot)
        return
    state = model.state_dict()
    decoder = {name: tensor for name, tensor in state.items() if not name.startswith(ENCODER)}
    _check(decoder, snapshot)
    model.load_state_dict(_tensors(snapshot), strict=False)


def check_weights(model: VAE, snapshot: Snapshot) -> None:
    """Raise UserError unless each weight and buffer is there in its name, shape and kind, and no other."""
    assert model.config == snapshot.model
    _check(model.state_dict(), snapshot)


def _check(expected: Mapping[str, Tensor], snapshot: Snapshot) -> None:
    weights = snapshot.weights
    if weights.keys() != expected.keys() or not all(
        array.shape == tuple(expected[name].shape) and _is_alike(array, expected[name])
        for name, array in weights.items()
    ):
        raise UserError(
            "The weights in this file do not fit its model: it was made by another version."
        )


def _tensors(snapshot: Snapshot) -> dict[str, Tensor]:
    return {name: torch.tensor(array) for name, array in snapshot.weights.items()}


def _is_alike(array: NDArray[np.generic], tensor: Tensor) -> bool:
    if tensor.is_floating_point():
        return array.dtype in (np.float16, np.float32)
    return array.dtype == np.int64


def take_snapshot(model: VAE, run_id: str, step: int) -> Snapshot:
    """Copy a model's whole state, buffers too."""
    weights = {
        name: tensor.detach().cpu().clone().numpy() for name, tensor in model.state_dict().items()
    }
    return Snapshot(run_id, step, model.config, weights)
