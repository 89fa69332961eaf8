"""Any picture to a small grey square: alpha flattened, colours weighed, proportions kept, background filled up."""

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.imports import import_lock

if TYPE_CHECKING:
    from PIL.Image import Image

# Rec. 601, as Pillow's own conversion to grey.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_MIDDLE = 127.5
_STRIP = 1_000_000  # values


def to_grey(image: "Image") -> NDArray[np.uint8]:
    """A loaded Pillow image of any mode as (h, w) uint8."""
    mode = image.mode
    if mode in ("1", "L"):
        return np.asarray(image.convert("L"), np.uint8)
    if mode.startswith(("I", "F")):
        return stretch(np.asarray(image, np.float32))
    if mode in ("LA", "RGBA", "La", "RGBa", "PA") or "transparency" in image.info:
        rgba = image if mode == "RGBA" else image.convert("RGBA")
        return flatten(np.asarray(rgba, np.uint8))
    # By way of RGB: a palette, CMYK or Lab has no direct way to grey.
    return np.asarray(image.convert("RGB").convert("L"), np.uint8)


def flatten(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 4) to (h, w): dark drawings are laid on white, light ones on black, so that both are seen."""
    light = opaque = 0.0
    for rows in _strips(rgba.shape[:2]):
        colors, alpha = _light_and_alpha(rgba[rows])
        light += float((colors * alpha).sum())
        opaque += float(alpha.sum())
    behind = 255.0 if opaque and light / max(opaque, 1e-6) < _MIDDLE else 0.0
    grey = np.empty(rgba.shape[:2], np.uint8)
    for rows in _strips(rgba.shape[:2]):
        colors, alpha = _light_and_alpha(rgba[rows])
        grey[rows] = np.rint(alpha * colors + (1 - alpha) * behind)
    return grey


def _light_and_alpha(rgba: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    colors = rgba[..., :3].astype(np.float32) @ _LUMA
    return colors, rgba[..., 3].astype(np.float32) / np.float32(255)


def _strips(shape: tuple[int, ...]) -> list[slice]:
    """Rows of a picture that are worked on together: as floats a large one would take ten times its size."""
    height, width = shape[0], math.prod(shape[1:])
    step = max(1, _STRIP // max(1, width))
    return [slice(start, start + step) for start in range(0, height, step)]


def stretch(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(h, w) of unknown range to uint8: 0…1, 0…255 and 0…65535 are taken as they are meant, others as they lie."""
    if not np.isfinite(values).all():
        raise ValueError("values that are no numbers")
    low, high = value_range(float(values.min()), float(values.max()))
    return scaled(values, low, high)


def value_range(smallest: float, largest: float) -> tuple[float, float]:
    """Return the values of black and white for pictures whose values run from `smallest` to `largest`."""
    if -1 <= smallest < 0 and largest <= 1:
        return -1.0, 1.0
    if smallest >= 0:
        for white, least in ((1.0, 0.0), (255.0, 64.0), (65535.0, 16384.0)):
            if least <= largest <= white:
                return 0.0, white
    return min(0.0, smallest), max(largest, smallest + 1e-6)


def scaled(values: NDArray[np.float32], black: float, white: float) -> NDArray[np.uint8]:
    """Values to uint8, `black` to 0 and `white` to 255."""
    pixels = np.empty(values.shape, np.uint8)
    for rows in _strips(values.shape):
        shares = (values[rows] - np.float32(black)) * np.float32(255 / (white - black))
        pixels[rows] = np.rint(np.clip(shares, 0, 255))
    return pixels


def border_median(grey: NDArray[np.uint8]) -> float:
    """The middle value of the outermost pixels of (h, w): the background."""
    edges = (grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1])
    return float(np.median(np.concatenate(edges)))


def to_square(grey: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """(h, w) to (side, side): resampled, its proportions kept, the rest filled with its background."""
    if grey.shape == (side, side):
        return grey
    with import_lock():
        from PIL import Image

    height, width = grey.shape
    scale = side / max(height, width)
    inner = max(1, round(height * scale)), max(1, round(width * scale))
    small = Image.fromarray(grey).resize((inner[1], inner[0]), Image.Resampling.LANCZOS)
    if inner == (side, side):
        return np.asarray(small, np.uint8)
    square = np.full((side, side), round(border_median(grey)), np.uint8)
    top, left = (side - inner[0]) // 2, (side - inner[1]) // 2
    square[top : top + inner[0], left : left + inner[1]] = np.asarray(small, np.uint8)
    return square


def is_dark_on_light(medians: list[float]) -> bool:
    """Say whether most of the pictures with these border medians have a light background."""
    return bool(medians) and float(np.median(medians)) > _MIDDLE
