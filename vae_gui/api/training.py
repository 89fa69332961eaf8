"""`train`: from all that a person hands over to a model, by a run."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from vae_gui.api.images import Data, FilePath, Labels, image_data
from vae_gui.api.model import Model, load
from vae_gui.api.on_cpu import on_cpu
from vae_gui.api.reporting import Report, bar, epoch_of
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.named import Loaded
from vae_gui.core.datasets.own.source import portable_name
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support import arguments
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.support.settings import Value, check_setting
from vae_gui.core.vae.presets import PRESETS, Preset
from vae_gui.core.vae.run_settings import (
    MODEL_FIELDS,
    TRAIN_FIELDS,
    new_run,
    resumed_config,
    run_title,
    with_settings,
)
from vae_gui.core.vae.unbounded_density import unbounded_density_warning
from vae_gui.core.vae.warm_up import warm_up_training

if TYPE_CHECKING:
    from vae_gui.core.vae.run.headless import HeadlessRun

_OPTIONAL = ("epochs", "seed")
_ANEW = "train anew, with a preset and without resume="
_LONGER = "pass epochs= with a larger number"


@on_cpu()
def train(
    preset: str | None = None,
    dataset: Data | None = None,
    labels: Labels | None = None,
    test: Data | None = None,
    test_labels: Labels | None = None,
    *,
    epochs: int | None = None,
    seed: int | None = None,
    data_dir: FilePath | None = None,
    download: bool = False,
    report: Report | None = None,
    resume: Model | FilePath | None = None,
    **settings: Value,
) -> Model:
    """Train a model from fresh weights, or go on with a run; the same arguments give the same weights on the same machine.

    A warning tells of a run that goes badly, as when its posterior collapses onto the prior.

    Args:
        preset: one of `presets`.
        dataset: one of

            - the name of a data set, one of `datasets`;
            - the path of a folder or file of images: a text that is no such name, or any path object; with labels, test
              and test_labels as paths too, where those stand elsewhere; or `OwnImages`;
            - images (n, side, side), (n, 1, side, side) or (n, side²), whole numbers in 0…255 or floats in 0…1, as an
              array, a list or a tensor; or `(X, y)`, or a torch `Dataset` of images or of (image, label);
            - `ImageData`, as `datasets["digits"].load()` gives it.
        labels: (n,) whole numbers or texts.
        test: the test images, in any of these forms; without them every tenth image of each class is held out.
        test_labels: their labels.
        epochs: passes over the images, also of a preset that has a least number of steps.
        seed: of all random numbers.
        data_dir: the folder of the data set's files.
        download: whether they may be fetched.
        report: a function that is called with an `Epoch` after each, as `print`; None shows a bar in a notebook.
        resume: a model or its file whose run goes on, without a preset: `train(resume=model, epochs=80)`. The data set
            may be left out where it is known.
        settings: any of a run, as `beta=4`, `latent_dim=8`.

    Raises:
        TypeError, ValueError: an argument is wrong; the message names it.
        UserError: the data is not there, settings do not go together, a run cannot go on, or losses are no numbers.
    """
    if report is not None and not callable(report):
        raise TypeError(f"report must be a function of an Epoch, not {type(report).__name__}")
    values = _checked(dict(settings) | {"epochs": epochs, "seed": seed})
    if resume is None:
        recipe = _recipe(preset)
        loaded = image_data(dataset, labels, test, test_labels, data_dir, download)
        run = _new(recipe, loaded.data, values)
    else:
        if preset is not None:
            raise ValueError("preset must be None with resume, whose run has its own")
        model = resume if isinstance(resume, Model) else load(resume)
        if dataset is None:
            loaded = _data_of(model, data_dir, download)
        else:
            loaded = image_data(dataset, labels, test, test_labels, data_dir, download)
        run = _resumed(model.workspace, loaded.data, values)
    config, data = run.trainer.config, loaded.data
    for note in (
        *loaded.notes,
        unbounded_density_warning(config.model.likelihood, data.train.images),
    ):
        _warn(note)
    return Model(_carried_out(run, data, bar() if report is None else report), data)


def _new(recipe: Preset, data: ImageData, values: Mapping[str, Value]) -> HeadlessRun:
    config = new_run(recipe, portable_name(data.name, data.digest))
    config = with_settings(config, values, data.side)
    warm_up_training()
    from vae_gui.core.vae.run.headless import HeadlessRun

    return HeadlessRun(config, data, uuid.uuid4().hex)


def _resumed(workspace: Workspace, data: ImageData, values: Mapping[str, Value]) -> HeadlessRun:
    checkpoint = workspace.checkpoint
    config = replace(checkpoint.config, dataset=portable_name(data.name, data.digest))
    config = resumed_config(config, checkpoint, values, _ANEW)
    warm_up_training()
    from vae_gui.core.vae.run.headless import resumed_run

    rows, timeline = workspace.history, workspace.timeline
    return resumed_run(config, data, checkpoint, rows, timeline, values, _LONGER)


def _data_of(model: Model, data_dir: FilePath | None, download: bool) -> Loaded:
    """The images that a run is to go on with: those it was trained on here, else those of the name in its file."""
    if model.data is not None:
        return Loaded(model.data)
    name = model.config.dataset
    if name not in DATASETS:
        raise UserError(
            "Which images this run was trained on does not stand in its file: pass dataset=."
        )
    return image_data(name, data_dir=data_dir, download=download)


def _carried_out(run: HeadlessRun, data: ImageData, report: Report | None) -> Workspace:
    """Train to the end, and return the run with the encodings of its test images."""
    from vae_gui.core.sweeps.finished_run import as_workspace

    trainer = run.trainer
    for epoch in run.epochs():
        _warn(run.warning)
        run.warning = ""
        if report is not None:
            report(epoch_of(epoch, trainer.total_steps, trainer.steps_per_epoch))
    checkpoint = trainer.checkpoint()
    title = run_title(checkpoint.config, data)
    return finish(as_workspace(title, checkpoint, run.rows(), data, run.timeline))


def _warn(sentence: str) -> None:
    if sentence:
        warnings.warn(sentence, stacklevel=5)


def _checked(settings: Mapping[str, object]) -> dict[str, Value]:
    """Return the settings that are given, with numbers of NumPy as those of Python; each within its limits."""
    known = MODEL_FIELDS | TRAIN_FIELDS
    found: dict[str, Value] = {}
    for name, value in settings.items():
        if name not in known:
            raise TypeError(f"train() has no setting {name}: choose one of {', '.join(known)}")
        if value is None and name in _OPTIONAL:
            continue
        plain = value.item() if isinstance(value, np.generic) else value
        item = known[name]
        named = replace(item, setting=replace(item.setting, label=name))
        try:
            check_setting(named, plain)
        except UserError as error:
            _refuse(str(error), item.kind, plain)
        found[name] = plain  # type: ignore[assignment]
    return found


def _refuse(sentence: str, kind: type, value: object) -> NoReturn:
    fits = isinstance(value, str if kind is str else int | float) and not isinstance(value, bool)
    raise (ValueError if fits else TypeError)(sentence.rstrip(".")) from None


def _recipe(preset: object) -> Preset:
    arguments.instance("preset", preset, str, "the name of a preset")
    if preset not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}, not “{preset}”")
    return PRESETS[str(preset)]
