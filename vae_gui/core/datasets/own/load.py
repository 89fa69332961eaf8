"""Own images: a folder, an IDX file or an NPZ file of a person's own, made into a data set."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.datasets.io.split import held_out
from vae_gui.core.datasets.io.throttle import Throttle
from vae_gui.core.datasets.own.folder import SUFFIXES, open_folder
from vae_gui.core.datasets.own.grey import border_median, is_dark_on_light, to_square
from vae_gui.core.datasets.own.idx import open_idx
from vae_gui.core.datasets.own.npz import open_npz
from vae_gui.core.datasets.own.pictures import Pictures, Skipped, check_bytes, check_count
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress

PREVIEW_IMAGES = 32
# So many backgrounds tell whether the set is dark on light; the preview and the load look at the same.
_SAMPLE = 64
_TEST_EVERY = 10
_CHUNK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class OwnPreview:
    """What a source would give.

    count: images that were found. images: (n, side, side) uint8, n ≤ 32, spread over the source, with
    `captions`, their classes ("" without labels). note: what was not used as it is, or "".
    """

    source: OwnImages
    count: int
    class_names: tuple[str, ...]
    images: NDArray[np.uint8]
    captions: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    inverted: bool
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class LoadedOwn:
    """The data set, and what happened on the way to it."""

    data: ImageData
    skipped: tuple[Skipped, ...]
    inverted: bool
    note: str

    def report(self) -> str:
        """Which images are missing, in a sentence; "" if none is."""
        if not self.skipped:
            return ""
        first = ", ".join(f"{item.name} ({item.reason})" for item in self.skipped[:3])
        rest = f" and {len(self.skipped) - 3:,} more" if len(self.skipped) > 3 else ""
        images = "image" if len(self.skipped) == 1 else "images"
        return f"{len(self.skipped):,} {images} of “{self.data.title}” left out: {first}{rest}."


def preview(source: OwnImages) -> Job[OwnPreview]:
    """Count what is there and convert a few images, as `load_own` would."""
    pictures = yield from _open(source)
    sample = _spread(pictures.count, _SAMPLE)
    squares, skipped, inverted = yield from _look(source, pictures, sample)
    chosen = [index for index in sample if index in squares]
    chosen = [chosen[place] for place in _spread(len(chosen), PREVIEW_IMAGES)]
    labels = pictures.labels
    names = () if labels is None else labels.names
    captions = tuple("" if labels is None else names[labels.indices[i]] for i in chosen)
    images = np.array([squares[index] for index in chosen], np.uint8)
    images = images.reshape(-1, source.side, source.side)
    if inverted:
        images = 255 - images
    return OwnPreview(
        source, pictures.count, names, images, captions, skipped, inverted, pictures.note
    )


def load_own(source: OwnImages) -> Job[LoadedOwn]:
    """Read, convert and split all images; raises UserError with a sentence where that cannot be done."""
    pictures = yield from _open(source)
    check_bytes(pictures.count * source.side**2, source.title)
    _, _, inverted = yield from _look(source, pictures, _spread(pictures.count, _SAMPLE))
    images = np.empty((pictures.count, source.side, source.side), np.uint8)
    kept: list[int] = []
    skipped: list[Skipped] = []
    pace = Throttle()
    with closing(pictures.read(range(pictures.count), source.side)) as open_checked:
        for index, picture in open_checked:
            if pace.is_due():
                yield Progress(index, pictures.count, f"Reading {source.title}")
            if isinstance(picture, Skipped):
                skipped.append(picture)
            else:
                images[len(kept)] = to_square(picture, source.side)
                kept.append(index)
    check_count(len(kept), source.title)
    images = images[: len(kept)]
    if inverted:
        np.subtract(255, images, out=images)
    data = _split(source, pictures, images, np.array(kept, np.intp))
    return LoadedOwn(data, tuple(skipped), inverted, pictures.note)


def _open(source: OwnImages) -> Job[Pictures]:
    path = source.path
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise UserError(
            f"“{path}” cannot be reached ({error.strerror or error}): choose another source."
        ) from error
    if is_folder:
        return (yield from open_folder(path))
    if path.suffix.lower() in SUFFIXES:
        raise UserError(
            f"“{path.name}” is a single image: choose the folder that holds the images."
        )
    if path.suffix.lower() == ".npz":
        return (yield from open_npz(path))
    return (yield from open_idx(path))


def _look(
    source: OwnImages, pictures: Pictures, sample: Sequence[int]
) -> Job[tuple[dict[int, NDArray[np.uint8]], tuple[Skipped, ...], bool]]:
    """The squares of a sample by index, what was skipped among them, and whether the set is to be inverted."""
    squares: dict[int, NDArray[np.uint8]] = {}
    skipped: list[Skipped] = []
    medians: list[float] = []
    pace = Throttle()
    with closing(pictures.read(sample, source.side)) as open_checked:
        for index, picture in open_checked:
            if pace.is_due():
                yield Progress(len(squares), len(sample), f"Looking at {source.title}")
            if isinstance(picture, Skipped):
                skipped.append(picture)
            else:
                medians.append(border_median(picture))
                squares[index] = to_square(picture, source.side)
    inverted = source.invert == "yes" or (source.invert == "auto" and is_dark_on_light(medians))
    return squares, tuple(skipped), inverted


def _spread(count: int, most: int) -> list[int]:
    """At most `most` of the numbers 0…count−1, evenly spread."""
    return np.linspace(0, count - 1, min(count, most)).astype(int).tolist() if count else []


def _split(
    source: OwnImages, pictures: Pictures, images: NDArray[np.uint8], kept: NDArray[np.intp]
) -> ImageData:
    """One image in ten is held out. The others move up within `images`, so that there is no second copy."""
    labels = None if pictures.labels is None else pictures.labels.indices[kept]
    train, test = held_out(len(images), labels, _TEST_EVERY, source.seed)
    held = images[test]
    names = () if pictures.labels is None else pictures.labels.names
    for start in range(0, len(train), _CHUNK):
        chunk = train[start : start + _CHUNK]
        images[start : start + len(chunk)] = images[chunk]
    splits = (
        Split(images[: len(train)], _labels(labels, train)),
        Split(held, _labels(labels, test)),
    )
    return ImageData(source.name, source.title, *splits, names, _digest(splits, names))


def _digest(splits: tuple[Split, Split], class_names: tuple[str, ...]) -> str:
    """SHA-256, hexadecimal, over all that a run sees of them."""
    digest = hashlib.sha256(repr((class_names, *(split.images.shape for split in splits))).encode())
    for split in splits:
        digest.update(np.ascontiguousarray(split.images).data)
        if split.labels is not None:
            digest.update(split.labels.tobytes())
    return digest.hexdigest()


def _labels(labels: NDArray[np.int16] | None, chosen: NDArray[np.intp]) -> NDArray[np.int16] | None:
    if labels is None:
        return None
    taken = labels[chosen]
    taken.flags.writeable = False
    return taken
