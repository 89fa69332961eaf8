"""Encodings, images and confusion matrices as tables for other programs."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.foreign_text import as_cell, utf8, writable
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.types import Pixels
from vae_gui.core.vae.encodings import Encodings, FloatArray

_ROWS_AT_ONCE = 2000


def export_encodings_csv(
    encodings: Encodings, path: Path, projection: FloatArray | None = None
) -> Job[Path]:
    """A row for each image: its class, where it has one, then as many columns as each of `_arrays` has, from 1."""
    arrays = _arrays(encodings, projection)
    head = [f"{name}{i + 1}" for name, array in arrays.items() for i in range(array.shape[1])]
    values = np.hstack(list(arrays.values()))
    with atomic_write(path) as file:
        file.write(_mark(encodings.class_names) + _lines([["class", *head]]))
        for start, part in _parts(values):
            rows = enumerate(part.tolist(), start)
            file.write(_lines([encodings.class_name(index), *numbers] for index, numbers in rows))
            yield Progress(start + len(part), len(values), "Writing")
    return path


def export_encodings_npz(
    encodings: Encodings, path: Path, projection: FloatArray | None = None
) -> Job[Path]:
    """The arrays of `_arrays`; `labels` (n,) and `class_names`, where known."""
    arrays: dict[str, NDArray[np.generic]] = {**_arrays(encodings, projection)}
    if encodings.labels is not None:
        arrays["labels"] = np.asarray(encodings.labels)
        arrays["class_names"] = np.array([writable(name) for name in encodings.class_names])
    yield Progress(0, None, "Writing")
    with atomic_write(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return path


def export_encodings_tsv(
    encodings: Encodings, path: Path, projection: FloatArray | None = None
) -> Job[Path]:
    """Write the two files that the Embedding Projector loads: μ, and in `metadata_path` a row about each image."""
    shown = np.empty((len(encodings), 0), np.float32) if projection is None else projection
    head = ["image", "class", *(f"projection{i + 1}" for i in range(shown.shape[1]))]
    with atomic_write(metadata_path(path)) as metadata, atomic_write(path) as vectors:
        metadata.write(_tab_separated([head]))
        for start, part in _parts(encodings.mu):
            vectors.write(_tab_separated(part.tolist()))
            rows = enumerate(shown[start : start + len(part)].tolist(), start)
            metadata.write(
                _tab_separated([index, encodings.class_name(index), *row] for index, row in rows)
            )
            yield Progress(start + len(part), len(encodings), "Writing")
    return path


ENCODING_TABLES = {
    ".csv": export_encodings_csv,
    ".npz": export_encodings_npz,
    ".tsv": export_encodings_tsv,
}


def metadata_path(path: Path) -> Path:
    """Return the path of the second file of a pair: “z.metadata.tsv” beside “z.tsv”."""
    return path.with_suffix(".metadata.tsv")


def _arrays(encodings: Encodings, projection: FloatArray | None) -> dict[str, FloatArray]:
    """`mu`, of a VAE `logvar` and `sigma` (n, latent_dim), and `projection` (n, 2), what an embedding shows."""
    known = {
        "mu": encodings.mu,
        "logvar": encodings.logvar,
        "sigma": encodings.sigma,
        "projection": projection,
    }
    return {name: array for name, array in known.items() if array is not None}


def _parts(values: FloatArray) -> Iterator[tuple[int, FloatArray]]:
    """Yield rows in parts, each with the number of its first."""
    for start in range(0, len(values), _ROWS_AT_ONCE):
        yield start, values[start : start + _ROWS_AT_ONCE]


def export_images_csv(z: NDArray[np.floating], images: Pixels, path: Path) -> Job[Path]:
    """A row for each image (side, side) uint8: its z (n, latent_dim), then its pixels, row by row."""
    names = [f"z{i + 1}" for i in range(z.shape[1])]
    pixels = images.reshape(len(images), -1)
    names += [f"pixel{i + 1}" for i in range(pixels.shape[1])]
    with atomic_write(path) as file:
        file.write(_lines([names]))
        for start, part in _parts(np.asarray(z, np.float32)):
            values = pixels[start : start + len(part)].tolist()
            rows = zip(part.tolist(), values, strict=True)
            file.write(_lines([*place, *image] for place, image in rows))
            yield Progress(start + len(part), len(z), "Writing")
    return path


def export_confusion_csv(
    counts: NDArray[np.int64], class_names: Sequence[str], path: Path
) -> Job[Path]:
    """counts: (classes, classes), rows are the true class, columns what was predicted."""
    yield Progress(0, None, "Writing")
    rows = ([name, *row] for name, row in zip(class_names, counts.tolist(), strict=True))
    with atomic_write(path) as file:
        file.write(_mark(class_names) + _lines([["true \\ predicted", *class_names], *rows]))
    return path


def _tab_separated(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows of a format without quotes: no text has a tab in it."""
    lines = ("\t".join(str(_safe(cell)) for cell in row) for row in rows)
    return utf8("".join(f"{line}\n" for line in lines))


def _mark(names: Sequence[str]) -> bytes:
    """Return the mark by which Excel knows a CSV as UTF-8, where a name needs it: plain readers take it for text."""
    return b"" if all(map(str.isascii, names)) else codecs.BOM_UTF8


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows of a CSV file; what a spreadsheet would take for a formula is kept a text."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(map(_safe, row) for row in rows)
    return utf8(text.getvalue())


def _safe(cell: object) -> object:
    """Return a number as it is, and a text as no spreadsheet misreads it."""
    return as_cell(cell) if isinstance(cell, str) else cell
