"""A data set in memory (`ImageData`, `Split`), and its description in the registry (`DatasetEntry`)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.progress import Job


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Images of one split, in memory as they are on disk.

    images: (n, side, side) uint8, bright on dark, read-only.
    labels: (n,) int16 indices into `ImageData.class_names`, or None without labels.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int16] | None

    def __post_init__(self) -> None:
        assert self.images.dtype == np.uint8 and self.images.ndim == 3
        assert self.images.shape[1] == self.images.shape[2], "images are square"
        assert self.labels is None or len(self.labels) == len(self.images)
        self.images.flags.writeable = False

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class ImageData:
    """A data set: two splits and the names of its classes (empty without labels).

    Attributes:
        name: what it is called in files and on the command line.
        title: what it is called in the app.
        train: the images to train on, with `.images` (n, side, side) uint8 and `.labels` (n,) int16, or None.
        test: the images to test on, in the same form.
        class_names: by label.
        digest: SHA-256 of own images, hexadecimal, by which a file knows them; "" for other data sets.
        is_sample: these are a few of the images, out of a workspace file.
    """

    name: str
    title: str
    train: Split
    test: Split
    class_names: tuple[str, ...]
    digest: str = ""
    is_sample: bool = False

    @property
    def side(self) -> int:
        """Return the height and width of an image in pixels."""
        return int(self.train.images.shape[1])

    @property
    def test_title(self) -> str:
        """Return what to call the test images; for a sample this includes their number."""
        if self.is_sample:
            return f"{len(self.test)} {self.title} test images that the file brings"
        return f"{self.title} test images"


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """A line of the DATASETS registry; reading it loads nothing.

    things: what the images are of, as a noun in the plural.
    centred: whether its images fill a box about the middle, as MNIST's do, so that a drawing is brought there first.
    find: whether `folder` holds the images, so that `load` needs no network.
    load: a job that reads them from `folder`; where they are missing it downloads them into
        `folder` if `download` is true, else raises UserError.
    """

    name: str
    title: str
    things: str
    centred: bool
    description: str
    train_images: int
    test_images: int
    side: int
    class_names: tuple[str, ...]
    download_bytes: int
    find: Callable[[Path], bool]
    load: Callable[[Path, bool], Job[ImageData]]


def stratified(split: Split, count: int) -> Split:
    """The first images of each class in proportion, at most `count`; always the same."""
    if len(split) <= count:
        return split
    if split.labels is None:
        chosen = np.linspace(0, len(split) - 1, count).astype(int)
    else:
        order = np.argsort(split.labels, kind="stable")
        chosen = np.sort(order[np.linspace(0, len(split) - 1, count).astype(int)])
    labels = None if split.labels is None else split.labels[chosen]
    return Split(split.images[chosen], labels)
