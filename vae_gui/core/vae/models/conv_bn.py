"""Tutorial S0: convolutions with batch normalisation, all the way down to one pixel."""

from torch import nn

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.models.base import VAE


def conv_bn(config: ModelConfig) -> VAE:
    """28 → 13 → 5 → 1 pixels by Conv2d k4 s2; 1 → 3 → 6 → 13 → 28 by ConvTranspose2d."""
    dims = config.latent_dim
    encoder = nn.Sequential(
        nn.Conv2d(1, 16, 4, stride=2),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 4, stride=2),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Conv2d(32, 2 * dims, 4, stride=2),
        nn.Flatten(),
    )
    decoder = nn.Sequential(
        nn.Unflatten(1, (dims, 1, 1)),
        nn.ConvTranspose2d(dims, 256, 3, stride=2),
        nn.BatchNorm2d(256),
        nn.ReLU(),
        nn.ConvTranspose2d(256, 128, 4, stride=1),
        nn.BatchNorm2d(128),
        nn.ReLU(),
        nn.ConvTranspose2d(128, 64, 3, stride=2),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, stride=2),
    )
    return VAE(config, encoder, decoder)
