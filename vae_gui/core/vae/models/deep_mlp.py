"""The recommended models for few dimensions: deep perceptrons with residual layers and Fourier features of z.

A plain perceptron is slow to bend a plane into sharp images; sines of random projections give it
high frequencies from the start (Tancik et al. 2020).
"""

import torch
from torch import Tensor, nn

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.models.base import VAE

FREQUENCIES = 16
DARK_LOGIT = -2.0  # most pixels are dark: the output starts near the mean image


class Residual(nn.Module):
    """h + GELU(W h + b), both (B, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)

    def extra_repr(self) -> str:
        return str(self.linear.in_features)

    def forward(self, h: Tensor) -> Tensor:
        return h + nn.functional.gelu(self.linear(h))


class FourierFeatures(nn.Module):
    """z -> (z, sin zB, cos zB) with a fixed random B; (B, latent_dim) -> (B, latent_dim + 2·count)."""

    frequencies: Tensor

    def __init__(self, latent_dim: int, count: int) -> None:
        super().__init__()
        self.register_buffer("frequencies", torch.randn(latent_dim, count))

    def extra_repr(self) -> str:
        return "{}, {}".format(*self.frequencies.shape)

    def forward(self, z: Tensor) -> Tensor:
        phase = z @ self.frequencies  # (B, count)
        return torch.cat((z, phase.sin(), phase.cos()), dim=1)


class BoundedLogvar(nn.Module):
    """Keeps log σ² where its exponential neither over- nor underflows; (B, 2·latent_dim) as it came."""

    def forward(self, parameters: Tensor) -> Tensor:
        mu, logvar = parameters.chunk(2, dim=1)
        return torch.cat((mu, logvar.clamp(-12.0, 2.0)), dim=1)


def deep_mlp(config: ModelConfig) -> VAE:
    """Encoder: side² -> 512 -> 512 -> two residual -> (μ, log σ²).

    Decoder: features of z -> 256 -> two residual -> 512 -> one -> side².
    """
    return _deep_vae(config, (512, 512), last=512, residuals=1)


def lean_mlp(config: ModelConfig) -> VAE:
    """side² -> 256 -> 256 -> two residual -> (μ, log σ²); features of z -> 256 -> two residual -> 384 -> side².

    Less than half of the deep one's weights: a step takes half the time.
    """
    return _deep_vae(config, (256, 256), last=384, residuals=0)


def _deep_vae(config: ModelConfig, widths: tuple[int, int], last: int, residuals: int) -> VAE:
    """widths: of the encoder. last: width of the decoder's last layer, with `residuals` behind it."""
    pixels, dims, (first, second) = config.side**2, config.latent_dim, widths
    encoder = nn.Sequential(
        nn.Flatten(),
        *_layer(pixels, first),
        *_layer(first, second),
        Residual(second),
        Residual(second),
        nn.Linear(second, 2 * dims),
        BoundedLogvar(),
    )
    output = nn.Linear(last, pixels)
    nn.init.constant_(output.bias, DARK_LOGIT)
    decoder = nn.Sequential(
        FourierFeatures(dims, FREQUENCIES),
        *_layer(dims + 2 * FREQUENCIES, 256),
        Residual(256),
        Residual(256),
        *_layer(256, last),
        *[Residual(last) for _ in range(residuals)],
        output,
        nn.Unflatten(1, (1, config.side, config.side)),
    )
    return VAE(config, encoder, decoder)


def _layer(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.Linear(inputs, outputs), nn.GELU()]
