"""SweepFolder: what a sweep leaves behind, and what one that goes on finds there."""

import io
import json
import platform
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path

from filelock import FileLock, Timeout

import vae_gui
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.own.source import own_images
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, check_name, open_checked
from vae_gui.core.sweeps.plan import SweepPlan
from vae_gui.core.sweeps.rows import DONE, FAILED, PRUNED, EvaluationRow, Finished, RowFile, RunRow

MANIFEST, RESULTS, EVALUATIONS, RUNS = "manifest.json", "results.csv", "evaluations.csv", "runs"
SEARCH = "search.journal"
LOCK = ".sweep.lock"
_MAX_MANIFEST_BYTES = 64 * 2**20
_PACKAGES = ("torch", "numpy", "scikit-learn")


class SweepFolder:
    """`manifest.json`, `results.csv`, `evaluations.csv` and `runs/NAME.vae`; written by one process alone.

    problem: why rows wait to be written, "" where none do.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self.results = RowFile(path / RESULTS, RunRow)
        self.evaluations = RowFile(path / EVALUATIONS, EvaluationRow)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other sweeps out of the folder, which is made; raises UserError where one is at work in it.

        The system gives the lock back however this process ends.
        """
        self._make()
        lock = FileLock(self.path / LOCK)
        with suppress(NotImplementedError, OSError):  # some network file systems have no locks
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise UserError(
                    f"Another sweep is at work in “{self.path}”: wait for its end, or choose another --out."
                ) from None
        try:
            yield
        finally:
            lock.release()

    def begin(self, plan: SweepPlan) -> dict[str, RunRow]:
        """Make the folder, or go on in it; returns the rows that need not be made again, by name.

        Raises UserError where it belongs to another sweep. Runs that failed are tried again.
        """
        planned = json.loads(json.dumps(_described(plan)))
        if (self.path / MANIFEST).exists():
            if self._manifest().get("sweep") != planned:
                raise UserError(
                    f"“{self.path}” holds another sweep: choose another --out, or the file that made it."
                )
        else:
            self._make()
            with atomic_write(self.path / MANIFEST) as file:
                file.write(
                    json.dumps({"sweep": planned, "versions": _versions()}, indent=1).encode()
                )
        for table in (self.results, self.evaluations):
            table.repair()
        kept = self._kept()
        self._drop_evaluations_without(kept)
        return kept

    def keep(self, finished: Finished) -> RunRow:
        """The file first, then its row: what has a row is there. Raises UserError where the content is not whole."""
        row = finished.row
        if finished.content:
            files.unpack(io.BytesIO(finished.content), row.name)
            row = replace(row, file=f"{RUNS}/{row.name}{SUFFIX}")
            with atomic_write(self.path / row.file) as file:
                file.write(finished.content)
        self._add(row, finished.evaluations)
        return row

    def keep_failed(self, row: RunRow) -> None:
        self._add(row)

    def close(self) -> None:
        """Write the rows that could not be written; where they still cannot, beside the tables, for the next sweep."""
        self._write()
        if self.problem:
            for table in (self.evaluations, self.results):
                table.put_beside()

    def _add(self, row: RunRow, evaluations: Iterable[EvaluationRow] = ()) -> None:
        self.evaluations.hold(evaluations)
        self.results.hold([row])
        self._write()

    def _write(self) -> None:
        """Write the evaluations first: what has a row has them. What cannot be written goes with the next row."""
        try:
            self.evaluations.write()
            self.results.write()
        except UserError as error:
            self.problem = str(error)
        else:
            self.problem = ""

    def _kept(self) -> dict[str, RunRow]:
        rows = {row.name: row for row in self.results.all_rows()}
        return {
            name: row
            for name, row in rows.items()
            if (row.status == DONE and (self.path / row.file).is_file()) or row.status == PRUNED
        }

    def _drop_evaluations_without(self, kept: Container[str]) -> None:
        """Drop what was seen of runs that are made again; readers do without this."""
        with suppress(UserError):
            rows = self.evaluations.all_rows()
            others = [row for row in rows if row.name in kept]
            if len(others) < len(rows):
                self.evaluations.rewrite(others)

    def _make(self) -> None:
        """Raise UserError where the folder is one of something else, or cannot be made."""
        check_name(self.path)
        others = {path.name for path in self.path.iterdir()} if self.path.is_dir() else set()
        foreign = MANIFEST not in others and others - {LOCK, RUNS}
        if foreign or (self.path.exists() and not self.path.is_dir()):
            raise UserError(f"“{self.path}” holds something else: choose an empty --out.")
        try:
            (self.path / RUNS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"“{self.path}” cannot be made: {error.strerror}.") from error

    def _manifest(self) -> dict[str, object]:
        with open_checked(self.path / MANIFEST, _MAX_MANIFEST_BYTES) as file:
            try:
                content = json.load(file)
            except (ValueError, RecursionError):
                content = None
        if not isinstance(content, dict):
            raise UserError(f"“{MANIFEST}” in “{self.path}” is damaged: choose another --out.")
        return content


def failed_row(plan: SweepPlan, name: str, values: object, error: str) -> RunRow:
    """Return the row of a run that could not be made; its error names the files of own images without their folder."""
    own = own_images(plan.dataset)
    error = error if own is None else own.without_folders(error)
    dataset = _named(plan.dataset)
    return RunRow(name, FAILED, plan.preset, dataset, settings=json.dumps(values), error=error)


def is_sweep(path: Path) -> bool:
    """Say whether a folder holds a sweep, or the beginnings of one."""
    return (path / MANIFEST).is_file()


def _described(plan: SweepPlan) -> dict[str, object]:
    return asdict(replace(plan, dataset=_named(plan.dataset)))


def _named(dataset: str) -> str:
    """Return the data set's name without the path of own images: what is saved says nothing about this machine."""
    own = own_images(dataset)
    if own is not None:
        return own.title
    return dataset if dataset in DATASETS else Path(dataset).name


def _versions() -> dict[str, str]:
    named = {name: metadata.version(name) for name in _PACKAGES}
    return {
        "vae-explorer": vae_gui.__version__,
        "python": platform.python_version(),
        "platform": sys.platform,
        **named,
    }
