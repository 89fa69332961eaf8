"""Options of an exported animation or strip of images, and the enlarging of one image."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.settings import Setting, validate
from vae_gui.core.support.types import Pixels

THERE_AND_BACK, ONE_WAY = "there and back", "one way"
SHARP, SMOOTH = "sharp", "smooth"
_INTERVAL_STEP_MS = 10

_Size = Annotated[int, Setting("Image size", "Height and width of one image.", 28, 1024, "pixels")]
_Enlarging = Annotated[
    str,
    Setting(
        "Enlarging",
        "Sharp keeps every pixel of the model as a square; smooth blurs between them.",
        choices=(SHARP, SMOOTH),
    ),
]


@dataclass(frozen=True, slots=True)
class AnimationOptions:
    """The settings of an animation, which always loops for ever."""

    frames: Annotated[
        int, Setting("Frames", "Images on the way from start to end.", 2, 1000, "frames")
    ] = 100
    size: _Size = 256
    interval_ms: Annotated[int, Setting("Time per frame", "In steps of 10 ms.", 20, 1000, "ms")] = (
        40
    )
    direction: Annotated[
        str,
        Setting(
            "Direction",
            "There and back plays the frames in reverse too, without showing an end twice.",
            choices=(THERE_AND_BACK, ONE_WAY),
        ),
    ] = THERE_AND_BACK
    enlarging: _Enlarging = SHARP

    def __post_init__(self) -> None:
        validate(self)
        if self.interval_ms % _INTERVAL_STEP_MS:
            raise UserError(
                f"Time per frame is {self.interval_ms} ms, but a GIF counts in steps of "
                f"{_INTERVAL_STEP_MS} ms: choose {self.interval_ms // 10 * 10} ms."
            )

    def order(self, frames: int) -> list[int]:
        """Return the order in which n frames play."""
        return there_and_back(frames) if self.direction == THERE_AND_BACK else list(range(frames))


@dataclass(frozen=True, slots=True)
class StripOptions:
    """The settings of a strip: images side by side in one picture."""

    size: _Size = 112
    gap: Annotated[int, Setting("Gap", "White space between images.", 0, 64, "pixels")] = 4
    enlarging: _Enlarging = SHARP

    def __post_init__(self) -> None:
        validate(self)

    def length(self, images: int) -> int:
        """Return the length of a row of so many images, in pixels."""
        return images * self.size + (images - 1) * self.gap


def there_and_back(frames: int) -> list[int]:
    """The order in which n frames play forward and back: 2n - 2 indices, the ends once."""
    return [*range(frames), *range(frames - 2, 0, -1)]


def enlarge(image: Pixels, size: int, enlarging: str) -> Pixels:
    """Scale (side, side) uint8 to (size, size); sharp keeps exact grey values unless it must shrink."""
    assert image.dtype == np.uint8 and image.ndim == 2 and image.shape[0] == image.shape[1]
    side = len(image)
    if enlarging == SHARP and size >= side:
        source = np.arange(size) * side // size
        return image[source[:, np.newaxis], source]
    with import_lock():
        from PIL import Image

    return np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC))
