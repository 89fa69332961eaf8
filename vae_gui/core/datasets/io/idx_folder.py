"""Four IDX files in a folder, under any of the names and layouts in which they go around."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import Split
from vae_gui.core.datasets.io.idx import read_images, read_labels
from vae_gui.core.support.errors import UserError

STEMS = ("train-images", "train-labels", "t10k-images", "t10k-labels")


@dataclass(frozen=True, slots=True)
class IdxFiles:
    """The paths of the images and the labels of both splits."""

    train_images: Path
    train_labels: Path
    test_images: Path
    test_labels: Path


def find_files(
    folder: Path, names: Sequence[str], names_of_others: Sequence[str] | None
) -> IdxFiles | None:
    """The files of a set in `folder`; None unless all four are in one place.

    Many sets use the same four file names, so a folder's own name says whose they are: `names` are
    those of the set. If `names_of_others` is given, files in a folder of any other name are the set's too.
    """
    places = [place for name in names for place in (folder / name, folder / name / "raw")]
    own_name = (folder.parent.name if folder.name == "raw" else folder.name).casefold()
    is_own = own_name in map(str.casefold, names)
    if is_own or (names_of_others is not None and own_name not in names_of_others):
        places += [folder, folder / "raw"]
    for place in places:
        paths = [path for stem in STEMS if (path := find_file(place, _names(stem))) is not None]
        if len(paths) == len(STEMS):
            return IdxFiles(*paths)
    return None


def find_file(folder: Path, names: Iterable[str]) -> Path | None:
    """The first of `names` that is a file in `folder`."""
    try:
        return next((path for name in names if (path := folder / name).is_file()), None)
    except OSError:
        return None  # a folder that may not be read


def _names(stem: str) -> Iterator[str]:
    """Every way to write a file's name, the raw ones first: they are read faster."""
    kind = "idx3" if stem.endswith("images") else "idx1"
    for ending in ("", ".gz"):
        for separator in "-.":
            yield f"{stem}{separator}{kind}-ubyte{ending}"


def read_split(images_path: Path, labels_path: Path, side: int, classes: int) -> Split:
    """Read one split; raise UserError unless images are `side`×`side` and each has a label in 0..classes−1."""
    images = read_square_images(images_path, side)
    return Split(images, read_class_labels(labels_path, len(images), classes))


def read_square_images(images_path: Path, side: int) -> NDArray[np.uint8]:
    """Images (n, side, side); UserError if they have another size."""
    images = read_images(images_path)
    height, width = images.shape[1:]
    if (height, width) != (side, side):
        raise UserError(
            f"The images in “{images_path.name}” are {height}×{width} pixels, but {side}×{side} are needed: "
            "choose a folder with images of that size."
        )
    return images


def read_class_labels(path: Path, count: int, classes: int, first: int = 0) -> NDArray[np.int16]:
    """Labels (count,) int16 in 0..classes−1, which the file counts from `first` on."""
    labels = read_labels(path)
    if len(labels) != count:
        raise UserError(
            f"“{path.name}” has {len(labels):,} labels for {count:,} images: "
            "choose a folder whose files belong together."
        )
    smallest, largest, last = int(labels.min()), int(labels.max()), first + classes - 1
    if largest > last:
        raise UserError(
            f"“{path.name}” has the label {largest}, but {last} is the highest: "
            "choose a folder with the right labels."
        )
    if smallest < first:
        raise UserError(
            f"“{path.name}” has the label {smallest}, but {first} is the lowest: "
            "choose a folder with the right labels."
        )
    checked = labels.astype(np.int16) - np.int16(first)
    checked.flags.writeable = False
    return checked
