"""Four IDX files in a folder, under any of the names and layouts in which they go around."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import Split
from vae_gui.core.datasets.idx import read_images, read_labels
from vae_gui.core.errors import UserError

STEMS = ("train-images", "train-labels", "t10k-images", "t10k-labels")


@dataclass(frozen=True, slots=True)
class IdxFiles:
    """Where the images and the labels of both splits are."""

    train_images: Path
    train_labels: Path
    test_images: Path
    test_labels: Path


def find_files(folder: Path, name: str) -> IdxFiles | None:
    """The files in `folder`, in its `raw`, or in torchvision's `<name>/raw`; None unless all four are there."""
    for place in (folder, folder / "raw", folder / name, folder / name / "raw"):
        paths = [path for stem in STEMS if (path := _find_file(place, stem)) is not None]
        if len(paths) == len(STEMS):
            return IdxFiles(*paths)
    return None


def _find_file(folder: Path, stem: str) -> Path | None:
    candidates = (folder / name for name in _names(stem))
    try:
        return next((path for path in candidates if path.is_file()), None)
    except OSError:
        return None  # a folder that may not be read


def _names(stem: str) -> Iterator[str]:
    """Every way to write a file's name, the raw ones first: they are read faster."""
    kind = "idx3" if stem.endswith("images") else "idx1"
    for ending in ("", ".gz"):
        for separator in "-.":
            yield f"{stem}{separator}{kind}-ubyte{ending}"


def read_split(images_path: Path, labels_path: Path, side: int, classes: int) -> Split:
    """One split; UserError unless images are `side`×`side`, and each has a label in 0..classes−1."""
    images = read_images(images_path)
    height, width = images.shape[1:]
    if (height, width) != (side, side):
        raise UserError(
            f"The images in “{images_path.name}” are {height}×{width} pixels, but {side}×{side} are needed: "
            "choose a folder with images of that size."
        )
    labels = read_labels(labels_path)
    if len(labels) != len(images):
        raise UserError(
            f"“{labels_path.name}” has {len(labels):,} labels for {len(images):,} images: "
            "choose a folder whose files belong together."
        )
    return Split(images, _checked(labels, labels_path, classes))


def _checked(labels: NDArray[np.uint8], path: Path, classes: int) -> NDArray[np.int16]:
    largest = int(labels.max())
    if largest >= classes:
        raise UserError(
            f"“{path.name}” has the label {largest}, but {classes - 1} is the highest: "
            "choose a folder with the right labels."
        )
    checked = labels.astype(np.int16)
    checked.flags.writeable = False
    return checked
