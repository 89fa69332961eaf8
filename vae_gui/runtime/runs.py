"""Runs: the models that are open and those of a folder, which may be a sweep's that still grows."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import MAX_TEXT_LENGTH
from vae_gui.core.sweeps.labels import NO_LABEL, Labels, RunLabel, write_labels
from vae_gui.core.sweeps.run_folder import MAX_TRAIL, RunFolder, read_folder, read_on
from vae_gui.core.sweeps.summary import Run, as_trail, row_of, thinned
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.undo import PutCommand

LOOK_MS = 500


class Runs(QObject):
    """`undo_stack`: of names, tags and removals in the folder.

    The folder that is shown is one value, which is replaced whole: when another one has been read, and when more
    of its own tables has. What is read for a folder that is no longer wanted is dropped.

    Signals: `changed()` when a run was added, or one of them is further.
    """

    changed = Signal()

    def __init__(
        self, jobs: Jobs, library: Library, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._library, self._notices = library, notices
        self._folder: RunFolder | None = None
        self._opening, self._looking = LatestJob(jobs, self), LatestJob(jobs, self)
        self._open: tuple[Run, ...] = ()
        self._open_as: object = None  # what the runs that are open were made from
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._opening.done.connect(self._on_opened)
        self._opening.failed.connect(notices.error)
        self._looking.done.connect(self._on_looked)
        self._looking.failed.connect(self._on_look_failed)

    @property
    def folder(self) -> Path | None:
        """The folder whose runs are shown."""
        return None if self._folder is None else self._folder.path

    @property
    def runs(self) -> tuple[Run, ...]:
        """Those that are open first; without the ones that were removed."""
        if self._folder is None:
            return self._open
        kept = [run for key, run in self._folder.runs.items() if not self.label(key).removed]
        return (*self._open, *kept)

    def label(self, key: str) -> RunLabel:
        return NO_LABEL if self._folder is None else self._folder.labels.get(key, NO_LABEL)

    def watch(self, on: bool) -> None:
        """Look for what is new as long as somebody sees it."""
        if on:
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    def open_folder(self, folder: Path) -> None:
        """Show the runs of a sweep, also while it goes on, or of any folder with models, once they are read.

        Until then, and where they cannot be read, the folder that is shown stays.
        """
        self._opening.start(partial(read_folder, folder), f"Open {folder.name}")

    def close_folder(self) -> None:
        """Show the models that are open alone; what is being read is given up."""
        self._opening.cancel()
        self._show(None)

    def look(self) -> None:
        """Take what is new in the models that are open, and begin to read what is new in the folder."""
        folder = self._folder
        if folder is not None and not self._looking.busy and folder.has_grown:
            self._looking.start(partial(read_on, folder))
        if self._look_at_open():
            self.changed.emit()

    def shutdown(self) -> None:
        """Look no more. Safe to call twice."""
        self._timer.stop()
        # Python's collector may take the commands before the stack, which would then destroy them twice.
        self.undo_stack.clear()

    def rename(self, key: str, title: str) -> None:
        """An open model gets another title, a run of the folder another name in the table."""
        run = next((run for run in self.runs if run.key == key), None)
        if run is not None and run.run_id:
            self._library.rename(run.run_id, title)
        else:
            self._relabel("Rename", [key], title=_bounded(title))

    def tag(self, keys: Iterable[str], tag: str) -> None:
        """A word of the person's own; an empty one takes it away."""
        self._relabel("Tag", keys, tag=_bounded(tag))

    def remove(self, keys: Iterable[str]) -> None:
        """Take runs out of the table; their files stay."""
        self._relabel("Remove", keys, removed=True)

    def _relabel(self, text: str, keys: Iterable[str], **changes: str | bool) -> None:
        """Change the labels of those runs that are of the folder."""
        folder = self._folder
        if folder is None:
            return
        labels = {
            key: replace(self.label(key), **changes)  # type: ignore[arg-type]
            for key in keys
            if key in folder.runs
        }
        after = {**folder.labels, **labels}
        if after != folder.labels:
            self.undo_stack.push(PutCommand(self._put_labels, folder.labels, after, text))

    def _put_labels(self, labels: Labels) -> None:
        assert self._folder is not None  # the commands of a folder go with it
        self._folder = replace(self._folder, labels=labels)
        try:
            write_labels(labels, self._folder.path)
        except UserError as error:
            self._notices.error(str(error))
        self.changed.emit()

    def _show(self, folder: RunFolder | None) -> None:
        """Put another folder in the place of the one that is shown, with whose labels its undo ends."""
        self._looking.cancel()
        self._folder = folder
        self.undo_stack.clear()
        self.changed.emit()

    def _on_opened(self, folder: object) -> None:
        self._show(cast(RunFolder, folder))

    def _on_looked(self, value: object) -> None:
        assert self._folder is not None  # else nobody would look any more
        newer = cast(RunFolder, value)
        # A label may have been given while the tables were read.
        self._folder = replace(newer, labels=self._folder.labels)
        self.changed.emit()

    def _on_look_failed(self, text: str) -> None:
        self._show(None)
        self._notices.error(text)

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
    trail = thinned(as_trail(model.history.tests.rows()), MAX_TRAIL)
    step, encodings = model.snapshot.step, model.workspace.encodings
    row = row_of(model.workspace.title, model.config, step, trail, encodings)
    return Run(f"open:{model.run_id}", row, trail, model.path, model.run_id)


def _bounded(given: str) -> str:
    """Return a text as long as a label can hold."""
    return given.strip()[:MAX_TEXT_LENGTH]
