"""The MODELS registry: one line for each architecture; reading it loads no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae_gui.core.config import ModelConfig
    from vae_gui.core.models.base import VAE


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """An architecture. `sides`: the image sides that it is built for (empty: any)."""

    name: str
    title: str
    description: str
    build: Callable[[ModelConfig], VAE]
    sides: tuple[int, ...] = ()


def _mlp_256(config: ModelConfig) -> VAE:
    from vae_gui.core.models.mlp import mlp

    return mlp(config, hidden=256)


def _deep_mlp(config: ModelConfig) -> VAE:
    from vae_gui.core.models.deep_mlp import deep_mlp

    return deep_mlp(config)


MODELS = {
    entry.name: entry
    for entry in (
        ModelEntry(
            "mlp-256", "MLP 256", "One hidden layer of 256 ReLU units on each side.", _mlp_256
        ),
        ModelEntry(
            "deep-mlp", "Deep MLP", "Our own: residual layers, Fourier features of z.", _deep_mlp
        ),
    )
}
