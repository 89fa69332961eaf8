"""RunRow: what a table says of a run, and the CSV files in which a sweep keeps its rows while it grows."""

import codecs
import csv
import io
import json
import math
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from vae_gui.core.storage.verified_container import parse
from vae_gui.core.storage.workspace_limits import MAX_LOSS
from vae_gui.core.support import json_values
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked, remove_file
from vae_gui.core.support.foreign_text import as_cell, from_cell, utf8
from vae_gui.core.support.json_values import MAX_COUNT, MAX_TEXT_LENGTH, require, text
from vae_gui.core.support.progress import Job, Progress, finish
from vae_gui.core.support.settings import Value
from vae_gui.core.vae.config import MAX_STEPS
from vae_gui.core.vae.held_out import TEST

DONE, FAILED, PRUNED, OPEN = "done", "failed", "pruned", "open"
MAX_RUNS = 10_000  # of a sweep
MAX_TABLE_BYTES = 64 * 2**20
_MAX_CELL = 10_000
_LONG_CELLS = ("dataset", "settings", "error")
_MAX_SETTINGS = 100
_PIECE = 2**20  # longer than any line
_ROWS_A_REPORT = 500
_NEWER = ("measured_on",)  # columns that older tables do not have


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. Losses are of the images that `measured_on` names, in nats per image; nan where there are none.

    status: DONE, FAILED, PRUNED by a search, or OPEN in the window. error: why it failed, or a warning about how it
    went. file: relative to the folder.
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
    measured_on: str = TEST

    @property
    def own_settings(self) -> dict[str, Value]:
        """Return the settings by their names."""
        values: dict[str, Value] = json.loads(self.settings)
        return values

    @property
    def title(self) -> str:
        """Name the run by its own settings, as “beta 4 · seed 1”."""
        own = self.own_settings
        return " · ".join(f"{name} {plain(value)}" for name, value in own.items()) or self.name


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """A look at the images by which it is measured while a run trained; nats per image."""

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
# A run that failed is tried again, with a row of its own, whenever its sweep goes on.
MAX_ROWS: dict[type, int] = {RunRow: 10 * MAX_RUNS, EvaluationRow: 1_000_000}


@dataclass(frozen=True, slots=True)
class Place:
    """The part of a table that has been read: so many bytes and rows, when the file had this size."""

    bytes: int = 0
    rows: int = 0
    size: int = 0


START = Place()


@dataclass(frozen=True, slots=True)
class NewRows(Generic[Row]):
    """Rows behind a place, and the place up to which they reach; anew: the file began anew, so that they are all."""

    rows: tuple[Row, ...]
    place: Place
    anew: bool


class RowFile(Generic[Row]):
    """A CSV file that grows by whole lines. A reader sees the lines that are whole; what a kill cut off is none."""

    def __init__(self, path: Path, kind: type[Row]) -> None:
        self.path = path
        self._kind: type[Row] = kind
        self._names = [field.name for field in fields(kind)]
        self._types = {field.name: field.type for field in fields(kind)}
        self._held: tuple[Row, ...] = ()
        self._older = [name for name in self._names if name not in _NEWER]

    def hold(self, rows: Iterable[Row]) -> None:
        """Keep rows in memory until they are written."""
        self._held += tuple(rows)

    def write(self) -> None:
        """Write the lines that are held, which are on the disk when this returns.

        Raises UserError where they cannot be: then the file is as it was, and they are held on.
        """
        if not self._held:
            return
        try:
            names: list[str] = self._older if self._is_older() else self._names
            with self.path.open("ab", buffering=0) as file:
                head: list[list[str]] = [names] if file.tell() == 0 else []
                _add(file, _csv([*head, *self._cells(self._held, names)]))
        except OSError as error:
            raise UserError(_unwritten(self.path, error)) from error
        self._held = ()

    def append(self, rows: Iterable[Row]) -> None:
        """Hold rows and write all that are held."""
        self.hold(rows)
        self.write()

    def put_beside(self) -> None:
        """Write what is held into a file beside this one, which `repair` takes up; raises UserError."""
        beside = self._beside()
        beside.append(self._held)
        self._held = ()

    def rewrite(self, rows: Iterable[Row]) -> None:
        """Replace all rows; raises UserError and leaves the file as it was where that cannot be."""
        with atomic_write(self.path) as file:
            file.write(_csv([self._names, *self._cells(rows, self._names)]))

    def _beside(self) -> "RowFile[Row]":
        return RowFile(self.path.with_suffix(".unwritten.csv"), self._kind)

    def _cells(self, rows: Iterable[Row], names: list[str]) -> list[list[object]]:
        return [[_cell(getattr(row, name)) for name in names] for row in rows]

    def _is_older(self) -> bool:
        """Tell whether the file was begun without the newer columns, and goes on without them."""
        if self._older == self._names or not self.path.exists():
            return False
        with open_checked(self.path, sys.maxsize) as file:
            return file.readline(_PIECE).decode("utf-8", "replace").strip() == ",".join(self._older)

    def repair(self) -> None:
        """Cut off a line that a kill left unfinished, and add what an earlier sweep could not write."""
        if self.path.exists():
            self._cut()
        beside = self._beside()
        if rows := beside.all_rows():
            self.append(rows)
            with suppress(OSError):
                remove_file(beside.path)

    def _cut(self) -> None:
        with open_checked(self.path, sys.maxsize) as file:
            size = file.seek(0, os.SEEK_END)
            begin = file.seek(max(0, size - _PIECE))
            whole = begin + file.read().rfind(b"\n") + 1
        if whole < size:
            try:
                with self.path.open("r+b") as file:
                    file.truncate(whole)
            except OSError as error:
                raise UserError(_unwritten(self.path, error)) from error

    def has_grown(self, place: Place) -> bool:
        """Tell whether the file has another size than when it was read up to this place."""
        try:
            return self.path.stat().st_size != place.size
        except OSError:
            return place != START

    def rows_after(self, place: Place) -> Job[NewRows[Row]]:
        """Read the rows behind a place, all of them where the file has become shorter; a missing file has none.

        Raises UserError for a file that holds something else, or more than a sweep writes.
        """
        if not self.path.exists():
            return NewRows((), START, anew=False)
        with open_checked(self.path, MAX_TABLE_BYTES) as file:
            size = os.fstat(file.fileno()).st_size
            known = place if place.bytes <= size else START
            file.seek(known.bytes)
            try:
                rows = yield from self._rows(file, known)
            except (ValueError, TypeError, RecursionError, csv.Error) as error:
                raise UserError(
                    f"“{self.path.name}” is damaged or not made by a sweep: open another folder."
                ) from error
            place = Place(file.tell(), known.rows + len(rows), size)
        return NewRows(tuple(rows), place, anew=known == START)

    def all_rows(self) -> tuple[Row, ...]:
        """Read the whole table; raises UserError as `rows_after` does."""
        return finish(self.rows_after(START)).rows

    def _rows(self, file: BinaryIO, known: Place) -> Job[list[Row]]:
        rows: list[Row] = []
        names = set[str]()
        most = MAX_ROWS[self._kind] - known.rows
        with_head = known.bytes == 0
        while whole := _whole_lines(file):
            if with_head:
                whole = whole.removeprefix(codecs.BOM_UTF8)  # Excel saved it
            lines = csv.reader(io.StringIO(whole.decode("utf-8", "replace")))
            if with_head:
                require(next(lines) in (self._names, self._older), "other columns")
                with_head = False
            for line in lines:
                if len(rows) % _ROWS_A_REPORT == 0:
                    yield Progress(len(rows), None, "Reading the runs")
                if len(rows) >= most or len(names) > MAX_RUNS:
                    raise UserError(
                        f"“{self.path.name}” has more rows than a sweep writes: open another folder."
                    )
                rows.append(self._row(line))
                names.add(rows[-1].name)
        return rows

    def _row(self, line: list[str]) -> Row:
        names = self._older if len(line) == len(self._older) else self._names
        pairs = zip(names, line, strict=True)
        values: dict[str, Any] = {
            name: _value(name, cell, self._types[name]) for name, cell in pairs
        }
        require(values["name"] != "", "a run has no name")
        if self._kind is RunRow:
            require(values["status"] in (DONE, FAILED, PRUNED), "there is no such state")
            _check_settings(values["settings"])
        return self._kind(**values)


def _unwritten(path: Path, error: OSError) -> str:
    return (
        f"“{path}” cannot be written ({error.strerror}): "
        "close the programs that have it open, or make room on the disk."
    )


def _csv(lines: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return utf8(text.getvalue())


def _add(file: RawIOBase, content: bytes) -> None:
    """Add bytes at the end that are on the disk when this returns; all or nothing."""
    end, rest = file.tell(), memoryview(content)
    try:
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            file.truncate(end)
        raise


def _whole_lines(file: BinaryIO) -> bytes:
    """Read on, as far as a piece holds whole lines; nothing where there is none."""
    begin = file.tell()
    piece = file.read(_PIECE)
    end = piece.rfind(b"\n") + 1
    require(end > 0 or len(piece) < _PIECE, "a line is too long")
    file.seek(begin + end)
    return piece[:end]


def _cell(value: object) -> object:
    """Write a value so that it can be read again: a loss that is out of bounds at its limit, a text on one line."""
    if isinstance(value, float):
        bounded = min(max(value, -MAX_LOSS), MAX_LOSS)
        return "" if math.isnan(value) else repr(bounded)
    return as_cell(value)[:_MAX_CELL] if isinstance(value, str) else value


def _value(name: str, cell: str, kind: object) -> object:
    if kind is str:
        most = _MAX_CELL if name in _LONG_CELLS else MAX_TEXT_LENGTH
        return sys.intern(text(from_cell(cell), most))
    if kind is float:
        value = float(cell) if cell else math.nan
        require(not cell or abs(value) <= MAX_LOSS, "a number is out of bounds")
        return value
    require(len(cell) < len(str(MAX_STEPS)) + 2 and 0 <= int(cell) <= MAX_STEPS, "not a count")
    return int(cell)


def _check_settings(cell: str) -> None:
    """Raise ValueError, TypeError or RecursionError unless a cell holds settings: an object of numbers and texts."""
    values = json_values.fields(parse(cell))
    require(len(values) <= _MAX_SETTINGS, "there are too many settings")
    for name, value in values.items():
        text(name)
        if isinstance(value, str):
            text(value)
        else:
            number = isinstance(value, int | float) and abs(value) <= MAX_COUNT
            require(number, "a setting is no number")
