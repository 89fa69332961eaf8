"""The recommended model for 10 to 32 dimensions: strided convolutions down, transposed ones back."""

from torch import Tensor, nn

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.models.base import VAE
from vae_gui.core.vae.models.deep_mlp import DARK_LOGIT, BoundedLogvar, Residual

CHANNELS, HIDDEN = 32, 256


class Crop(nn.Module):
    """The top left (side, side) of an image that is a few pixels too large."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def extra_repr(self) -> str:
        return str(self.side)

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :, : self.side, : self.side]


def deep_conv(config: ModelConfig) -> VAE:
    """Two halvings, a residual hidden layer, and the way back; any side."""
    dims, side = config.latent_dim, config.side
    quarter = -(-side // 4)
    missing = 4 * quarter - side
    flat = 2 * CHANNELS * quarter * quarter
    encoder = nn.Sequential(
        nn.ZeroPad2d((0, missing, 0, missing)),
        nn.Conv2d(1, CHANNELS, 4, stride=2, padding=1),
        nn.GELU(),
        nn.Conv2d(CHANNELS, 2 * CHANNELS, 4, stride=2, padding=1),
        nn.GELU(),
        nn.Flatten(),
        nn.Linear(flat, HIDDEN),
        nn.GELU(),
        Residual(HIDDEN),
        nn.Linear(HIDDEN, 2 * dims),
        BoundedLogvar(),
    )
    output = nn.ConvTranspose2d(CHANNELS, 1, 4, stride=2, padding=1)
    nn.init.constant_(output.bias, DARK_LOGIT)  # type: ignore[arg-type]
    decoder = nn.Sequential(
        nn.Linear(dims, HIDDEN),
        nn.GELU(),
        Residual(HIDDEN),
        nn.Linear(HIDDEN, flat),
        nn.GELU(),
        nn.Unflatten(1, (2 * CHANNELS, quarter, quarter)),
        nn.ConvTranspose2d(2 * CHANNELS, CHANNELS, 4, stride=2, padding=1),
        nn.GELU(),
        output,
        Crop(side),
    )
    return VAE(config, encoder, decoder)
