"""Tutorial S2: convolutions with max pooling, and transposed convolutions back."""

from torch import nn

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.models.base import VAE


def conv_pool(config: ModelConfig) -> VAE:
    """28 → 14 → 7 pixels, 400 hidden units; 7 → 14 → 28."""
    dims = config.latent_dim
    encoder = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 400),
        nn.ReLU(),
        nn.Linear(400, 2 * dims),
    )
    decoder = nn.Sequential(
        nn.Linear(dims, 64 * 7 * 7),
        nn.ReLU(),
        nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 3, stride=2, padding=1, output_padding=1),
    )
    return VAE(config, encoder, decoder)
