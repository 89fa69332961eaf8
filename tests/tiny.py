"""Small made-up images and short runs, so that a test trains in milliseconds."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.vae.config import ModelConfig, RunConfig, TrainConfig

CLASSES = ("upright", "level")


def tiny_data(train: int = 48, test: int = 20, side: int = 28, name: str = "digits") -> ImageData:
    """Bars that stand or lie somewhere on black, labelled by which they do."""
    random = np.random.default_rng(5)

    def split(count: int) -> Split:
        images = np.zeros((count, side, side), np.uint8)
        labels = (np.arange(count) % 2).astype(np.int16)
        for image, label in zip(images, labels, strict=True):
            at = random.integers(2, side - 4)
            bar = image if label == 0 else image.T
            bar[2:-2, at : at + 3] = random.integers(120, 256)
        return Split(images, labels)

    return ImageData(name, "Bars", split(train), split(test), CLASSES)


def tiny_config(
    architecture: str = "mlp-256", latent_dim: int = 2, side: int = 28, **train: object
) -> RunConfig:
    """Six steps in two epochs of `tiny_data`, on one thread."""
    values: dict[str, object] = {"batch_size": 16, "epochs": 2, "threads": 1, "device": "cpu"}
    return RunConfig(
        "s3-mlp",
        "digits",
        ModelConfig(architecture, latent_dim, side=side),
        replace(TrainConfig(), **(values | train)),
    )


def through_a_file(workspace: Workspace, folder: Path) -> Workspace:
    """What is left of a workspace after it was saved and opened again."""
    path = folder / "between.vae"
    save(workspace, path)
    return load(path)
