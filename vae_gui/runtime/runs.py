"""Runs: the models that are open and those of a folder, which may be a sweep's that still grows."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from vae_gui.core.support.errors import UserError
from vae_gui.core.sweeps.folder import RUNS, SweepFolder, is_sweep
from vae_gui.core.sweeps.labels import Label, Labels, read_labels, write_labels
from vae_gui.core.sweeps.rows import EvaluationRow
from vae_gui.core.sweeps.summary import (
    NO_TRAIL,
    Run,
    as_trail,
    row_of,
    runs_of_folder,
    trails_by_name,
)
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.undo import PutCommand

LOOK_MS = 500
NO_LABEL = Label()


class Runs(QObject):
    """`undo_stack`: of names, tags and removals in the folder.

    Signals: `changed()` when a run was added, or one of them is further.
    """

    changed = Signal()

    def __init__(
        self, jobs: Jobs, library: Library, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        self.undo_stack = QUndoStack(self)
        self._jobs, self._library, self._notices = jobs, library, notices
        self._sweep: SweepFolder | None = None
        self._of_folder: dict[str, Run] = {}
        self._evaluations: list[EvaluationRow] = []
        self._labels: Labels = {}
        self._open: tuple[Run, ...] = ()
        self._open_as: object = None  # what the runs that are open were made from
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def runs(self) -> tuple[Run, ...]:
        """Those that are open first; without the ones that were removed."""
        removed = {key for key, label in self._labels.items() if label.removed}
        kept = [run for key, run in self._of_folder.items() if key not in removed]
        return (*self._open, *kept)

    def label(self, key: str) -> Label:
        return self._labels.get(key, NO_LABEL)

    def watch(self, on: bool) -> None:
        """Look for what is new as long as somebody sees it."""
        if on:
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    def open_folder(self, folder: Path) -> None:
        """Show the runs of a sweep, also while it goes on, or of any folder with models."""
        self.close_folder()
        try:
            self._labels = read_labels(folder)
        except UserError as error:
            self._notices.error(str(error))
            return
        self.folder = folder
        if is_sweep(folder):
            self._sweep = SweepFolder(folder)
            self.look()
            return

        self._jobs.start(f"Open {folder.name}", lambda: runs_of_folder(folder), self._on_read)

    def close_folder(self) -> None:
        self.folder = self._sweep = None
        self._of_folder, self._evaluations, self._labels = {}, [], {}
        self.undo_stack.clear()
        self.changed.emit()

    def look(self) -> None:
        """Take what is new in the folder and in the models that are open."""
        try:
            new = self._look_at_folder()
        except UserError as error:
            self.close_folder()
            self._notices.error(str(error))
            return
        if self._look_at_open() or new:
            self.changed.emit()

    def shutdown(self) -> None:
        """Look no more. Safe to call twice."""
        self._timer.stop()
        # Python's collector may take the commands before the stack, which would then destroy them twice.
        self.undo_stack.clear()

    # --- commands, with undo ------------------------------------------------

    def rename(self, key: str, title: str) -> None:
        """An open model gets another title, a run of the folder another name in the table."""
        run = next((run for run in self.runs if run.key == key), None)
        if run is not None and run.run_id:
            self._library.rename(run.run_id, title)
        else:
            self._relabel("Rename", {key: replace(self.label(key), title=title.strip())})

    def tag(self, keys: Iterable[str], tag: str) -> None:
        """A word of the person's own; an empty one takes it away."""
        new = {key: replace(self.label(key), tag=tag.strip()) for key in keys}
        self._relabel("Tag", {key: of for key, of in new.items() if key in self._of_folder})

    def remove(self, keys: Iterable[str]) -> None:
        """Take runs out of the table; their files stay."""
        new = {key: replace(self.label(key), removed=True) for key in keys}
        self._relabel("Remove", {key: of for key, of in new.items() if key in self._of_folder})

    def _relabel(self, text: str, changed: Labels) -> None:
        after = {**self._labels, **changed}
        if changed and after != self._labels:
            self.undo_stack.push(PutCommand(self._put_labels, self._labels, after, text))

    def _put_labels(self, labels: Labels) -> None:
        assert self.folder is not None
        self._labels = labels
        try:
            write_labels(labels, self.folder)
        except UserError as error:
            self._notices.error(str(error))
        self.changed.emit()

    # --- what there is ------------------------------------------------------

    def _on_read(self, value: object) -> None:
        self._of_folder = {run.key: run for run in cast("tuple[Run, ...]", value)}
        self.changed.emit()

    def _look_at_folder(self) -> bool:
        if self._sweep is None:
            return False
        # A row is written after its evaluations, so it is read before them.
        anew, rows = self._sweep.results.new_rows()
        evaluated_anew, evaluations = self._sweep.evaluations.new_rows()
        if evaluated_anew:
            self._evaluations.clear()
        if anew:
            self._of_folder.clear()
        self._evaluations += evaluations
        named = {row.name for row in rows}
        trails = trails_by_name(row for row in self._evaluations if row.name in named)
        for row in rows:
            path = self._sweep.path / RUNS / Path(row.file).name if row.file else None
            self._of_folder[row.name] = Run(row.name, row, trails.get(row.name, NO_TRAIL), path)
        self._evaluations = [row for row in self._evaluations if row.name not in named]
        return bool(rows) or anew

    def _look_at_open(self) -> bool:
        models = self._library.models
        made_from = [
            (m.run_id, m.workspace.title, m.snapshot.step, len(m.history.tests)) for m in models
        ]
        if made_from == self._open_as:
            return False
        self._open_as, self._open = made_from, tuple(map(_run_of, models))
        return True


def _run_of(model: OpenModel) -> Run:
    trail = as_trail(model.history.tests.rows())
    step, encodings = model.snapshot.step, model.workspace.encodings
    row = row_of(model.workspace.title, model.config, step, trail, encodings)
    return Run(f"open:{model.run_id}", row, trail, model.path, model.run_id)
