"""Turn what a person hands over, whatever it is, into images: `pixels` for a model, `image_data` for a run."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.named import Loaded, load_named, load_source
from vae_gui.core.datasets.own.memory import Values, data_in_memory
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.support import arguments
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.run_settings import MODEL_FIELDS

Images = NDArray[np.uint8]
FilePath = str | os.PathLike[str]


class Items(Protocol):
    """A torch `Dataset`, or what works like one: an image or (image, label) by its number."""

    def __getitem__(self, index: int, /) -> Any: ...

    def __len__(self) -> int: ...


Data = ArrayLike | Items | FilePath | OwnImages | ImageData
Labels = ArrayLike | FilePath
MIN_SIDE, MAX_SIDE = (
    int(limit)
    for limit in (MODEL_FIELDS["side"].setting.minimum, MODEL_FIELDS["side"].setting.maximum)
)
_PARTS = ("labels", "test", "test_labels")
_ADVICE = "name its folder with data_dir=, or pass download=True"


def pixels(name: str, value: ArrayLike, side: int | None = None) -> Images:
    """Return images as (n, side, side) uint8, a copy in one block.

    value: (n, side, side), (n, 1, side, side), (n, side²), or one image as (side, side) or (side²,); whole numbers
    in 0…255, True and False, or floats in 0…1. side: of the images; None for any from MIN_SIDE to MAX_SIDE, and then
    not one image alone. Raises TypeError and ValueError that name the argument.
    """
    wanted = _shapes(side)
    array = _in_squares(arguments.array(name, value, wanted), side)
    if array is None:
        raise ValueError(f"{name} must be {wanted}, not {np.shape(value)}")
    if not len(array):
        raise ValueError(f"{name} must hold at least one image")
    if array.dtype == np.uint8:
        return np.array(array, np.uint8, order="C")
    if array.dtype.kind == "b":
        return np.array(array, np.uint8, order="C") * np.uint8(255)
    low, high = array.min(), array.max()
    whole = array.dtype.kind in "iu"
    if not (low >= 0 and high <= (255 if whole else 1)):  # so that nan is refused
        raise ValueError(
            f"{name} must be whole numbers in 0…255 or floats in 0…1; these lie in {low:g}…{high:g}"
        )
    return np.array(array if whole else np.rint(255 * array), np.uint8, order="C")


def image_data(
    dataset: Data | None,
    labels: Labels | None = None,
    test: Data | None = None,
    test_labels: Labels | None = None,
    data_dir: FilePath | None = None,
    download: bool = False,
) -> Loaded:
    """Load or make the data set that the arguments of `train` describe.

    Raises TypeError and ValueError that name the argument, and UserError where there are no images.
    """
    arguments.instance("download", download, bool, "True or False")
    folder = None if data_dir is None else arguments.file("data_dir", data_dir)
    if isinstance(dataset, str | os.PathLike):
        parts = zip(_PARTS, (labels, test, test_labels), strict=True)
        given = {name: value for name, value in parts if value is not None}
        return _from_files(dataset, given, folder, download)
    if isinstance(dataset, OwnImages | ImageData):
        _refuse_parts(labels, test, test_labels)
        return finish(load_source(dataset)) if isinstance(dataset, OwnImages) else Loaded(dataset)
    return Loaded(_in_memory(dataset, labels, test, test_labels))


def _shapes(side: int | None) -> str:
    if side is None:
        return f"(n, side, side), (n, 1, side, side) or (n, side²) with a side of {MIN_SIDE} to {MAX_SIDE}"
    return f"(n, {side}, {side}), (n, 1, {side}, {side}) or (n, {side**2})"


def _in_squares(array: NDArray[np.generic], side: int | None) -> NDArray[np.generic] | None:
    """Return a view (n, side, side); None for another shape."""
    shape = array.shape
    if side is not None and shape in ((side, side), (side**2,)):
        return array.reshape(1, side, side)
    if len(shape) == 4 and shape[1] == 1:
        shape = shape[0], *shape[2:]
    elif len(shape) == 2:
        root = round(shape[1] ** 0.5)
        shape = shape[0], root, shape[1] // max(root, 1)
    fits = len(shape) == 3 and shape[1] == shape[2] and array.size == np.prod(shape)
    if not fits or (shape[1] != side if side else not MIN_SIDE <= shape[1] <= MAX_SIDE):
        return None
    return array.reshape(shape)


def _from_files(
    dataset: FilePath, parts: Mapping[str, object], folder: Path | None, download: bool
) -> Loaded:
    """A text may be the name of a data set; a path object is always a path, whatever its name is."""
    place = arguments.file("dataset", dataset)
    if isinstance(dataset, str) and (not parts or dataset in DATASETS):
        if parts:
            raise ValueError(f"{min(parts)} must be None: the data set “{dataset}” has its own")
        return finish(load_named(dataset, folder, download, _ADVICE))
    place = place.expanduser().resolve()
    if not place.exists():
        raise UserError(f"There is nothing at “{place}”: name a folder or a file of images.")
    paths = {part: arguments.file(part, given).expanduser() for part, given in parts.items()}
    labels, test, test_labels = (paths.get(part) for part in _PARTS)
    own = OwnImages(place, labels=labels, test=test, test_labels=test_labels)
    return finish(load_source(own))


def _refuse_parts(*parts: object) -> None:
    if any(part is not None for part in parts):
        raise ValueError("labels, test and test_labels must be None: the data set has its own")


def _in_memory(dataset: object, labels: object, test: object, test_labels: object) -> ImageData:
    train, labels = _images_and_labels("dataset", dataset, labels)
    if test is None:
        if test_labels is not None:
            raise ValueError("test_labels must be None where there are no test images")
        return data_in_memory(train, labels, None, None)
    tested, test_labels = _images_and_labels("test", test, test_labels)
    if tested.shape[1:] != train.shape[1:]:
        raise ValueError(
            f"test must be images of {train.shape[1]} pixels, as dataset, not {tested.shape[1]}"
        )
    return data_in_memory(train, labels, tested, test_labels)


def _images_and_labels(name: str, value: object, labels: object) -> tuple[Images, Values | None]:
    """Take (X, y), a torch `Dataset` of images or of (image, label), or images alone."""
    of_labels = "labels" if name == "dataset" else "test_labels"
    own: object = None
    if isinstance(value, tuple) and len(value) == 2:
        value, own = value
    elif _is_map_style(value):
        value, own = _items(name, value)
    if own is not None and labels is not None:
        raise ValueError(f"{of_labels} must be None: {name} has its own")
    images = pixels(name, value)  # type: ignore[arg-type]
    chosen = own if labels is None else labels
    return images, None if chosen is None else _labels(of_labels, chosen, len(images))


def _is_map_style(value: object) -> bool:
    """Tell whether this is a torch `Dataset` or works like one: items by number, and nothing of an array."""
    return (
        hasattr(value, "__getitem__")
        and hasattr(value, "__len__")
        and not isinstance(value, list | tuple | dict | bytes)
        and not hasattr(value, "__array__")
    )


def _items(name: str, value: Any) -> tuple[list[object], list[object] | None]:
    """Return the images of a data set and their labels; None where its items are images alone."""
    items = [value[index] for index in range(len(value))]
    paired = bool(items) and all(isinstance(it, tuple | list) and len(it) == 2 for it in items)
    images = [item[0] for item in items] if paired else items
    arrays: list[object] = [arguments.array(name, image, "images") for image in images]
    return arrays, [item[1] for item in items] if paired else None


def _labels(name: str, value: object, count: int) -> Values:
    """Return one whole number or one text for each of `count` images."""
    found = np.asarray(arguments.detached(value))
    if found.dtype.kind == "f" and (found == np.rint(found)).all():
        found = found.astype(np.int64)
    if found.dtype.kind == "O" and all(isinstance(label, str) for label in found.flat):
        found = found.astype(str)
    if found.dtype.kind not in "biuUS":
        raise TypeError(f"{name} must be one whole number or one text for each image")
    if found.shape not in ((count,), (count, 1)):
        raise ValueError(
            f"{name} must be one for each of the {count:,} images, ({count},), not {found.shape}"
        )
    values: list[str] | list[int] = found.ravel().tolist()
    return values
