"""Settings of a run by their names: every field of its model and of its training."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import SettingField, Value, settings_of
from vae_gui.core.vae.config import EPOCHS, ModelConfig, RunConfig, TrainConfig
from vae_gui.core.vae.presets import Preset
from vae_gui.core.vae.random_streams import NEWEST
from vae_gui.core.vae.snapshot import Checkpoint

MODEL_FIELDS = {item.name: item for item in settings_of(ModelConfig)}
TRAIN_FIELDS = {item.name: item for item in settings_of(TrainConfig)}
LIVE_HYPERPARAMETERS = ("beta", "learning_rate")  # may change within a run, which records it
CHANGEABLE = ("epochs", "min_steps", "patience", "device", "threads")  # of a run that is resumed
_NUMBER = {int: "a whole number", float: "a number"}


def new_run(preset: Preset, dataset: str, threads: int | None = None) -> RunConfig:
    """A run of a recipe without a window, which would need a core of its own: all of them train, or so many threads."""
    train = replace(preset.train, threads=threads or os.cpu_count() or 1)
    return RunConfig(preset.name, dataset, preset.model, train)


def run_title(config: RunConfig, data: ImageData) -> str:
    """Return what a run is called until a person renames it."""
    return f"{config.preset} · {data.title}"


def with_settings(config: RunConfig, values: Mapping[str, Value], side: int) -> RunConfig:
    """The config with these values; `side` is that of the data, unless it is given.

    Another seed repeats no run, so it takes the newest random numbers. A number of epochs that is given is the
    length of the run, whatever number of steps the recipe has at least.
    """
    model = {"side": side} | {name: values[name] for name in MODEL_FIELDS if name in values}
    train = {name: values[name] for name in TRAIN_FIELDS if name in values}
    if EPOCHS in train:
        train.setdefault("min_steps", 0)
    repeats = train.get("seed", config.train.seed) == config.train.seed
    return replace(
        config,
        random_streams=config.random_streams if repeats else NEWEST,
        model=replace(config.model, **model),  # type: ignore[arg-type]
        train=replace(config.train, **train),  # type: ignore[arg-type]
    )


def resumed_config(
    config: RunConfig, checkpoint: Checkpoint, values: Mapping[str, Value], anew: str
) -> RunConfig:
    """Return the config of a run that goes on with these values.

    anew: how the caller repeats a run instead, as the end of a sentence. Raises UserError where it cannot go on.
    """
    if not checkpoint.optimizer:
        raise UserError(f"This run cannot be trained further, for its optimizer is gone: {anew}.")
    fixed = [name for name in values if name not in (*LIVE_HYPERPARAMETERS, *CHANGEABLE)]
    if fixed:
        raise UserError(
            f"“{fixed[0]}” cannot change within a run: only "
            f"{', '.join((*LIVE_HYPERPARAMETERS, *CHANGEABLE))} can; or {anew}."
        )
    train = {name: value for name, value in values.items() if name in CHANGEABLE}
    replace(config.train, **values)  # type: ignore[arg-type]  # checks the limits of live hyperparameters too
    epochs = train.pop(EPOCHS, None)
    if epochs is not None:
        config = config.longer(checkpoint.steps_done, int(epochs))
    return replace(config, train=replace(config.train, **train))  # type: ignore[arg-type]


def setting_value(name: str, text: str) -> Value:
    """Return a value of the setting's type; its limits are checked when it is used.

    Raises UserError for an unknown name, and for a text that is no such value.
    """
    item = (MODEL_FIELDS | TRAIN_FIELDS).get(name)
    if item is None:
        names = ", ".join(MODEL_FIELDS | TRAIN_FIELDS)
        raise UserError(f"There is no setting “{name}”: choose one of {names}.")
    if item.kind is str:
        return text
    try:
        return int(text) if item.kind is int else float(text)
    except ValueError:
        _refuse(item, text)


def _refuse(item: SettingField, text: str) -> NoReturn:
    raise UserError(f"{item.setting.label} must be {_NUMBER[item.kind]}, not “{text}”.") from None
