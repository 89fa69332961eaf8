"""The MODELS registry: one line for each architecture; reading it loads no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae_gui.core.vae.config import ModelConfig
    from vae_gui.core.vae.models.base import VAE


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """An architecture.

    sides: the image sides that it is built for; empty for any. deterministic: its encoder gives a code
    instead of a distribution, so that there is neither KL nor ELBO. decoder: its layers in turn, as the quick
    decoder knows them; empty where it has others.
    """

    name: str
    title: str
    description: str
    build: Callable[[ModelConfig], VAE]
    sides: tuple[int, ...] = ()
    deterministic: bool = False
    decoder: tuple[str, ...] = ()


_PERCEPTRON = ("linear", "relu", "linear")
_LEAN = (
    *("fourier features", "linear", "gelu", "residual", "residual"),
    *("linear", "gelu", "linear"),
)
_DEEP = (*_LEAN[:-1], "residual", "linear")


def _mlp_256(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.mlp import mlp

    return mlp(config, hidden=256)


def _mlp_400(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.mlp import mlp

    return mlp(config, hidden=400)


def _mlp_512(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.mlp import mlp

    return mlp(config, hidden=512, log_sigma=True)


def _autoencoder_512(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.mlp import mlp

    return mlp(config, hidden=512, deterministic=True)


def _conv_bn(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.conv_bn import conv_bn

    return conv_bn(config)


def _conv_pool(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.conv_pool import conv_pool

    return conv_pool(config)


def _deep_mlp(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.deep_mlp import deep_mlp

    return deep_mlp(config)


def _lean_mlp(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.deep_mlp import lean_mlp

    return lean_mlp(config)


def _deep_conv(config: ModelConfig) -> VAE:
    from vae_gui.core.vae.models.deep_conv import deep_conv

    return deep_conv(config)


MODELS = {
    entry.name: entry
    for entry in (
        ModelEntry(
            "lean-mlp",
            "Lean MLP",
            "The deep MLP at half the time a step.",
            _lean_mlp,
            decoder=_LEAN,
        ),
        ModelEntry(
            "deep-mlp",
            "Deep MLP",
            "Residual layers, Fourier features of z.",
            _deep_mlp,
            decoder=_DEEP,
        ),
        ModelEntry("deep-conv", "Deep conv", "Strided convolutions, residual layers.", _deep_conv),
        ModelEntry("conv-bn", "Conv, batch norm (S0)", "Down to one pixel.", _conv_bn, (28,)),
        ModelEntry(
            "autoencoder-512",
            "Autoencoder 512 (S1)",
            "No KL.",
            _autoencoder_512,
            deterministic=True,
            decoder=_PERCEPTRON,
        ),
        ModelEntry(
            "mlp-512",
            "MLP 512 (S1)",
            "One hidden layer of 512 ReLU units.",
            _mlp_512,
            decoder=_PERCEPTRON,
        ),
        ModelEntry("conv-pool", "Conv, max pool (S2)", "Two halvings.", _conv_pool, (28,)),
        ModelEntry(
            "mlp-256",
            "MLP 256 (S3)",
            "One hidden layer of 256 ReLU units.",
            _mlp_256,
            decoder=_PERCEPTRON,
        ),
        ModelEntry(
            "mlp-400",
            "MLP 400 (S4)",
            "One hidden layer of 400 ReLU units.",
            _mlp_400,
            decoder=_PERCEPTRON,
        ),
    )
}
