"""The recommended model for few dimensions: a deep perceptron with residual layers and Fourier features of z.

A plain perceptron is slow to bend a plane into sharp images; sines of random projections give it
high frequencies from the start (Tancik et al. 2020).
"""

import torch
from torch import Tensor, nn

from vae_gui.core.config import ModelConfig
from vae_gui.core.models.base import VAE

FREQUENCIES = 16
DARK_LOGIT = -2.0  # most pixels are dark: the output starts near the mean image


class Residual(nn.Module):
    """h + GELU(W h + b), both (B, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)

    def forward(self, h: Tensor) -> Tensor:
        return h + nn.functional.gelu(self.linear(h))


class FourierFeatures(nn.Module):
    """z -> (z, sin zB, cos zB) with a fixed random B; (B, latent_dim) -> (B, latent_dim + 2·FREQUENCIES)."""

    frequencies: Tensor

    def __init__(self, latent_dim: int) -> None:
        super().__init__()
        self.register_buffer("frequencies", torch.randn(latent_dim, FREQUENCIES))

    def forward(self, z: Tensor) -> Tensor:
        phase = z @ self.frequencies  # (B, FREQUENCIES)
        return torch.cat((z, phase.sin(), phase.cos()), dim=1)


class BoundedLogvar(nn.Module):
    """Keeps log σ² where its exponential neither over- nor underflows; (B, 2·latent_dim) as it came."""

    def forward(self, parameters: Tensor) -> Tensor:
        mu, logvar = parameters.chunk(2, dim=1)
        return torch.cat((mu, logvar.clamp(-12.0, 2.0)), dim=1)


def deep_mlp(config: ModelConfig) -> VAE:
    """side² -> 512 -> 512 -> two residual -> (μ, log σ²); features of z -> 256 -> two residual -> 512 -> one -> side²."""
    side, dims = config.side, config.latent_dim
    encoder = nn.Sequential(
        nn.Flatten(),
        nn.Linear(side * side, 512),
        nn.GELU(),
        nn.Linear(512, 512),
        nn.GELU(),
        Residual(512),
        Residual(512),
        nn.Linear(512, 2 * dims),
        BoundedLogvar(),
    )
    output = nn.Linear(512, side * side)
    nn.init.constant_(output.bias, DARK_LOGIT)
    decoder = nn.Sequential(
        FourierFeatures(dims),
        nn.Linear(dims + 2 * FREQUENCIES, 256),
        nn.GELU(),
        Residual(256),
        Residual(256),
        nn.Linear(256, 512),
        nn.GELU(),
        Residual(512),
        output,
        nn.Unflatten(1, (1, side, side)),
    )
    return VAE(config, encoder, decoder)
