"""Pictures in an IDX file, with the labels in a file beside it if there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.io.idx import load_images, read_labels
from vae_gui.core.datasets.io.idx_folder import find_file
from vae_gui.core.datasets.own.pictures import Labels, Reading, check_count, labels_from
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress


@dataclass(frozen=True, slots=True, eq=False)
class IdxPictures:
    """images: (n, h, w) uint8."""

    images: NDArray[np.uint8]
    labels: Labels | None
    note: str

    @property
    def count(self) -> int:
        return len(self.images)

    def read(self, wanted: Sequence[int], _side: int) -> Reading:
        """Yield the images that are wanted; they are in memory already."""
        for index in wanted:
            yield index, self.images[index]


def open_idx(path: Path) -> Job[IdxPictures]:
    """Read the whole file, raw or gzipped."""
    yield Progress(0, None, f"Reading {path.name}")
    images = yield from load_images(path)
    check_count(len(images), path.name)
    beside = labels_beside(path)
    if beside is None:
        return IdxPictures(images, None, "")
    try:
        values = read_labels(beside)
    except UserError as error:
        return IdxPictures(images, None, f"No labels: {error}")
    if len(values) != len(images):
        note = f"No labels: “{beside.name}” has {len(values):,} for {len(images):,} images."
        return IdxPictures(images, None, note)
    return IdxPictures(images, labels_from(values.tolist()), "")


def labels_beside(path: Path) -> Path | None:
    """The file whose name differs only in saying labels for images, raw or gzipped."""
    stem = path.name.removesuffix(".gz")
    labels = stem.replace("images", "labels").replace("idx3", "idx1")
    if labels == stem:
        return None
    return find_file(path.parent, (labels, f"{labels}.gz"))
