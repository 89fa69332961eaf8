"""One hidden layer on each side: the multilayer perceptrons of the tutorials (S1, S3, S4)."""

from torch import nn

from vae_gui.core.config import ModelConfig
from vae_gui.core.models.base import VAE


def mlp(config: ModelConfig, hidden: int) -> VAE:
    """side² -> hidden ReLU -> (μ, log σ²), and z -> hidden ReLU -> side² logits."""
    side, dims = config.side, config.latent_dim
    return VAE(
        config,
        encoder=nn.Sequential(
            nn.Flatten(),
            nn.Linear(side * side, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 2 * dims),
        ),
        decoder=nn.Sequential(
            nn.Linear(dims, hidden),
            nn.ReLU(),
            nn.Linear(hidden, side * side),
            nn.Unflatten(1, (1, side, side)),
        ),
    )
