"""VAE explorer: train a variational autoencoder and feel its latent space.

`from vae_gui import load, train, presets, datasets`: see `vae_gui.api`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae_gui.api import Model, OwnImages, datasets, load, presets, train

__version__ = "0.2.0"
__all__ = ["Model", "OwnImages", "__version__", "datasets", "load", "presets", "train"]


def __getattr__(name: str) -> object:
    """The app starts without what only scripts import (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from vae_gui import api

    return getattr(api, name)
