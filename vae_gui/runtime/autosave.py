"""Autosave: a crash, a kill or a power cut costs a run at most a minute of its training."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.run.messages import Ended
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.runtime.autosave_folders import AutosaveFolders
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.save_queue import SaveQueue
from vae_gui.runtime.training import Phase, Training
from vae_gui.runtime.workspace_files import WorkspaceFiles

log = logging.getLogger(__name__)
POLL_MS = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of training to the first save, between the end of one and the start of the next, and
    those that may be lost; `share` of the time goes to saves, unless more would be lost then.
    """

    first: float = 10.0
    rest: float = 30.0
    most_lost: float = 60.0
    share: float = 0.02

    def rest_after(self, took: float) -> float:
        """Seconds to wait after a save that took so long."""
        # What is lost last is the rest and two saves, of which the second may take twice as long.
        longest = max(0.0, self.most_lost - 3 * took)
        return min(max(self.rest, took / self.share - took), longest)


class Autosave(QObject):
    """Saves the run that goes on at the pace given, and once more when it pauses or ends. A save goes as
    soon as the person has saved the same steps, closed the model or the window.

    clock: seconds that never go back.
    """

    def __init__(
        self,
        folders: AutosaveFolders,
        jobs: Jobs,
        library: Library,
        training: Training,
        workspace_files: WorkspaceFiles,
        notices: Notices,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._folders, self._library, self._training = folders, library, training
        self._files, self._notices, self._clock = workspace_files, notices, clock
        self._pace = pace or Pace()
        self._paths: dict[str, Path] = {}  # of each run that has an autosave
        self._kept: dict[str, int] = {}  # the newest step of each run that a file holds
        self._asked = self._warned = self._closed = False
        self._began = self._due = 0.0
        self._queue = SaveQueue(jobs, self)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)
        self._queue.written.connect(self._on_written)
        self._queue.failed.connect(self._on_failed)
        training.phase_changed.connect(self._on_phase_changed)
        training.checkpointed.connect(self._on_checkpointed)
        training.ended.connect(self._on_ended)
        library.changed.connect(self._on_library_changed)
        workspace_files.run_saved.connect(self._on_saved)

    def poll(self) -> None:
        """Begin a save where one is due."""
        run, step = self._training.run, self._training.steps_done
        if run is None or self._asked or self._clock() < self._due:
            return
        if step > 0 and step != self._kept.get(run.run_id):
            self._asked, self._began = True, self._clock()
            self._training.request_checkpoint(measure=False)

    def take_over(self, run_id: str, step: int, path: Path) -> None:
        """From now on `path` is the autosave of a run that is open."""
        self._paths[run_id], self._kept[run_id] = path, step

    def shutdown(self, keep: bool) -> None:
        """After training and jobs have ended. keep: leave what is unsaved to the next start."""
        if self._closed:
            return
        self._closed = True
        self._timer.stop()
        for entry in self._library.models:
            if keep and entry.unsaved and entry.snapshot.step > 0:
                self._save_now(entry)
            else:
                self._forget(entry.run_id)
        self._folders.release()

    # --- when ---------------------------------------------------------------

    def _on_phase_changed(self) -> None:
        phase = self._training.phase
        if phase is Phase.IDLE:
            self._timer.stop()
        elif phase is Phase.PAUSED and self._timer.isActive():
            self._due = self._clock()
            self.poll()
        elif not self._timer.isActive():
            self._asked = self._warned = False
            self._due = self._clock() + self._pace.first
            self._timer.start()

    def _on_checkpointed(self, checkpoint: Checkpoint) -> None:
        if self._asked:
            self._write(checkpoint)

    def _on_ended(self, ended: Ended) -> None:
        self._began = self._clock()
        checkpoint = ended.checkpoint
        if checkpoint is not None:
            snapshot = checkpoint.snapshot
            if snapshot.step not in (0, self._kept.get(snapshot.run_id)):
                self._write(checkpoint)

    # --- what ---------------------------------------------------------------

    def _write(self, checkpoint: Checkpoint) -> None:
        entry = self._library.find(checkpoint.snapshot.run_id)
        if entry is None:  # its model was closed
            self._rest()
            return
        try:
            path = self._path_of(entry.run_id)
        except UserError as error:
            self._on_failed(str(error))
        else:
            self._queue.put(self._files.workspace_of(entry, checkpoint), path)

    def _path_of(self, run_id: str) -> Path:
        if run_id not in self._paths:
            self._paths[run_id] = self._folders.new_path()
        return self._paths[run_id]

    def _on_written(self, path: Path, workspace: Workspace) -> None:
        snapshot = workspace.checkpoint.snapshot
        self.take_over(snapshot.run_id, snapshot.step, path)
        run = self._training.run
        if run is not None and run.run_id == snapshot.run_id:
            self._rest()
        self._on_library_changed()  # its model may be closed by now

    def _on_failed(self, text: str) -> None:
        self._rest()
        if not self._warned:
            self._warned = True
            self._notices.warn(f"Training goes on, but a crash would lose it: {text}")

    def _rest(self) -> None:
        now = self._clock()
        self._asked, self._due = False, now + self._pace.rest_after(now - self._began)

    def _save_now(self, entry: OpenModel) -> None:
        checkpoint = entry.workspace.checkpoint
        if entry.run_id in self._paths and not checkpoint.optimizer:
            return  # its thread did not end in time; the autosave can be trained further
        workspace = self._files.workspace_of(entry, checkpoint)
        try:
            files.save(workspace, self._path_of(entry.run_id))
        except UserError:
            log.exception("a run is left as it was autosaved before")

    # --- until when ---------------------------------------------------------

    def _on_saved(self, run_id: str, step: int) -> None:
        if step >= self._kept.get(run_id, 0):
            self._forget(run_id)
        self._kept[run_id] = step

    def _on_library_changed(self) -> None:
        for run_id in [run_id for run_id in self._paths if self._library.find(run_id) is None]:
            self._forget(run_id)

    def _forget(self, run_id: str) -> None:
        path = self._paths.pop(run_id, None)
        if path is not None:
            with suppress(OSError):
                path.unlink()
