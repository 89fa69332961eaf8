"""The variational autoencoder (Kingma & Welling 2014): two networks and a Gaussian between them."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from vae_gui.core.config import ModelConfig
from vae_gui.core.models import MODELS
from vae_gui.core.snapshot import Snapshot


class VAE(nn.Module):
    """q(z|x) = N(μ, σ²) from `encoder`, the logits of p(x|z) from `decoder`.

    encoder: (B, 1, side, side) in [0, 1] -> (B, 2·latent_dim), μ then log σ².
    decoder: (B, latent_dim) -> (B, 1, side, side) logits.
    """

    def __init__(self, config: ModelConfig, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.config = config
        self.encoder = encoder
        self.decoder = decoder

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x: (B, 1, side, side) in [0, 1] -> mu, logvar: (B, latent_dim)."""
        mu, logvar = self.encoder(x).chunk(2, dim=1)
        return mu, logvar

    def decode(self, z: Tensor) -> Tensor:
        """z: (B, latent_dim) -> logits (B, 1, side, side)."""
        logits: Tensor = self.decoder(z)
        return logits


def reparameterise(mu: Tensor, logvar: Tensor, noise: Tensor) -> Tensor:
    """A sample of N(μ, σ²) through which gradients flow: z = μ + σ·ε, ε ~ N(0, I)."""
    return mu + torch.exp(0.5 * logvar) * noise  # (B, latent_dim)


def build(config: ModelConfig) -> VAE:
    """A model with fresh weights, drawn from torch's global generator."""
    return MODELS[config.architecture].build(config)


def restore(snapshot: Snapshot) -> VAE:
    """The model of a snapshot in eval mode, in float32 on the CPU; draws no random numbers."""
    with torch.device("meta"):
        model = build(snapshot.model)
    load_weights(model.to_empty(device="cpu"), snapshot)
    return model.eval().requires_grad_(False)


def load_weights(model: VAE, snapshot: Snapshot) -> None:
    """Copy a snapshot's weights into a model of the same config."""
    assert model.config == snapshot.model
    model.load_state_dict({name: torch.tensor(array) for name, array in snapshot.weights.items()})


def take_snapshot(model: VAE, run_id: str, step: int) -> Snapshot:
    """Copy a model's whole state, buffers too."""
    weights = {
        name: tensor.detach().cpu().clone().numpy() for name, tensor in model.state_dict().items()
    }
    return Snapshot(run_id, step, model.config, weights)


def as_shipped(snapshot: Snapshot) -> Snapshot:
    """The same snapshot with its weights rounded to float16: half the size of a file."""
    weights = {
        name: array.astype("float16") if array.dtype.kind == "f" else array
        for name, array in snapshot.weights.items()
    }
    return replace(snapshot, weights=weights)
