"""A model of made-up images on a stage: the owners of the app's state without a window."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from tests.tiny import tiny_config, tiny_data
from vae_gui.app import build_context, shutdown
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.history import History
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.context import Context
from vae_gui.runtime.library import OpenModel

MANY_CLASSES = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@contextmanager
def open_stage() -> Iterator[Context]:
    """What `vae_gui.app` builds, shut down at the end."""
    context = build_context()
    try:
        yield context
    finally:
        shutdown(context)


def trained(config: RunConfig, data: ImageData, steps: int = 1) -> Trainer:
    trainer = Trainer(config, data, f"{config.model.architecture}-{config.model.latent_dim}")
    for _ in range(steps):
        trainer.step()
    return trainer


def show(context: Context, trainer: Trainer, data: ImageData | None) -> Snapshot:
    """Put the trainer's model on the stage; its data is not one that the app could load."""
    checkpoint = trainer.checkpoint()
    config = replace(checkpoint.config, dataset="made-up")
    workspace = Workspace("Made up", replace(checkpoint, config=config))
    context.library.add(OpenModel(workspace, History()))
    if data is not None:
        context.explorer.scatter.set_images(data)
        context.explorer.scatter.encode_now()
    return checkpoint.snapshot


def config_of(architecture: str = "mlp-256", latent_dim: int = 2, side: int = 28) -> RunConfig:
    return tiny_config(architecture, latent_dim, side, learning_rate=1e-2)


def unlabelled(data: ImageData) -> ImageData:
    return replace(
        data,
        train=Split(data.train.images, None),
        test=Split(data.test.images, None),
        class_names=(),
    )


def of_many_classes(data: ImageData) -> ImageData:
    def labelled(split: Split) -> Split:
        labels = (np.arange(len(split)) % len(MANY_CLASSES)).astype(np.int16)
        return Split(split.images, labels)

    return replace(
        data, train=labelled(data.train), test=labelled(data.test), class_names=MANY_CLASSES
    )


CASES: dict[str, tuple[RunConfig, ImageData]] = {
    "one dimension": (config_of(latent_dim=1), tiny_data()),
    "two dimensions": (config_of(latent_dim=2), tiny_data()),
    "three dimensions": (config_of(latent_dim=3), tiny_data()),
    "twenty dimensions": (config_of(latent_dim=20), tiny_data()),
    "autoencoder": (config_of("autoencoder-512"), tiny_data()),
    "no labels": (config_of(latent_dim=3), unlabelled(tiny_data())),
    "26 classes": (config_of(latent_dim=3), of_many_classes(tiny_data(train=104, test=52))),
    "32×32": (config_of(latent_dim=3, side=32), tiny_data(side=32)),
}
