"""Settings from the command line: every field of a run's config by its name."""

import argparse
import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import open_checked
from vae_gui.core.support.settings import SettingField, Value, settings_of
from vae_gui.core.vae.config import EPOCHS, ModelConfig, RunConfig, TrainConfig
from vae_gui.core.vae.presets import Preset
from vae_gui.core.vae.random_streams import NEWEST

SHORTCUTS = ("epochs", "latent_dim", "beta", "seed", "device")  # have an option of their own
MODEL_FIELDS = {item.name: item for item in settings_of(ModelConfig)}
TRAIN_FIELDS = {item.name: item for item in settings_of(TrainConfig)}
_NUMBER = {int: "a whole number", float: "a number"}


def add_settings(parser: argparse.ArgumentParser) -> None:
    for name in SHORTCUTS:
        setting = (MODEL_FIELDS | TRAIN_FIELDS)[name].setting
        option = "--" + name.replace("_", "-")
        parser.add_argument(option, metavar=name[0].upper(), help=setting.help)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="any setting: " + ", ".join(MODEL_FIELDS | TRAIN_FIELDS),
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="a TOML file with preset, dataset and any settings; options that are given win",
    )


OF_A_FILE = ("preset", "dataset")  # beside the settings
_LARGEST_FILE = 2**20


def take_config(options: argparse.Namespace) -> None:
    """Let a TOML file say what the options leave open: `preset`, `dataset` and any setting.

    Raises UserError for a file that cannot be read, or names what there is not.
    """
    if options.config is None:
        return
    values = _read_toml(options.config)
    for name in OF_A_FILE:
        if name in values:
            text = values.pop(name)
            if getattr(options, name) is None:
                setattr(options, name, str(text))
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise UserError(f"“{name}” in {options.config.name} must be a number or a text.")
    options.set = [f"{name}={value}" for name, value in values.items()] + options.set


def _read_toml(path: Path) -> dict[str, object]:
    try:
        with open_checked(path, _LARGEST_FILE) as file:
            return tomllib.load(file)
    except (ValueError, RecursionError) as error:
        raise UserError(f"“{path.name}” is no TOML file: {error}.") from error


def given_settings(options: argparse.Namespace) -> dict[str, Value]:
    """The settings that were given, of the right type; their limits are checked when they are used."""
    pairs = []
    for assignment in options.set:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise UserError(f"“{assignment}” is no setting: write --set KEY=VALUE.")
        pairs.append((name.strip().replace("-", "_"), text.strip()))
    shortcuts = [(name, getattr(options, name)) for name in SHORTCUTS]
    pairs += [(name, text) for name, text in shortcuts if text is not None]
    return {name: _value(name, text) for name, text in pairs}


def new_run(preset: Preset, dataset: str) -> RunConfig:
    """A run of a recipe. There is no window that would need a core of its own, so all of them train."""
    train = replace(preset.train, threads=os.cpu_count() or 1)
    return RunConfig(preset.name, dataset, preset.model, train)


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


def _value(name: str, text: str) -> Value:
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
