"""Pictures in an NPZ or an NPY file.

They are streamed one by one, so that neither a float array nor a false claim fills the memory.
"""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.io.idx import is_bomb
from vae_gui.core.datasets.io.throttle import ReportThrottle
from vae_gui.core.datasets.own.arrays import headers, opened, read_exactly, skip
from vae_gui.core.datasets.own.grey import flatten, scaled, value_range
from vae_gui.core.datasets.own.npy import NpyHeader
from vae_gui.core.datasets.own.pictures import (
    Labels,
    Picture,
    Reading,
    Skipped,
    check_bytes,
    check_count,
    labels_from,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress


@dataclass(frozen=True, slots=True)
class ArrayNames:
    """The usual names, in lower case, of the images and the labels of a split; the first that is found is taken."""

    images: tuple[str, ...]
    labels: tuple[str, ...]


TRAIN = ArrayNames(
    ("images", "x", "x_train", "train_images", "train_x", "data", "imgs", "arr_0"),
    ("labels", "y", "y_train", "train_labels", "train_y", "target", "arr_1"),
)
TEST = ArrayNames(("x_test", "test_images", "test_x"), ("y_test", "test_labels", "test_y"))
_MAX_LABEL_BYTES = 64 * 2**20
_MAX_SIDE = 5000
_MAX_IMAGE = 4_000_000  # values


@dataclass(frozen=True, slots=True)
class _Layout:
    """The layout of the images in a member; `channels_last` is false for (channels, h, w)."""

    member: str
    header: NpyHeader
    height: int
    width: int
    channels: int
    channels_last: bool

    @property
    def image_bytes(self) -> int:
        return self.height * self.width * self.channels * self.header.dtype.itemsize

    @property
    def count(self) -> int:
        return self.header.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class NpzPictures:
    """black, white: the values that become 0 and 255."""

    path: Path
    layout: _Layout
    black: float
    white: float
    labels: Labels | None
    note: str

    @property
    def count(self) -> int:
        return self.layout.count

    def read(self, wanted: Sequence[int], _side: int) -> Reading:
        """The wanted ones of one pass over the file; one with NaN or infinity is skipped."""
        for index, values in _stream(self.path, self.layout, wanted):
            yield index, self._picture(index, values)

    def _picture(self, index: int, values: NDArray[np.float32]) -> Picture | Skipped:
        if not np.isfinite(values).all():
            return Skipped(f"image {index}", "it holds values that are no numbers")
        pixels = scaled(values, self.black, self.white)
        if not self.layout.channels_last:
            pixels = np.moveaxis(pixels, 0, -1)
        if self.layout.channels == 1:
            return pixels[..., 0]
        if self.layout.channels == 3:
            pixels = np.dstack((pixels, np.full(pixels.shape[:2], 255, np.uint8)))
        return flatten(pixels)


def open_npz(path: Path, names: ArrayNames = TRAIN) -> Job[NpzPictures]:
    """Find the images and their labels, check their sizes, and look once over all values for their range."""
    yield Progress(0, None, f"Reading {path.name}")
    found = headers(path)
    layout = _find_images(path, found, names)
    labels, note = _find_labels(path, found, layout, names)
    smallest, largest = yield from _extent(path, layout)
    black, white = value_range(smallest, largest)
    return NpzPictures(path, layout, black, white, labels, note)


def has_test(path: Path) -> bool:
    """Say whether the file has test images of its own, as the files of Keras do."""
    return any(name.lower() in TEST.images for name in headers(path))


def _find_images(path: Path, found: dict[str, NpyHeader], names: ArrayNames) -> _Layout:
    """The array with a known name, else the only one that has the shape of images."""
    layouts = {
        name.lower(): layout
        for name, header in found.items()
        if name.lower() in names.images or names is TRAIN
        if (layout := _layout(name, header)) is not None
    }
    known = [layouts[name] for name in names.images if name in layouts]
    candidates = known[:1] or list(layouts.values())
    if len(candidates) != 1:
        raise UserError(
            f"“{path.name}” holds no array of images (count, height, width) under a name such as "
            "images, x or x_train: save it with numpy.savez(file, images=…, labels=…)."
        )
    (layout,) = candidates
    if layout.header.is_fortran:
        raise UserError(
            f"The images in “{path.name}” are stored column by column: "
            "save numpy.ascontiguousarray(images) instead."
        )
    check_count(layout.count, path.name)
    if is_bomb(layout.header.data_bytes, path.stat().st_size):
        raise UserError(
            f"“{path.name}” claims far more than a file of its size holds: save it again with numpy.savez."
        )
    check_bytes(layout.count * layout.height * layout.width * layout.channels, path.name)
    return layout


def _layout(name: str, header: NpyHeader) -> _Layout | None:
    """Return the layout of the images in an array of this shape; None if it holds no images."""
    shape = header.shape
    if header.dtype.kind not in "biuf" or 0 in shape or not 2 <= len(shape) <= 4:
        return None
    height, width, channels, last = 0, 0, 1, True
    if len(shape) == 2:
        height = width = math.isqrt(shape[1])
        if height * width != shape[1] or height < 2:
            return None
    elif len(shape) == 3:
        height, width = shape[1:]
    elif shape[3] in (1, 3, 4):
        height, width, channels = shape[1:]
    elif shape[1] in (1, 3, 4):
        channels, height, width = shape[1:]
        last = False
    if not (0 < height <= _MAX_SIDE and 0 < width <= _MAX_SIDE):
        return None
    if height * width * channels > _MAX_IMAGE:
        return None
    return _Layout(name, header, height, width, channels, last)


def _find_labels(
    path: Path, found: dict[str, NpyHeader], layout: _Layout, names: ArrayNames
) -> tuple[Labels | None, str]:
    """The labels, or a note that says why those in the file are not used."""
    by_name = {name.lower(): name for name in found}
    name = next((by_name[name] for name in names.labels if name in by_name), None)
    if name is None:
        return None, ""
    header = found[name]
    if header.shape not in ((layout.count,), (layout.count, 1)):
        return None, f"No labels: “{name}” is not one label for each image."
    if header.dtype.kind not in "biuUS" or header.data_bytes > _MAX_LABEL_BYTES:
        return None, f"No labels: “{name}” holds neither whole numbers nor names."
    with opened(path, name) as member:
        member.read(header.length)
        content = read_exactly(member, header.data_bytes)
        values = np.frombuffer(content, header.dtype).tolist()
    words = [v.decode("latin-1") if isinstance(v, bytes) else v for v in values]
    labels = labels_from(words)
    return labels, "" if labels else f"No labels: “{name}” holds one class, or far too many."


def _extent(path: Path, layout: _Layout) -> Job[tuple[float, float]]:
    """The smallest and the largest finite value."""
    smallest, largest = math.inf, -math.inf
    pace = ReportThrottle()
    for index, values in _stream(path, layout, range(layout.count)):
        if pace.is_due():
            yield Progress(index, layout.count, f"Looking at the values of {path.name}")
        if np.isfinite(values).all():
            smallest, largest = (
                min(smallest, float(values.min())),
                max(largest, float(values.max())),
            )
    return (smallest, largest) if smallest <= largest else (0.0, 1.0)


def _stream(
    path: Path, layout: _Layout, wanted: Sequence[int]
) -> Generator[tuple[int, NDArray[np.float32]], None, None]:
    """Images of rising numbers, each in the shape it has in the file."""
    shape = (layout.height, layout.width, layout.channels)
    shape = shape if layout.channels_last else (shape[2], shape[0], shape[1])
    with opened(path, layout.member) as member:
        skip(member, layout.header.length)
        position = 0
        for index in wanted:
            skip(member, (index - position) * layout.image_bytes)
            values = np.frombuffer(read_exactly(member, layout.image_bytes), layout.header.dtype)
            position = index + 1
            yield index, _as_floats(values).reshape(shape)


def _as_floats(values: NDArray[np.generic]) -> NDArray[np.float32]:
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(np.float32)
