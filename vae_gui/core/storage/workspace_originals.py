"""A few images of the data set in a workspace file, so that what needs originals works without the data set."""

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, Split, stratified
from vae_gui.core.datasets.own.pictures import MAX_CLASSES
from vae_gui.core.storage.verified_container import Arrays
from vae_gui.core.storage.workspace_values import array_of, group
from vae_gui.core.support.json_values import items, require, text

_SPLITS = ("train", "test")


def sample_of(data: ImageData, images: int) -> ImageData:
    """Return a sample of so many images, half of each split, each class in proportion."""
    return ImageData(
        data.name,
        data.title,
        stratified(data.train, images // 2),
        stratified(data.test, images - images // 2),
        data.class_names,
        data.digest,
        is_sample=True,
    )


def originals_document(originals: ImageData) -> dict[str, object]:
    return {"title": originals.title, "class_names": originals.class_names}


def originals_tensors(originals: ImageData) -> dict[str, NDArray[np.generic]]:
    tensors: dict[str, NDArray[np.generic]] = {}
    for name in _SPLITS:
        split: Split = getattr(originals, name)
        tensors[f"originals/{name}_images"] = split.images
        if split.labels is not None:
            tensors[f"originals/{name}_labels"] = split.labels
    return tensors


def unpack_originals(
    values: dict[str, object], dataset: str, digest: str, tensors: Arrays
) -> ImageData:
    """The inverse of both. dataset and digest: of the run, whose images they are."""
    arrays = group("originals", tensors)
    train, test = (_split(name, arrays) for name in _SPLITS)
    require(not arrays, "the originals are not whole")
    names = tuple(text(name) for name in items(values["class_names"]))
    return ImageData(dataset, text(values["title"]), train, test, names, digest, is_sample=True)


def check_originals(originals: ImageData, side: int) -> None:
    """Raise ValueError for what contradicts itself or the model, whose images have `side` pixels."""
    names = originals.class_names
    require(len(names) <= MAX_CLASSES, "there are too many classes")
    for split in (originals.train, originals.test):
        require(len(split) > 0, "there are no originals")
        require(split.images.shape[1:] == (side, side), "the originals have another size")
        if split.labels is not None:
            named = bool(np.all((split.labels >= 0) & (split.labels < len(names))))
            require(named, "a label has no name")


def _split(name: str, arrays: dict[str, NDArray[np.generic]]) -> Split:
    images = array_of(arrays.pop(f"{name}_images"), np.uint8, 3)
    labels = arrays.pop(f"{name}_labels", None)
    return Split(images, None if labels is None else array_of(labels, np.int16, 1))
