"""Labels in a file of their own: one a line in a text, an array of NumPy, or IDX."""

import csv
from pathlib import Path

import numpy as np

from vae_gui.core.datasets.io.idx import MAX_ITEMS, read_labels
from vae_gui.core.datasets.own.arrays import headers, opened, read_exactly
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import open_checked

TEXTS = (".csv", ".tsv", ".txt")
_MAX_TEXT_BYTES = 64 * 2**20


def labels_in(path: Path, count: int) -> list[str]:
    """The label of each of `count` images, in their order; raises UserError where there are more or fewer."""
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        values = _of_text(path, count)
    elif suffix == ".npy":
        values = _of_array(path)
    else:
        values = list(map(str, read_labels(path).tolist()))
    if len(values) != count:
        raise UserError(
            f"“{path.name}” has {len(values):,} labels for {count:,} images: choose the file that belongs to them."
        )
    return values


def _of_text(path: Path, count: int) -> list[str]:
    """The only or the last column; a line more than there are images is the heading."""
    with open_checked(path, _MAX_TEXT_BYTES) as file:
        content = file.read()
    try:
        lines = content.decode("utf-8-sig").splitlines()
        rows = csv.reader(lines, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        values = [row[-1].strip() for row in rows if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            f"“{path.name}” is no text with a label in each line: save it as CSV in UTF-8."
        ) from error
    return values[1:] if len(values) == count + 1 else values


def _of_array(path: Path) -> list[str]:
    header = next(iter(headers(path).values()), None)
    if header is None or header.dtype.kind not in "biuUS":
        raise UserError(
            f"“{path.name}” holds neither whole numbers nor names: save one label for each image with numpy.save."
        )
    if len(header.shape) not in (1, 2) or header.shape[1:] not in ((), (1,)):
        raise UserError(
            f"“{path.name}” has the shape {header.shape}: labels are one for each image."
        )
    if header.shape[0] > MAX_ITEMS or header.data_bytes > _MAX_TEXT_BYTES:
        raise UserError(f"“{path.name}” is too large for labels: choose the file with the labels.")
    with opened(path, "") as file:
        file.read(header.length)
        values = np.frombuffer(read_exactly(file, header.data_bytes), header.dtype).tolist()
    return [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in values]
