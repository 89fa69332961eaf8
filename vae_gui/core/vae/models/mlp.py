"""One hidden layer on each side: the multilayer perceptrons of the tutorials (S1, S3, S4)."""

import torch
from torch import Tensor, nn

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.models.base import VAE


class DoubledLogSigma(nn.Module):
    """S1's encoder gives (μ, log σ): -> (μ, log σ²), both (B, 2·latent_dim)."""

    def forward(self, parameters: Tensor) -> Tensor:
        mu, log_sigma = parameters.chunk(2, dim=1)
        return torch.cat((mu, 2 * log_sigma), dim=1)


def mlp(
    config: ModelConfig, hidden: int, *, log_sigma: bool = False, deterministic: bool = False
) -> VAE:
    """side² -> hidden ReLU -> (μ, log σ²), and z -> hidden ReLU -> side² logits.

    log_sigma: the last layer gives log σ, which is doubled. deterministic: it gives the code alone.
    """
    side, dims = config.side, config.latent_dim
    encoder = nn.Sequential(
        nn.Flatten(),
        nn.Linear(side * side, hidden),
        nn.ReLU(),
        nn.Linear(hidden, dims if deterministic else 2 * dims),
    )
    if log_sigma:
        encoder.append(DoubledLogSigma())
    decoder = nn.Sequential(
        nn.Linear(dims, hidden),
        nn.ReLU(),
        nn.Linear(hidden, side * side),
        nn.Unflatten(1, (1, side, side)),
    )
    return VAE(config, encoder, decoder)
