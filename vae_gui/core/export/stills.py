"""Images side by side in one picture that does not move: as PNG row by row, as GIF or WebP by Pillow."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vae_gui.core.export import png
from vae_gui.core.export.options import StripOptions, enlarge
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.types import Pixels

_GAP_GREY = 255
# Most programs refuse pictures that are much larger.
_MAX_PIXELS = 80_000_000
_MAX_WEBP_SIDE = 16_383


def png_picture(tiles: Pixels, path: Path, options: StripOptions) -> Job[Path]:
    """Tiles (rows, columns, side, side) uint8; never more than a row of them in memory."""
    height, width = _size(tiles, path, options)
    with atomic_write(path) as file:
        file.write(png.header(width, height))
        compressor = zlib.compressobj()
        for row, band in enumerate(_bands(tiles, options)):
            file.write(png.chunk(b"IDAT", compressor.compress(png.scanlines(band))))
            yield Progress(row + 1, len(tiles), "Writing")
        file.write(png.chunk(b"IDAT", compressor.flush()) + png.chunk(b"IEND"))
    return path


def gif_picture(tiles: Pixels, path: Path, options: StripOptions) -> Job[Path]:
    """Tiles (rows, columns, side, side) uint8."""
    return (yield from _by_pillow(tiles, path, options, "GIF"))


def webp_picture(tiles: Pixels, path: Path, options: StripOptions) -> Job[Path]:
    """Tiles (rows, columns, side, side) uint8, without loss."""
    return (yield from _by_pillow(tiles, path, options, "WEBP", _MAX_WEBP_SIDE))


def _by_pillow(
    tiles: Pixels, path: Path, options: StripOptions, kind: str, most_side: int = 65_535
) -> Job[Path]:
    height, width = _size(tiles, path, options, most_side)
    with import_lock():
        from PIL import Image

    bands = []
    for band in _bands(tiles, options):
        bands.append(band)
        yield Progress(len(bands), len(tiles), "Writing")
    picture = Image.fromarray(np.concatenate(bands))
    assert picture.size == (width, height)
    with atomic_write(path) as file:
        picture.save(file, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return path


def _bands(tiles: Pixels, options: StripOptions) -> Iterator[Pixels]:
    """Yield each row of tiles with the gap below it, (height, width) uint8."""
    rows, columns = tiles.shape[:2]
    step = options.size + options.gap
    for row, line in enumerate(tiles):
        height = step if row < rows - 1 else options.size
        band = np.full((height, options.length(columns)), _GAP_GREY, np.uint8)
        for column, tile in enumerate(line):
            x = column * step
            band[: options.size, x : x + options.size] = enlarge(
                tile, options.size, options.enlarging
            )
        yield band


def _size(
    tiles: Pixels, path: Path, options: StripOptions, most_side: int = 2**31 - 1
) -> tuple[int, int]:
    """Return the height and width of the picture; raises UserError where it is too large for its format."""
    height, width = (options.length(count) for count in tiles.shape[:2])
    if max(height, width) > most_side or height * width > _MAX_PIXELS:
        raise UserError(
            f"The picture would be {width:,} × {height:,} pixels, too many for "
            f"{path.suffix}: choose a smaller image size, fewer images or .png."
        )
    return height, width
