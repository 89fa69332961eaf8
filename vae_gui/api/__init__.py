"""Train and explore variational autoencoders in a notebook or a script, without Qt or a display.

The first lines::

    from vae_gui import picture, train

    model = train("recommended", "digits", epochs=60, seed=1)  # about 15 s on two cores
    picture(model.prototypes()).save("digits.png")  # 0 1 2 3 4 5 6 7 8 9
    mu, logvar = model.encode(model.test_images)
    model.save("digits.vae")  # opens in the app

`pretrained()` is the model that the app opens with, without any training. Images are bright on dark: whole numbers
in 0…255, or floats in 0…1; those that a function returns are (n, side, side) float32 in 0…1. Losses are nats per image.
A wrong argument is a TypeError or a ValueError that names it; a `UserError` is what else cannot be done, and says what to do.
torch is loaded by the first call.
"""

from vae_gui.api.drawing import picture
from vae_gui.api.model import Model, Scores, load, pretrained
from vae_gui.api.registries import Dataset, datasets, presets
from vae_gui.api.reporting import Epoch
from vae_gui.api.training import train
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.support.errors import UserError

__all__ = [
    "Dataset",
    "Epoch",
    "ImageData",
    "Model",
    "OwnImages",
    "Scores",
    "UserError",
    "datasets",
    "load",
    "picture",
    "presets",
    "pretrained",
    "train",
]
