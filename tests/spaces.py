"""Models that tests show without a data set: trained a little, or with random weights and made-up encodings."""

import string
from dataclasses import replace

import numpy as np

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.engine import answer
from vae_gui.core.inference.requests import Decode
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.types import Z
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.history import History
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.context import Context
from vae_gui.runtime.library import OpenModel

MANY_CLASSES = tuple(string.ascii_uppercase)


def random_snapshot(config: ModelConfig, seed: int = 0, step: int = 0) -> Snapshot:
    """Weights large enough that different z give different images."""
    snapshot = take_snapshot(build(config, seed), "run", step)
    weights = {name: array * 3 for name, array in snapshot.weights.items()}
    return replace(snapshot, weights=weights)


def made_up_encodings(latent_dim: int, classes: int, point: bool) -> Encodings:
    """520 images; each dimension carries a little less than the one before, from the tenth on nothing."""
    random = np.random.default_rng(1)
    labels = (np.arange(520) % max(1, classes)).astype(np.int16)
    scale = np.clip(1 - 0.1 * np.arange(latent_dim), 0, 1) + 1e-3
    mu = (random.normal(size=(520, latent_dim)) + labels[:, None] / 4) * scale
    logvar = np.broadcast_to(np.where(scale > 0.01, -3, 0), mu.shape)
    names = tuple(string.ascii_lowercase[:classes])
    return Encodings(
        mu.astype(np.float32),
        None if point else logvar.astype(np.float32),
        labels if classes else None,
        names,
    )


def show_space(
    context: Context,
    latent_dim: int = 2,
    architecture: str = "mlp-256",
    classes: int = 3,
    side: int = 28,
    encoded: bool = True,
) -> Snapshot:
    """Put a model on the shelf and show it; its data set is nowhere to be found."""
    config = replace(tiny_config(architecture, latent_dim, side), dataset="nowhere")
    snapshot = random_snapshot(config.model)
    point = MODELS[architecture].deterministic
    encodings = made_up_encodings(latent_dim, classes, point) if encoded else None
    workspace = Workspace("Model", Checkpoint(config, snapshot, {}), encodings=encodings)
    context.library.add(OpenModel(workspace, History()))
    return snapshot


def decoded(snapshot: Snapshot, *points: Z) -> np.ndarray:
    """What the model makes of these points."""
    return answer(snapshot, Decode.of(np.array(points)))


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
