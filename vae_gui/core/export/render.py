"""Pictures of one model for a file: decoded from one snapshot, whatever is trained meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.options import AnimationOptions, StripOptions
from vae_gui.core.export.writers import export_animation, export_grid
from vae_gui.core.inference.requests import MAX_BATCH
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.snapshot import Snapshot


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
    """The images of z (rows, columns, latent_dim) side by side in one picture; row 0 on top.

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
    return (yield from export_grid(tiles.reshape(rows, columns, side, side), path, options))


def traversal_frame_order(
    start: NDArray[np.floating], rows: NDArray[np.floating]
) -> NDArray[np.float64]:
    """The points of an animation of traversals: each row from `start` to its high end, its low end, and back.

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
