"""A drawing or any picture, prepared as the images are that a model was trained on.

MNIST's way (LeCun et al. 1998): the ink fits into a box of 20 of 28 pixels, and the centre of its
mass is put into the middle.
"""

import math
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.own.grey import (
    border_median,
    flatten,
    is_dark_on_light,
    to_grey,
    to_square,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import open_checked
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.types import Extent

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 20_000_000
_MAX_FILE_BYTES = 100 * 2**20
# Only these readers of Pillow see a file, whatever its name says.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
_ALPHA = ("LA", "RGBA", "La", "RGBa", "PA")
_FINEST = 1024  # pixels of a side, of what is looked at more closely
_BOX = 20 / 28
_FAINT = 16  # grey levels above the background that are still nothing
_SPECKS = 0.1  # of the brightest ink: what is fainter is paper


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture of unknown origin. grey: (h, w) uint8. flattened: it was transparent."""

    grey: NDArray[np.uint8]
    flattened: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PreprocessedImage:
    """image: (side, side) uint8 read-only, bright on dark, for the encoder. inverted, flattened: what was done.

    frame: (x0, x1, y0, y1), the part of the canvas that the image shows; the canvas is the square from 0 to 1.
    """

    image: NDArray[np.uint8]
    inverted: bool = False
    flattened: bool = False
    frame: Extent = (0.0, 1.0, 0.0, 1.0)

    def __post_init__(self) -> None:
        self.image.flags.writeable = False


def prepare_drawing(
    strokes: NDArray[np.uint8], side: int, *, centred: bool = True
) -> PreprocessedImage | None:
    """Bright strokes on black (h, w) as an image of the data; None where nothing is drawn.

    centred: in MNIST's way; else only resampled.
    """
    if not strokes.size or strokes.max() < _FAINT:
        return None
    if not centred:
        return PreprocessedImage(to_square(strokes, side).copy())
    image, frame = _centred(strokes, side)
    return PreprocessedImage(image, frame=frame)


def prepare_picture(
    picture: Picture, side: int, *, centred: bool = True, invert: bool | None = None
) -> PreprocessedImage | None:
    """A picture as an image of the data; None for an even surface.

    invert: dark on light becomes bright on dark; None leaves it to the border's median.
    """
    grey = picture.grey
    if not grey.size or int(grey.max()) - int(grey.min()) < _FAINT:
        return None
    inverted = is_dark_on_light([border_median(grey)]) if invert is None else invert
    if inverted:
        grey = 255 - grey
    ink = _ink(grey) if centred else None
    if ink is None:
        return PreprocessedImage(to_square(grey, side).copy(), inverted, picture.flattened)
    image, frame = _centred(ink, side)
    return PreprocessedImage(image, inverted, picture.flattened, frame)


def read_picture(path: Path) -> Picture:
    """The picture in a file, the first if there are several; raises UserError for anything else."""
    with import_lock():
        from PIL import Image

    with open_checked(path, _MAX_FILE_BYTES) as file:
        content = file.read()
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            _check_size(image.width * image.height, path.name)
            return _picture(image)
    except UserError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError(_too_large(path.name)) from error
    # Pillow's readers raise whatever a damaged file makes them stumble over: OSError, SyntaxError,
    # struct.error, ZeroDivisionError and others.
    except Exception as error:
        raise UserError(
            f"“{path.name}” cannot be read as a picture: choose a PNG, JPEG, GIF, BMP, WebP or TIFF file."
        ) from error


def pasted_picture(rgba: NDArray[np.uint8]) -> Picture:
    """A picture from the clipboard, (h, w, 4) uint8; raises UserError if it is too large."""
    _check_size(rgba.shape[0] * rgba.shape[1], "The picture")
    flattened = bool((rgba[..., 3] < 255).any())
    return Picture(flatten(rgba), flattened)


def _check_size(pixels: int, name: str) -> None:
    if pixels > MAX_PIXELS:
        raise UserError(_too_large(name))


def _too_large(name: str) -> str:
    return f"“{name}” has more than {MAX_PIXELS // 10**6} million pixels: make it smaller first."


def _picture(image: "Image") -> Picture:
    """An opened picture, turned as its camera says and not finer than is of use."""
    from PIL import ImageOps

    image.draft("RGB", (_FINEST, _FINEST))
    image.load()
    upright = ImageOps.exif_transpose(image)
    transparent = upright.mode in _ALPHA or "transparency" in upright.info
    if transparent:
        upright = upright.convert("RGBA")
    elif not upright.mode.startswith(("I", "F")):
        upright = upright.convert("RGB").convert("L")
    factor = max(upright.size) // _FINEST
    if factor > 1 and upright.mode in ("L", "RGBA"):
        upright = upright.reduce(factor)
    flattened = transparent and bool(np.asarray(upright)[..., 3].min() < 255)
    return Picture(to_grey(upright), flattened)


def _ink(grey: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the ink, which is brighter than the border (h, w), without specks of paper; None if there is none."""
    raised = grey.astype(np.float32) - border_median(grey)
    brightest = float(raised.max())
    if brightest < _FAINT:
        return None
    ink = np.clip(raised * (255 / brightest), 0, 255)
    ink[ink < _SPECKS * 255] = 0
    return np.asarray(ink, np.uint8)


def _centred(ink: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], Extent]:
    """Ink on black (h, w) in MNIST's way, (side, side); its brightest pixel is white. And the frame of that image."""
    with import_lock():
        from PIL import Image

    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = round(side * _BOX) / max(cropped.shape)
    height, width = (max(1, round(length * scale)) for length in cropped.shape)
    # The sharpest filter that leaves no ripples on the black: the data has none.
    small = Image.fromarray(cropped).resize((width, height), Image.Resampling.HAMMING)
    values = np.asarray(small, np.float64)
    top, left = (_start(values.sum(axis=axis), side) for axis in (1, 0))
    square = np.zeros((side, side), np.uint8)
    square[top : top + height, left : left + width] = np.rint(values * (255 / values.max()))
    across = _frame(ink.shape, 1, int(columns[0]), cropped.shape[1] / width, left, side)
    down = _frame(ink.shape, 0, int(rows[0]), cropped.shape[0] / height, top, side)
    return square, (*across, *down)


def _frame(
    shape: tuple[int, ...], axis: int, first: int, step: float, start: int, side: int
) -> tuple[float, float]:
    """Both edges of the image on one axis of the canvas, in the middle of which a picture that is no square lies.

    first: the pixel of the ink that comes to `start` in the image. step: pixels of the ink for each of the image.
    """
    longest = max(shape)
    low = first - start * step + (longest - shape[axis]) / 2
    return low / longest, (low + side * step) / longest


def _start(mass: NDArray[np.float64], side: int) -> int:
    """Return where a profile of mass (n,) begins if its centre is to be in pixel side / 2 from 0 with nothing cut off.

    In MNIST that is pixel 14: the centres of mass lie evenly between its two edges.
    """
    centre = float(mass @ (np.arange(len(mass)) + 0.5) / mass.sum())
    return min(max(math.ceil(side / 2 - centre - 1e-6), 0), side - len(mass))
