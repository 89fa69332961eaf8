"""Settings from the command line: every field of a run's config by its name."""

import argparse
import tomllib
from pathlib import Path

from vae_gui.cli.parser import offer
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import open_checked
from vae_gui.core.support.settings import Value
from vae_gui.core.vae.run_settings import MODEL_FIELDS, TRAIN_FIELDS, setting_value

SHORTCUTS = ("epochs", "latent_dim", "beta", "seed", "device")  # have an option of their own


def add_settings(parser: argparse.ArgumentParser) -> None:
    for name in SHORTCUTS:
        setting = (MODEL_FIELDS | TRAIN_FIELDS)[name].setting
        option = "--" + name.replace("_", "-")
        text = f"{setting.help.rstrip('.')} (default: the recipe's)"
        choices = setting.choices
        offer(parser.add_argument(option, metavar=name[0].upper(), help=text), choices)
    given = parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="any setting: " + ", ".join(MODEL_FIELDS | TRAIN_FIELDS),
    )
    offer(given, _assignments)
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="a TOML file with preset, dataset and any settings; options that are given win",
    )


def _assignments(begun: str) -> list[str]:
    """Return the settings as KEY=, and for one that has been named its values, where they are counted."""
    fields = MODEL_FIELDS | TRAIN_FIELDS
    name = begun.partition("=")[0]
    if "=" in begun and name in fields:
        return [f"{name}={choice}" for choice in fields[name].setting.choices]
    return [f"{name}=" for name in fields]


OF_A_FILE = ("preset", "dataset")  # beside the settings
_MAX_FILE_BYTES = 2**20


def take_config(options: argparse.Namespace) -> None:
    """Let a TOML file say what the options leave open: `preset`, `dataset` and any setting.

    Raises UserError for a file that cannot be read, or names what there is not.
    """
    if options.config is None:
        return
    values = read_toml(options.config)
    for name in OF_A_FILE:
        if name in values:
            text = values.pop(name)
            if getattr(options, name) is None:
                setattr(options, name, str(text))
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise UserError(f"“{name}” in {options.config.name} must be a number or a text.")
    options.set = [f"{name}={value}" for name, value in values.items()] + options.set


def read_toml(path: Path) -> dict[str, object]:
    """Raises UserError for a file that is none."""
    try:
        with open_checked(path, _MAX_FILE_BYTES) as file:
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
    return {name: setting_value(name, text) for name, text in pairs}
