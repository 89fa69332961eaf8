"""VAE explorer: train a variational autoencoder and feel its latent space. What there is to import: see `vae_gui.api`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae_gui.api import (
        Dataset,
        Epoch,
        ImageData,
        Model,
        OwnImages,
        Scores,
        UserError,
        datasets,
        load,
        picture,
        presets,
        pretrained,
        train,
    )

__version__ = "0.2.0"
__all__ = [
    "Dataset",
    "Epoch",
    "ImageData",
    "Model",
    "OwnImages",
    "Scores",
    "UserError",
    "__version__",
    "datasets",
    "load",
    "picture",
    "presets",
    "pretrained",
    "train",
]


def __getattr__(name: str) -> object:
    """Load what only scripts import when it is asked for, so that the app starts without it (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from vae_gui import api

    return getattr(api, name)


def __dir__() -> list[str]:
    """Name what can be imported, loaded or not."""
    return sorted({*globals(), *__all__})
