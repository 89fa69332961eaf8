"""Finds the images that a command asks for."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from vae_gui.cli.output import carry_out, print_error
from vae_gui.cli.parser import ALL, TRAIN
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.datasets.own.load import load_own
from vae_gui.core.datasets.own.source import PREFIX, OwnImages, own_images, own_reference
from vae_gui.core.datasets.places import folder_of_environment
from vae_gui.core.support.errors import UserError

APP_FOLDER = "vae-explorer"
_BYTES_PER_MB = 1e6


def app_folder() -> Path:
    """Where the app keeps what is its own; the same as Qt's AppLocalDataLocation, without Qt."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = _home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share")
    return base / APP_FOLDER


def default_data_folder() -> Path:
    """Where data sets are looked for unless somebody chose: DATA_VARIABLE, else the app's own folder."""
    return folder_of_environment() or app_folder() / "datasets"


def load_data(name: str, folder: Path | None, download: bool = False) -> ImageData:
    """A data set by its name, or own images by their path; raises UserError where there are none."""
    entry = DATASETS.get(name)
    if entry is None:
        return _load_own(name)
    place = default_data_folder() if folder is None else folder
    if not download and not entry.find(place):
        raise UserError(
            f"“{place}” does not hold {entry.title}: name its folder with --data-dir, "
            f"or add --download ({entry.download_bytes / _BYTES_PER_MB:.0f} MB)."
        )
    return carry_out(entry.load(place, download))


def chosen_dataset(options: argparse.Namespace) -> str | None:
    """The data set that the options name, own images with their labels and their test images; None without one."""
    parts = {name: getattr(options, name) for name in ("labels", "test", "test_labels")}
    given = {name: path.resolve() for name, path in parts.items() if path is not None}
    if not given:
        return None if options.dataset is None else str(options.dataset)
    source = None if options.dataset is None else _own_source(options.dataset)
    if source is None:
        raise UserError(
            "Labels and test images belong to images of your own: name those with --dataset PATH."
        )
    return replace(source, **given).name


def dataset_of(options: argparse.Namespace, recorded: str) -> str:
    """The data set that was named, or else the one that a file records.

    Own images are named by the person alone: a path in a file is nothing that may be looked at.
    """
    chosen = chosen_dataset(options)
    if chosen is not None:
        return chosen
    own, reference = own_images(recorded), own_reference(recorded)
    if own is not None:
        raise UserError(
            f"The file says that its images are in “{own.path}”: "
            f"add --dataset '{recorded}' if that is right, or name another folder in it."
        )
    if reference is not None:
        raise UserError(
            f"Where “{reference.title}” is does not stand in the file: add --dataset "
            f"'{PREFIX}:{reference.side}:{reference.invert}:{reference.seed}:FOLDER'."
        )
    return recorded


def _load_own(name: str) -> ImageData:
    source = _own_source(name)
    if source is None:
        raise UserError(
            f"There is no data set “{name}”: choose one of {', '.join(DATASETS)}, "
            "or the path of a folder, an IDX, an NPZ or an NPY file."
        )
    loaded = carry_out(load_own(source))
    for note in filter(None, (loaded.report(), loaded.note)):
        print_error(note)
    return loaded.data


def _own_source(name: str) -> OwnImages | None:
    """Own images by the name of a data set or by their path; None where there are none."""
    path = None if name in DATASETS else _own_path(name)
    return own_images(name) or (None if path is None else OwnImages(path.resolve()))


def _own_path(name: str) -> Path | None:
    """Where own images are; None where there is nothing, or nothing can be: no such user, too long a name."""
    try:
        path = Path(name).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _home() -> Path:
    """The root where the user has no home, as Qt says."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def split_of(data: ImageData, name: str) -> Split:
    """The training images, the test images, or all of them, one behind the other. name: one of SPLITS."""
    train, test = data.train, data.test
    if name != ALL:
        return train if name == TRAIN else test
    labels = None
    if train.labels is not None and test.labels is not None:
        labels = np.concatenate([train.labels, test.labels])
    return Split(np.concatenate([train.images, test.images]), labels)
