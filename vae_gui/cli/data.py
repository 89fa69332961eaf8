"""Finds the images that a command asks for."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from vae_gui.cli.output import carry_out, print_error
from vae_gui.cli.parser import ALL, TRAIN
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.datasets.named import load_named, own_source
from vae_gui.core.datasets.own.source import PREFIX, own_images, own_reference
from vae_gui.core.support.errors import UserError

_ADVICE = "name its folder with --data-dir, or add --download"


def load_data(name: str, folder: Path | None, download: bool = False) -> ImageData:
    """Load a data set by its name, or own images by their path; raises UserError where there are none."""
    loaded = carry_out(load_named(name, folder, download, _ADVICE))
    for note in loaded.notes:
        print_error(note)
    return loaded.data


def chosen_dataset(options: argparse.Namespace) -> str | None:
    """The data set that the options name, own images with their labels and their test images; None without one."""
    parts = {name: getattr(options, name) for name in ("labels", "test", "test_labels")}
    given = {name: path.resolve() for name, path in parts.items() if path is not None}
    if not given:
        return None if options.dataset is None else str(options.dataset)
    source = None if options.dataset is None else own_source(options.dataset)
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


def split_of(data: ImageData, name: str) -> Split:
    """The training images, the test images, or all of them, one behind the other. name: one of SPLITS."""
    train, test = data.train, data.test
    if name != ALL:
        return train if name == TRAIN else test
    labels = None
    if train.labels is not None and test.labels is not None:
        labels = np.concatenate([train.labels, test.labels])
    return Split(np.concatenate([train.images, test.images]), labels)
