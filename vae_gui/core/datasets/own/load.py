"""Own images: a folder or a file of a person's own, made into a data set."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.datasets.io.split import held_out
from vae_gui.core.datasets.io.throttle import ReportThrottle
from vae_gui.core.datasets.own.grey import border_median, is_dark_on_light, to_square
from vae_gui.core.datasets.own.opening import open_images
from vae_gui.core.datasets.own.pictures import (
    Labels,
    Pictures,
    Skipped,
    check_bytes,
    check_count,
)
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.support.progress import Job, Progress

PREVIEW_IMAGES = 32
# So many backgrounds tell whether the set is dark on light; the preview and the load look at the same.
_SAMPLE = 64
TEST_EVERY = 10
_CHUNK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class OwnPreview:
    """A preview of what a source would give.

    count: images that were found. test_count: those in a split of their own, None where a tenth is held out.
    images: (n, side, side) uint8, n ≤ 32, spread over the source. captions: their classes, "" without labels.
    note: what was not used as it is, or "".
    """

    source: OwnImages
    count: int
    test_count: int | None
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
        """Return a sentence that says which images are missing; "" if none is."""
        if not self.skipped:
            return ""
        first = ", ".join(f"{item.name} ({item.reason})" for item in self.skipped[:3])
        rest = f" and {len(self.skipped) - 3:,} more" if len(self.skipped) > 3 else ""
        images = "image" if len(self.skipped) == 1 else "images"
        return f"{len(self.skipped):,} {images} of “{self.data.title}” left out: {first}{rest}."


def preview(source: OwnImages) -> Job[OwnPreview]:
    """Count what is there and convert a few images, as `load_own` would."""
    found = yield from open_images(source)
    sample = _spread(found.train.count, _SAMPLE)
    squares, skipped, inverted = yield from _look(source, found.train, sample)
    chosen = [index for index in sample if index in squares]
    chosen = [chosen[place] for place in _spread(len(chosen), PREVIEW_IMAGES)]
    names, labels = found.class_names, found.labels
    captions = tuple("" if labels is None else names[labels.indices[i]] for i in chosen)
    images = np.array([squares[index] for index in chosen], np.uint8)
    images = images.reshape(-1, source.side, source.side)
    if inverted:
        images = 255 - images
    return OwnPreview(
        source,
        found.train.count,
        None if found.test is None else found.test.count,
        names,
        images,
        captions,
        skipped,
        inverted,
        found.note,
    )


def load_own(source: OwnImages) -> Job[LoadedOwn]:
    """Read, convert and split all images; raises UserError with a sentence where that cannot be done."""
    found = yield from open_images(source)
    count = found.train.count + (0 if found.test is None else found.test.count)
    check_bytes(count * source.side**2, source.title)
    _, _, inverted = yield from _look(source, found.train, _spread(found.train.count, _SAMPLE))
    read = yield from _read(source, found.train, inverted)
    if found.test is None:
        splits, skipped = _held_out(read, found.labels, source.seed), read.skipped
    else:
        tested = yield from _read(source, found.test, inverted)
        splits = (
            Split(read.images, _labels(found.labels, read.kept)),
            Split(tested.images, _labels(found.test_labels, tested.kept)),
        )
        skipped = read.skipped + tested.skipped
    names = found.class_names
    data = ImageData(source.name, source.title, *splits, names, digest_of(splits, names))
    return LoadedOwn(data, skipped, inverted, found.note)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """images: (n, side, side) uint8 of the pictures of the numbers `kept`."""

    images: NDArray[np.uint8]
    kept: NDArray[np.intp]
    skipped: tuple[Skipped, ...]


def _read(source: OwnImages, pictures: Pictures, inverted: bool) -> Job[_Read]:
    images = np.empty((pictures.count, source.side, source.side), np.uint8)
    kept: list[int] = []
    skipped: list[Skipped] = []
    pace = ReportThrottle()
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
    return _Read(images, np.array(kept, np.intp), tuple(skipped))


def _look(
    source: OwnImages, pictures: Pictures, sample: Sequence[int]
) -> Job[tuple[dict[int, NDArray[np.uint8]], tuple[Skipped, ...], bool]]:
    """The squares of a sample by index, what was skipped among them, and whether the set is to be inverted."""
    squares: dict[int, NDArray[np.uint8]] = {}
    skipped: list[Skipped] = []
    medians: list[float] = []
    pace = ReportThrottle()
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
    """Return at most `most` of the numbers 0…count−1, evenly spread."""
    return np.linspace(0, count - 1, min(count, most)).astype(int).tolist() if count else []


def _held_out(read: _Read, labels: Labels | None, seed: int) -> tuple[Split, Split]:
    """Take one image in ten for the test. The others move up within `images`, so that there is no second copy."""
    images, known = read.images, _labels(labels, read.kept)
    train, test = held_out(len(images), known, TEST_EVERY, seed)
    held = images[test]
    for start in range(0, len(train), _CHUNK):
        chunk = train[start : start + _CHUNK]
        images[start : start + len(chunk)] = images[chunk]
    return (
        Split(images[: len(train)], _labels(labels, read.kept[train])),
        Split(held, _labels(labels, read.kept[test])),
    )


def digest_of(splits: tuple[Split, Split], class_names: tuple[str, ...]) -> str:
    """SHA-256, hexadecimal, over all that a run sees of them."""
    digest = hashlib.sha256(repr((class_names, *(split.images.shape for split in splits))).encode())
    for split in splits:
        digest.update(np.ascontiguousarray(split.images).data)
        if split.labels is not None:
            digest.update(split.labels.tobytes())
    return digest.hexdigest()


def _labels(labels: Labels | None, chosen: NDArray[np.intp]) -> NDArray[np.int16] | None:
    if labels is None:
        return None
    taken = labels.indices[chosen]
    taken.flags.writeable = False
    return taken
