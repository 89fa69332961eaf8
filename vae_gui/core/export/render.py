"""Pictures of one model for a file: decoded from one snapshot, whatever is trained meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.writers import (
    AnimationOptions,
    StripOptions,
    enlarge,
    export_animation,
    export_grid,
)
from vae_gui.core.inference.requests import MAX_BATCH
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.snapshot import Snapshot

STILL_SUFFIXES = (".png", ".gif", ".webp")
_MOST_WEBP_SIDE = 16_383  # of a picture, in pixels
_MOST_STILL_PIXELS = 80_000_000
_GAP_GREY = 255


def decoded(snapshot: Snapshot, z: NDArray[np.floating]) -> Iterator[NDArray[np.uint8]]:
    """The mean images (side, side) of z (n, latent_dim), one after the other."""
    with import_lock():
        from vae_gui.core.inference.engine import Engine

    engine = Engine(snapshot)
    for start in range(0, len(z), MAX_BATCH):
        yield from engine.decode(z[start : start + MAX_BATCH].astype(np.float32))


def animation(
    snapshot: Snapshot, z: NDArray[np.floating], path: Path, options: AnimationOptions
) -> Job[Path]:
    """The images of z (n, latent_dim) one after the other; the suffix of `path` chooses the format."""
    return export_animation(decoded(snapshot, z), path, options)


def picture(
    snapshot: Snapshot, z: NDArray[np.floating], path: Path, options: StripOptions
) -> Job[Path]:
    """The images of z (rows, columns, latent_dim) side by side in one .png, .gif or .webp; row 0 on top.

    A row of NaN is left empty.
    """
    rows, columns = z.shape[:2]
    flat = z.reshape(rows * columns, -1)
    known = np.isfinite(flat).all(axis=1)
    side = snapshot.model.side
    tiles = np.zeros((rows * columns, side, side), np.uint8)
    images = decoded(snapshot, flat[known])
    for done, (index, image) in enumerate(zip(np.flatnonzero(known), images, strict=True), 1):
        tiles[index] = image
        yield Progress(done, len(flat), "Decoding")
    tiles = tiles.reshape(rows, columns, side, side)
    if path.suffix.lower() == ".png":
        return (yield from export_grid(tiles, path, options))
    return (yield from _still(tiles, path, options))


def traversal_frame_order(
    start: NDArray[np.floating], rows: NDArray[np.floating]
) -> NDArray[np.float64]:
    """A walk for an animation of traversals: each row from `start` to its high end, its low end, and back.

    start: (latent_dim,). rows: (dimensions, steps, latent_dim), each from low to high.
    """
    legs = []
    for row in rows:
        nearest = int(np.argmin(np.linalg.norm(row - start, axis=1)))
        last = len(row) - 1
        order = [*range(nearest, last), *range(last, 0, -1), *range(nearest)]
        legs.append(row[order])
    walk: NDArray[np.float64] = np.concatenate(legs).astype(np.float64)
    return walk


def _still(tiles: NDArray[np.uint8], path: Path, options: StripOptions) -> Job[Path]:
    """Tiles (rows, columns, side, side) as one GIF or lossless WebP that does not move."""
    rows, columns = tiles.shape[:2]
    step = options.size + options.gap
    height, width = rows * step - options.gap, columns * step - options.gap
    _check_still(path, height, width)
    with import_lock():
        from PIL import Image

    picture = np.full((height, width), _GAP_GREY, np.uint8)
    for row, line in enumerate(tiles):
        for column, tile in enumerate(line):
            y, x = row * step, column * step
            large = enlarge(tile, options.size, options.enlarging)
            picture[y : y + options.size, x : x + options.size] = large
        yield Progress(row + 1, rows, "Writing")
    image = Image.fromarray(picture)
    with atomic_write(path) as file:
        if path.suffix.lower() == ".gif":
            image.save(file, "GIF")
        else:
            image.save(file, "WEBP", lossless=True)
    return path


def _check_still(path: Path, height: int, width: int) -> None:
    if path.suffix.lower() not in STILL_SUFFIXES:
        raise UserError(
            f"Choose a name for “{path.name}” that ends in {', '.join(STILL_SUFFIXES)}."
        )
    too_long = path.suffix.lower() == ".webp" and max(height, width) > _MOST_WEBP_SIDE
    if too_long or height * width > _MOST_STILL_PIXELS:
        raise UserError(
            f"The picture would be {width:,} × {height:,} pixels, too many for "
            f"{path.suffix}: choose a smaller image size or .png."
        )
