"""Pictures, animations and tables for other programs: each writer is a job that can be cancelled."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export import png
from vae_gui.core.export.animations import ANIMATIONS, Clip, difference
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.settings import Setting, validate
from vae_gui.core.vae.history import HistoryRows

Pixels = NDArray[np.uint8]

THERE_AND_BACK, ONE_WAY = "there and back", "one way"
SHARP, SMOOTH = "sharp", "smooth"
_INTERVAL_STEP_MS = 10
_GAP_GREY = 255
# Most programs refuse pictures that are much larger.
_MOST_PIXELS = 80_000_000
_ROWS_AT_ONCE = 20_000

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
    """How an animation is made; it always loops for ever."""

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


@dataclass(frozen=True, slots=True)
class StripOptions:
    """How images are laid side by side in one picture."""

    size: _Size = 112
    gap: Annotated[int, Setting("Gap", "White space between images.", 0, 64, "pixels")] = 4
    enlarging: _Enlarging = SHARP

    def __post_init__(self) -> None:
        validate(self)


def there_and_back(frames: int) -> list[int]:
    """The order in which n frames play forward and back: 2n - 2 indices, the ends once."""
    return [*range(frames), *range(frames - 2, 0, -1)]


def export_animation(
    frames: Iterable[Pixels],
    path: Path,
    options: AnimationOptions,
    palette: Pixels | None = None,
) -> Job[Path]:
    """Write a .gif, .png or .webp that loops for ever.

    frames: at least one (side, side) uint8, taken one by one, so that a generator may decode them;
        options.frames only says how many to expect.
    palette: (256, 3) at most, where the pixels are indices into it; then they have to be enlarged sharply.
    """
    writer_type = ANIMATIONS.get(path.suffix.lower())
    if writer_type is None:
        raise UserError(f"Choose a name for “{path.name}” that ends in {', '.join(ANIMATIONS)}.")
    with atomic_write(path) as file:
        images: list[Pixels] = []
        expected = options.frames + len(_order(options, options.frames))
        for frame in frames:
            images.append(np.array(frame, copy=True))
            yield Progress(len(images), max(expected, len(images)), "Decoding")
        order = _order(options, len(images))
        total = len(images) + len(order)
        writer = writer_type(file, Clip(options.size, len(order), options.interval_ms, palette))
        previous: Pixels | None = None
        for position, index in enumerate(order, 1):
            image = enlarge(images[index], options.size, options.enlarging)
            writer.add(difference(previous, image))
            previous = image
            yield Progress(len(images) + position, total, "Writing")
        writer.finish()
    return path


def export_grid(tiles: Pixels, path: Path, options: StripOptions) -> Job[Path]:
    """Write tiles (rows, columns, side, side) uint8 as one PNG; row 0 is at the top."""
    rows, columns = tiles.shape[:2]
    width, height = (n * options.size + (n - 1) * options.gap for n in (columns, rows))
    _check_picture(path, width * height)
    with atomic_write(path) as file:
        file.write(png.header(width, height))
        compressor = zlib.compressobj()
        for row, line in enumerate(tiles):
            band = np.full(
                (options.size + options.gap * (row < rows - 1), width), _GAP_GREY, np.uint8
            )
            for column, tile in enumerate(line):
                x = column * (options.size + options.gap)
                band[: options.size, x : x + options.size] = enlarge(
                    tile, options.size, options.enlarging
                )
            file.write(png.chunk(b"IDAT", compressor.compress(png.scanlines(band))))
            yield Progress(row + 1, rows, "Writing")
        file.write(png.chunk(b"IDAT", compressor.flush()) + png.chunk(b"IEND"))
    return path


def export_strip(frames: Pixels, path: Path, options: StripOptions) -> Job[Path]:
    """Write frames (n, side, side) uint8 from left to right as one PNG."""
    return (yield from export_grid(frames[np.newaxis], path, options))


def save_image(image: Pixels, path: Path, size: int = 256, enlarging: str = SHARP) -> Job[Path]:
    """Write one image (side, side) uint8 as PNG."""
    options = StripOptions(size, 0, enlarging)
    return (yield from export_grid(image[np.newaxis, np.newaxis], path, options))


def export_history_csv(history: HistoryRows, path: Path) -> Job[Path]:
    """Write the curves as CSV: split (train or test), step, loss, reconstruction, kl in nats per image."""
    total = len(history.steps) + len(history.tests)
    with atomic_write(path) as file:
        file.write(b"split,step,loss,reconstruction,kl\n")
        done = 0
        for split, rows in (("train", history.steps), ("test", history.tests)):
            for part in _parts(rows):
                lines = (
                    f"{split},{step:.0f},{a!r},{b!r},{c!r}\n" for step, a, b, c in part.tolist()
                )
                file.write("".join(lines).encode())
                done += len(part)
                yield Progress(done, total, "Writing")
    return path


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


def _order(options: AnimationOptions, frames: int) -> list[int]:
    return there_and_back(frames) if options.direction == THERE_AND_BACK else list(range(frames))


def _check_picture(path: Path, pixels: int) -> None:
    if path.suffix.lower() != ".png":
        raise UserError(f"Choose a name for “{path.name}” that ends in .png.")
    if pixels > _MOST_PIXELS:
        raise UserError(
            f"The picture would have {pixels / 1e6:,.0f} million pixels, and {_MOST_PIXELS / 1e6:.0f} "
            "are the most: choose a smaller image size."
        )


def _parts(rows: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[start : start + _ROWS_AT_ONCE]
