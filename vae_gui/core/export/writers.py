"""Pictures, animations and tables for other programs: each writer is a job that can be cancelled."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.animations import Clip, difference
from vae_gui.core.export.formats import format_of
from vae_gui.core.export.options import SHARP, AnimationOptions, StripOptions, enlarge
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.types import Pixels
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.history import COLUMNS, HistoryRows
from vae_gui.core.vae.loss_terms import loss_values

_ROWS_AT_ONCE = 20_000


def export_animation(
    frames: Iterable[Pixels],
    path: Path,
    options: AnimationOptions,
    palette: Pixels | None = None,
) -> Job[Path]:
    """Write an animation that loops for ever; the suffix of `path` chooses one of FORMATS.

    frames: at least one (side, side) uint8, taken one by one, so that a generator may decode them;
        options.frames only says how many to expect.
    palette: (256, 3) at most, where the pixels are indices into it; then they have to be enlarged sharply.
    """
    begin = format_of(path, moves=True).animation
    assert begin is not None
    with atomic_write(path) as file:
        images: list[Pixels] = []
        expected = options.frames + len(options.order(options.frames))
        for frame in frames:
            images.append(np.array(frame, copy=True))
            yield Progress(len(images), max(expected, len(images)), "Decoding")
        order = options.order(len(images))
        total = len(images) + len(order)
        writer = begin(file, Clip(options.size, len(order), options.interval_ms, palette))
        previous: Pixels | None = None
        for position, index in enumerate(order, 1):
            image = enlarge(images[index], options.size, options.enlarging)
            writer.add(difference(previous, image))
            previous = image
            yield Progress(len(images) + position, total, "Writing")
        writer.finish()
    return path


def export_grid(tiles: Pixels, path: Path, options: StripOptions) -> Job[Path]:
    """Write tiles (rows, columns, side, side) uint8 as one picture; row 0 is at the top."""
    write = format_of(path, moves=False).picture
    assert write is not None
    return (yield from write(tiles, path, options))


def export_strip(frames: Pixels, path: Path, options: StripOptions) -> Job[Path]:
    """Write frames (n, side, side) uint8 from left to right as one picture."""
    return (yield from export_grid(frames[np.newaxis], path, options))


def save_image(image: Pixels, path: Path, size: int = 256, enlarging: str = SHARP) -> Job[Path]:
    """Write one image (side, side) uint8."""
    options = StripOptions(size, 0, enlarging)
    return (yield from export_grid(image[np.newaxis, np.newaxis], path, options))


def export_history_csv(history: HistoryRows, path: Path, model: ModelConfig) -> Job[Path]:
    """Write the curves as CSV: split, step, and the losses of `loss_terms` per image.

    The split is train, test, or exact for the test images with z of p(z|x).
    """
    names = tuple(loss_values(model, 0, 0, 0))
    columns = ("step", *(names if len(names) > 1 else ("reconstruction",)))
    kept = [COLUMNS.index(name) for name in columns]
    tables = (("train", history.steps), ("test", history.tests), ("exact", history.exact))
    total = sum(len(rows) for _, rows in tables)
    with atomic_write(path) as file:
        file.write(f"split,step,{','.join(names)}\n".encode())
        done = 0
        for split, rows in tables:
            for part in _parts(rows):
                lines = (
                    f"{split},{step:.0f},{','.join(map(repr, losses))}\n"
                    for step, *losses in part[:, kept].tolist()
                )
                file.write("".join(lines).encode())
                done += len(part)
                yield Progress(done, total, "Writing")
    return path


def _parts(rows: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[start : start + _ROWS_AT_ONCE]
