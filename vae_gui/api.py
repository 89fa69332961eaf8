"""What a notebook or a script imports: `from vae_gui import load, train, presets, datasets`.

    from vae_gui import train
    model = train("recommended", "digits", epochs=3)
    mu, logvar = model.encode(model.test_images)
    model.save("digits.vae")            # opens in the app

Images are (n, side, side), bright on dark, as uint8 in 0…255 or as floats in 0…1. Losses are nats per image.
An argument of a wrong kind or value is a TypeError or a ValueError that names it; what else cannot be done is a UserError.
Nothing here needs Qt or a display; torch is loaded by the first call.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_gui.cli.data import load_data
from vae_gui.cli.saving import workspace_path
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import DatasetEntry, ImageData
from vae_gui.core.datasets.own.source import OwnImages, portable_name
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support import arguments
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import finish
from vae_gui.core.support.settings import Value
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS, Preset
from vae_gui.core.vae.run_settings import MODEL_FIELDS, TRAIN_FIELDS, new_run, with_settings
from vae_gui.core.vae.warm_up import warm_up_training

if TYPE_CHECKING:
    from torch import nn

    from vae_gui.core.inference.engine import Engine

__all__ = ["Model", "OwnImages", "datasets", "load", "presets", "train"]

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]
FilePath = str | os.PathLike[str]
MAX_SAMPLES = 1_000_000
MAX_SEED = 2**32 - 1


class Model:
    """A trained model. It is made by `train` or `load`.

    config: how it was trained. latent_dim: dimensions of z. side: height and width of an image.
    history: the curves as (steps, tests), each (n, 4) float64 of step, objective, reconstruction, KL;
        None where its file has none.
    test_images, test_labels: of the data that it was trained on, for a model that was trained here; else None.
    """

    def __init__(self, workspace: Workspace, data: ImageData | None = None) -> None:
        self._workspace = workspace
        self._engine: Engine | None = None
        rows = workspace.history
        self.config: RunConfig = workspace.checkpoint.config
        self.latent_dim: int = self.config.model.latent_dim
        self.side: int = self.config.model.side
        self.history = None if rows is None else (rows.steps, rows.tests)
        self.test_images: Images | None = None if data is None else data.test.images
        self.test_labels: NDArray[np.int16] | None = None if data is None else data.test.labels

    def __repr__(self) -> str:
        step = self._workspace.checkpoint.snapshot.step
        return f"<Model {self._workspace.title!r}, {self.latent_dim} dimensions, {step} steps>"

    def encode(self, images: ArrayLike) -> tuple[Floats, Floats | None]:
        """q(z|x) = N(μ, σ²): `mu` and `logvar` = log σ², (n, latent_dim); logvar None for an autoencoder."""
        pixels = self._pixels(images)
        with _cpu():
            return self._answers().encode(pixels)

    def decode(self, z: ArrayLike) -> Floats:
        """The mean images of p(x|z), (n, side, side) in 0…1, of z (n, latent_dim) or (latent_dim,)."""
        given = arguments.array("z", z, f"(n, {self.latent_dim}) or ({self.latent_dim},)")
        points = np.atleast_2d(given.astype(np.float64))
        if points.ndim != 2 or points.shape[1] != self.latent_dim:
            raise UserError(f"z must be (n, {self.latent_dim}), not {points.shape}.")
        if not len(points) or not (np.abs(points) <= np.finfo(np.float32).max).all():
            raise ValueError("z must be at least one row of finite float32 numbers")
        with _cpu():
            return self._answers().mean_images(points.astype(np.float32))

    def elbo(self, images: ArrayLike, seed: int = 0) -> Floats:
        """The evidence lower bound of each image in nats, (n,), with one sample of z drawn by `seed`.

        Raises UserError for an autoencoder, which has no likelihood (Kingma & Welling 2014).
        """
        pixels = self._pixels(images)
        seed = arguments.whole("seed", seed, 0, MAX_SEED)
        with import_lock():
            from vae_gui.core.vae.evaluation import elbo_of_images

        with _cpu():
            found: Floats = elbo_of_images(self._workspace.checkpoint.snapshot, pixels, seed)
        return found

    def sample(self, n: int, seed: int = 0) -> Floats:
        """n images that the model makes up: decode(z), z ~ N(0, I); (n, side, side) in 0…1."""
        n = arguments.whole("n", n, 1, MAX_SAMPLES)
        seed = arguments.whole("seed", seed, 0, MAX_SEED)
        noise = np.random.default_rng(seed).standard_normal((n, self.latent_dim))
        return self.decode(noise)

    def module(self) -> nn.Module:
        """A copy as `torch.nn.Module` in eval mode, with `encode(x)` and `decode(z)` on tensors.

        x: (B, 1, side, side) in 0…1. `decode` gives logits (B, 1, side, side).
        """
        with import_lock():
            from vae_gui.core.vae.models.base import restore

        with _cpu():
            return restore(self._workspace.checkpoint.snapshot)

    def save(self, path: FilePath) -> Path:
        """Write a workspace (.vae), all or nothing; it opens in the app. Returns the path."""
        place = workspace_path(arguments.file("path", path))
        files.save(self._workspace, place)
        return place

    def _answers(self) -> Engine:
        if self._engine is None:
            with import_lock():
                from vae_gui.core.inference.engine import Engine

            self._engine = Engine(self._workspace.checkpoint.snapshot)
        return self._engine

    def _pixels(self, images: ArrayLike) -> Images:
        """As uint8; raises UserError for another shape or range."""
        array = arguments.array("images", images, f"(n, {self.side}, {self.side})")
        array = array[None] if array.ndim == 2 else array
        if array.shape[1:] != (self.side, self.side):
            raise UserError(f"Images must be (n, {self.side}, {self.side}), not {array.shape}.")
        if not len(array):
            raise ValueError("images must hold at least one image")
        if array.dtype == np.uint8:
            return array.astype(np.uint8, copy=False)
        if array.dtype.kind != "f" or not (array.min() >= 0 and array.max() <= 1):
            raise UserError("Images must be uint8 in 0…255, or floats in 0…1.")
        return np.asarray(np.rint(255 * array), np.uint8)


def load(path: FilePath) -> Model:
    """The model of a workspace (.vae); raises UserError for anything that is not whole."""
    return Model(files.load(arguments.file("path", path)))


def train(
    preset: str,
    dataset: FilePath | OwnImages,
    *,
    epochs: int | None = None,
    seed: int | None = None,
    data_dir: FilePath | None = None,
    download: bool = False,
    report: Callable[[str], object] | None = None,
    **settings: Value,
) -> Model:
    """Train a model from fresh weights; the same arguments give the same weights on the same machine.

    preset: one of `presets`. dataset: one of `datasets`, the path of images of your own, or `OwnImages`
    where their labels or the test images stand elsewhere.
    data_dir: the folder of the data set's files; download: whether they may be fetched.
    report: is told a line after every epoch. settings: any of a run, as `beta=4`, `latent_dim=8`, `min_steps=0`.
    Raises UserError for settings that cannot be, data that is not there, and losses that are no numbers.
    """
    arguments.instance("preset", preset, str, "the name of a preset")
    kinds = (str, os.PathLike, OwnImages)
    arguments.instance("dataset", dataset, kinds, "the name of a data set, a path or OwnImages")
    arguments.instance("download", download, bool, "True or False")
    if report is not None and not callable(report):
        raise TypeError(f"report must be a function of a text, not {type(report).__name__}")
    folder = None if data_dir is None else arguments.file("data_dir", data_dir)
    recipe = _recipe(preset, settings)
    given: dict[str, Value] = dict(settings)
    given |= {} if epochs is None else {"epochs": epochs}
    given |= {} if seed is None else {"seed": seed}
    given = {name: _plain(value) for name, value in given.items()}
    named = dataset.name if isinstance(dataset, OwnImages) else os.fspath(dataset)
    data = load_data(named, folder, download)
    name = portable_name(data.name, data.digest)
    config = with_settings(new_run(recipe, name), given, data.side)
    warm_up_training()
    from vae_gui.core.sweeps.finished_run import as_workspace
    from vae_gui.core.vae.run.headless import HeadlessRun

    with _cpu():
        run = HeadlessRun(config, data, uuid.uuid4().hex)
        for epoch in run.epochs():
            if report is not None:
                report(f"epoch {epoch.number}: test loss {epoch.test.loss:.2f}")
        title = f"{config.preset} · {data.title}"
        made = finish(as_workspace(title, run.trainer.checkpoint(), run.rows(), data))
    return Model(made, data)


def _cpu() -> AbstractContextManager[object]:
    """Have tensors made on the CPU where nothing else is said, whatever default device the caller has set."""
    with import_lock():
        import torch

    return torch.device("cpu")


def _plain(value: Value) -> Value:
    """Return a number of NumPy as one of Python."""
    return value.item() if isinstance(value, np.generic) else value


def _recipe(preset: str, settings: Mapping[str, Value]) -> Preset:
    """The preset of that name; raises UserError where it or one of the settings is unknown."""
    if preset not in PRESETS:
        raise UserError(f"There is no preset “{preset}”: choose one of {', '.join(PRESETS)}.")
    unknown = settings.keys() - MODEL_FIELDS.keys() - TRAIN_FIELDS.keys()
    if unknown:
        raise UserError(f"There is no setting “{min(unknown)}”.")
    return PRESETS[preset]


presets: Mapping[str, Preset] = MappingProxyType(PRESETS)
datasets: Mapping[str, DatasetEntry] = MappingProxyType(DATASETS)
