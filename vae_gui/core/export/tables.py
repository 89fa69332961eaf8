"""Encodings and confusion matrices as tables for other programs."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.encodings import Encodings

FORMULA = ("=", "+", "-", "@")
_ROWS_AT_ONCE = 2000


def export_encodings_csv(encodings: Encodings, path: Path) -> Job[Path]:
    """A row for each image: its class, where it has one, μ and, of a VAE, log σ² of each dimension."""
    dims, columns = range(1, encodings.latent_dim + 1), [encodings.mu]
    names = ["class", *(f"mu{i}" for i in dims)]
    if encodings.logvar is not None:
        names += [f"logvar{i}" for i in dims]
        columns.append(encodings.logvar)
    values = np.hstack(columns)
    with atomic_write(path) as file:
        file.write(_lines([names]))
        for start in range(0, len(values), _ROWS_AT_ONCE):
            part = values[start : start + _ROWS_AT_ONCE].tolist()
            rows = enumerate(part, start)
            file.write(_lines([encodings.class_name(index), *numbers] for index, numbers in rows))
            yield Progress(start + len(part), len(values), "Writing")
    return path


def export_encodings_npz(encodings: Encodings, path: Path) -> Job[Path]:
    """Arrays `mu` and, of a VAE, `logvar` (n, latent_dim) float32; `labels` (n,) and `class_names`, where known."""
    arrays: dict[str, NDArray[np.generic]] = {"mu": encodings.mu}
    if encodings.logvar is not None:
        arrays["logvar"] = encodings.logvar
    if encodings.labels is not None:
        arrays["labels"] = np.asarray(encodings.labels)
        arrays["class_names"] = np.array(encodings.class_names)
    yield Progress(0, None, "Writing")
    with atomic_write(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return path


def export_confusion_csv(
    counts: NDArray[np.int64], class_names: Sequence[str], path: Path
) -> Job[Path]:
    """counts: (classes, classes), rows are the true class, columns what was predicted."""
    yield Progress(0, None, "Writing")
    rows = ([name, *row] for name, row in zip(class_names, counts.tolist(), strict=True))
    with atomic_write(path) as file:
        file.write(_lines([["true \\ predicted", *class_names], *rows]))
    return path


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows of a CSV file; what a spreadsheet would take for a formula is kept a text."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(
        [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row]
        for row in rows
    )
    return text.getvalue().encode()
