"""What the quick decoder has to do, read from a model's layers."""

from torch import nn

from vae_gui.core.inference.quick_decoder import DecoderStep
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.losses import CONTINUOUS_BERNOULLI
from vae_gui.core.vae.models.base import VAE
from vae_gui.core.vae.models.deep_mlp import FourierFeatures, Residual

KINDS: dict[type[nn.Module], str] = {
    nn.Linear: "linear",
    nn.ReLU: "relu",
    nn.GELU: "gelu",
    Residual: "residual",
    FourierFeatures: "fourier features",
}


def decoder_steps(model: VAE) -> tuple[DecoderStep, ...]:
    """The layers of the decoder in turn; empty where one is not among KINDS or the mean is no sigmoid."""
    if LIKELIHOODS[model.config.likelihood].build().mean is CONTINUOUS_BERNOULLI.mean:
        return ()
    layers = [
        (name, layer)
        for name, layer in model.decoder.named_children()
        if not isinstance(layer, nn.Unflatten)  # the numbers stay where they are
    ]
    if any(type(layer) not in KINDS for _, layer in layers):
        return ()
    return tuple(DecoderStep(KINDS[type(layer)], f"decoder.{name}") for name, layer in layers)
