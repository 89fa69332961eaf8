"""RunRow: what a table says of a run, and the CSV files in which a sweep keeps its rows while it grows."""

import csv
import io
import json
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Generic, TypeVar

from vae_gui.core.support.errors import UserError

DONE, FAILED, PRUNED, OPEN = "done", "failed", "pruned", "open"
LARGEST_TABLE = 64 * 2**20
_LARGEST_CELL = 10_000


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. Losses are of the test split, in nats per image; nan where there are none.

    status: DONE, FAILED with its `error`, PRUNED by a search, or OPEN in the window. file: relative to the folder.
    settings: those that are its own among the runs of its sweep, as JSON. seconds: of training alone.
    """

    name: str
    status: str
    preset: str
    dataset: str
    architecture: str = ""
    latent_dim: int = 0
    likelihood: str = ""
    beta: float = math.nan
    seed: int = 0
    steps: int = 0
    negative_elbo: float = math.nan
    reconstruction: float = math.nan
    kl: float = math.nan
    active_units: int = 0
    probe_accuracy: float = math.nan
    seconds: float = math.nan
    threads: int = 0
    file: str = ""
    settings: str = "{}"
    error: str = ""

    @property
    def own_settings(self) -> dict[str, object]:
        """Empty where the cell holds no object."""
        try:
            values = json.loads(self.settings)
        except ValueError:
            return {}
        return values if isinstance(values, dict) else {}

    @property
    def title(self) -> str:
        """By its own settings, as “beta 4 · seed 1”."""
        own = self.own_settings
        return " · ".join(f"{name} {plain(value)}" for name, value in own.items()) or self.name


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """A look at the test split while a run trained; nats per image."""

    name: str
    step: int
    reconstruction: float
    kl: float


@dataclass(frozen=True, slots=True)
class Finished:
    """content: of the file; none where the run was given up."""

    row: RunRow
    evaluations: tuple[EvaluationRow, ...]
    content: bytes


def plain(value: object) -> str:
    """A value as people write it: 4, not 4.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)


Row = TypeVar("Row", RunRow, EvaluationRow)


class RowFile(Generic[Row]):
    """A CSV file that grows by whole lines. A reader sees the lines that are whole; what a kill cut off is none."""

    def __init__(self, path: Path, kind: type[Row]) -> None:
        self.path = path
        self._kind: type[Row] = kind
        self._names = [field.name for field in fields(kind)]
        self._types = {field.name: field.type for field in fields(kind)}
        self._read = 0  # bytes that are known

    def append(self, rows: Iterable[Row]) -> None:
        """Write lines that are on the disk when this returns; raises UserError where they cannot be."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for row in rows:
            writer.writerow([_cell(getattr(row, name)) for name in self._names])
        try:
            with self.path.open("a", encoding="utf-8", newline="") as file:
                if file.tell() == 0:
                    file.write(",".join(self._names) + "\n")
                file.write(text.getvalue())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UserError(f"“{self.path}” cannot be written: {error.strerror}.") from error

    def repair(self) -> None:
        """Cut off a line that a kill left unfinished."""
        if self.path.exists():
            content = self.path.read_bytes()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                with self.path.open("r+b") as file:
                    file.truncate(whole)

    def new_rows(self) -> tuple[bool, tuple[Row, ...]]:
        """The rows that were added since the last call, and whether the file began anew, so that they are all.

        Raises UserError for a file that holds something else.
        """
        try:
            size = self.path.stat().st_size
            anew = size < self._read or self._read == 0
            if size > LARGEST_TABLE:
                raise UserError(f"“{self.path.name}” is too large for a table of runs.")
            with self.path.open("rb") as file:
                file.seek(0 if anew else self._read)
                content = file.read(size)
        except FileNotFoundError:
            return False, ()
        except OSError as error:
            raise UserError(f"“{self.path}” cannot be read: {error.strerror}.") from error
        whole = content[: content.rfind(b"\n") + 1]
        self._read = len(whole) + (0 if anew else self._read)
        return anew, tuple(self._rows(whole.decode("utf-8", "replace"), anew))

    def all_rows(self) -> tuple[Row, ...]:
        self._read = 0
        return self.new_rows()[1]

    def _rows(self, text: str, with_head: bool) -> Iterator[Row]:
        lines = csv.reader(io.StringIO(text))
        try:
            if with_head and text and next(lines) != self._names:
                raise ValueError("other columns")
            for line in lines:
                yield self._row(line)
        except (ValueError, csv.Error) as error:
            raise UserError(
                f"“{self.path.name}” is damaged or not made by a sweep: open another folder."
            ) from error

    def _row(self, line: list[str]) -> Row:
        if any(len(cell) > _LARGEST_CELL for cell in line):
            raise ValueError("a cell is too long")
        pairs = zip(self._names, line, strict=True)
        values: dict[str, Any] = {name: _value(text, self._types[name]) for name, text in pairs}
        return self._kind(**values)


def _cell(value: object) -> object:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return " ".join(value.split()) if isinstance(value, str) else value


def _value(text: str, kind: object) -> object:
    if kind is float:
        return float(text) if text else math.nan
    return int(text) if kind is int else text
