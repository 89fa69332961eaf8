"""RunFolder: what is known of a folder with runs, a sweep's or any with models, as one value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.sweeps.folder import RUNS, SweepFolder, is_sweep
from vae_gui.core.sweeps.labels import Labels, read_labels
from vae_gui.core.sweeps.rows import (
    DONE,
    FAILED,
    MAX_RUNS,
    START,
    EvaluationRow,
    Place,
    RunRow,
)
from vae_gui.core.sweeps.summary import (
    NO_TRAIL,
    Run,
    row_of_workspace,
    thinned,
    trail_of,
    trails_by_name,
)

MAX_TRAIL = 1000  # points of a run of the folder


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The parts of a sweep's tables that have been read.

    waiting: looks at the test split by runs that have no row yet.
    """

    results: Place = START
    evaluations: Place = START
    waiting: tuple[EvaluationRow, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RunFolder:
    """Runs and labels are known by the key of a run. tables: None where the folder is no sweep's."""

    path: Path
    labels: Labels
    runs: Mapping[str, Run] = field(default_factory=dict)
    tables: Tables | None = None

    @property
    def has_grown(self) -> bool:
        """Tell whether there may be more in the tables of the sweep than is known."""
        if self.tables is None:
            return False
        sweep = SweepFolder(self.path)
        return sweep.results.has_grown(self.tables.results) or sweep.evaluations.has_grown(
            self.tables.evaluations
        )


def read_folder(path: Path) -> Job[RunFolder]:
    """Read the runs of a folder; raises UserError where it holds none, or more than a sweep makes."""
    yield Progress(0, None, "Reading the runs")
    try:
        folder = RunFolder(path, read_labels(path))
        if is_sweep(path):
            return (yield from read_on(replace(folder, tables=Tables())))
        return replace(folder, runs=(yield from _models(path)))
    except OSError as error:
        raise UserError(
            f"The folder “{path}” cannot be read ({error.strerror or error}): choose another folder."
        ) from error


def read_on(folder: RunFolder) -> Job[RunFolder]:
    """Return the folder with what has been added to the tables of its sweep; raises UserError as `read_folder` does."""
    sweep, tables = SweepFolder(folder.path), folder.tables or Tables()
    # A row is written after its evaluations, so it is read before them.
    results = yield from sweep.results.rows_after(tables.results)
    evaluations = yield from sweep.evaluations.rows_after(tables.evaluations)
    waiting = (() if evaluations.anew else tables.waiting) + evaluations.rows
    named = {row.name for row in results.rows}
    trails = trails_by_name(row for row in waiting if row.name in named)
    runs = {} if results.anew else dict(folder.runs)
    for row in results.rows:
        file = folder.path / RUNS / Path(row.file).name if row.file else None
        trail = thinned(trails.get(row.name, NO_TRAIL), MAX_TRAIL)
        runs[row.name] = Run(row.name, row, trail, file)
    _check_count(len(runs), folder.path)
    waiting = tuple(row for row in waiting if row.name not in named)
    tables = Tables(results.place, evaluations.place, waiting)
    return replace(folder, runs=runs, tables=tables)


def _models(folder: Path) -> Job[dict[str, Run]]:
    """Read every workspace in a folder that is no sweep; one that cannot be read is a row that says why."""
    paths = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if Path(entry.name).suffix.lower() == SUFFIX:
                paths.append(Path(entry.path))
                _check_count(len(paths), folder)
    if not paths:
        raise UserError(f"“{folder.name}” holds no models: choose a folder with {SUFFIX} files.")
    runs = {}
    for index, path in enumerate(sorted(paths)):
        yield Progress(index, len(paths), "Reading the models")
        runs[path.name] = _run_of(path)
    return runs


def _run_of(path: Path) -> Run:
    try:
        workspace = files.load(path)
    except UserError as error:
        return Run(path.name, RunRow(path.stem, FAILED, "", "", error=str(error)), NO_TRAIL)
    row = replace(row_of_workspace(workspace, path.stem), status=DONE, file=path.name)
    return Run(path.name, row, thinned(trail_of(workspace), MAX_TRAIL), path)


def _check_count(count: int, folder: Path) -> None:
    if count > MAX_RUNS:
        raise UserError(
            f"“{folder.name}” holds more than {MAX_RUNS:,} runs: choose a smaller folder."
        )
