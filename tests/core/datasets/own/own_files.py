"""Own images for the tests: folders, NPZ files and IDX files with what people really have in them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def strokes(count: int, side: int = 12) -> NDArray[np.uint8]:
    """Bright strokes on dark ground, each another: (count, side, side)."""
    images = np.zeros((count, side, side), np.uint8)
    for index, image in enumerate(images):
        image[2 : side - 2, 2 + index % (side - 4)] = 255
        image[2 + index // (side - 4) % (side - 4), 2 : side - 2] = 200
    return images


def write_folder(folder: Path, images: NDArray[np.uint8], classes: tuple[str, ...] = ()) -> None:
    """PNG files, in a subfolder for each class in turn if there are classes."""
    for index, image in enumerate(images):
        place = folder / classes[index % len(classes)] if classes else folder
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{index:04}.png")
