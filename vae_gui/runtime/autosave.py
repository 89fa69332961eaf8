"""Autosave: a crash, a kill or a power cut costs a run at most a minute of its training."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from vae_gui.core.storage import workspace as files
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import remove_file
from vae_gui.core.vae.run.messages import Ended
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.runtime.autosave_folders import AutosaveFolders
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request
from vae_gui.runtime.save_queue import SaveQueue, Written
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
        self._checkpoint: Request[Checkpoint] = Request.answered(Cancelled())
        self._written: Request[Written] = Request.answered(Cancelled())
        self._warned = self._closed = False
        self._began = self._due = 0.0
        self._queue = SaveQueue(jobs)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)
        training.phase_changed.connect(self._on_phase_changed)
        training.ended.connect(self._on_ended)
        library.changed.connect(self._on_library_changed)
        workspace_files.saved.connect(self._on_saved)

    @property
    def busy(self) -> bool:
        """Say whether a save goes on, from the question for the state of the run to its end."""
        return self._checkpoint.answer is None or self._written.answer is None

    def poll(self) -> None:
        """Begin a save where one is due."""
        run, step = self._training.run, self._training.steps_done
        if run is None or self.busy or self._clock() < self._due:
            return
        if step > 0 and step != self._kept.get(run.run_id):
            self._began = self._clock()
            self._checkpoint = self._training.request_checkpoint(measure=False)
            self._checkpoint.then(self._on_checkpoint)

    def take_over(self, run_id: str, step: int, path: Path) -> None:
        """Take `path` as the autosave of an open run from now on."""
        self._paths[run_id], self._kept[run_id] = path, step

    def shutdown(self, keep: bool) -> None:
        """Shut down once training and jobs have ended. keep: leave what is unsaved to the next start."""
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

    def _on_phase_changed(self) -> None:
        phase = self._training.phase
        if phase is Phase.IDLE:
            self._timer.stop()
        elif phase is Phase.PAUSED and self._timer.isActive():
            self._due = self._clock()
            self.poll()
        elif not self._timer.isActive():
            self._warned = False
            self._due = self._clock() + self._pace.first
            self._timer.start()

    def _on_checkpoint(self, answer: Answer[Checkpoint]) -> None:
        if isinstance(answer, Done):
            self._write(answer.value)

    def _on_ended(self, ended: Ended) -> None:
        self._checkpoint.cancel()  # what is written here is newer
        self._began = self._clock()
        checkpoint = ended.checkpoint
        if checkpoint is not None:
            snapshot = checkpoint.snapshot
            if snapshot.step not in (0, self._kept.get(snapshot.run_id)):
                self._write(checkpoint)

    def _write(self, checkpoint: Checkpoint) -> None:
        entry = self._library.find(checkpoint.snapshot.run_id)
        if entry is None:  # its model was closed
            self._rest()
            return
        try:
            path = self._path_of(entry.run_id)
        except UserError as error:
            self._rest()
            self._warn(str(error))
            return
        self._written = self._queue.put(self._files.workspace_of(entry, checkpoint), path)
        self._written.then(partial(self._on_written, entry.run_id))

    def _path_of(self, run_id: str) -> Path:
        if run_id not in self._paths:
            self._paths[run_id] = self._folders.new_path()
        return self._paths[run_id]

    def _on_written(self, run_id: str, answer: Answer[Written]) -> None:
        run = self._training.run
        if run is not None and run.run_id == run_id:
            self._rest()
        match answer:
            case Done(written):
                self._keep(written)
            case Refused(text):
                self._warn(text)

    def _keep(self, written: Written) -> None:
        """Take the file over, unless its model was closed meanwhile, or the person has what it holds."""
        run_id, kept = written.run_id, self._kept.get(written.run_id, -1)
        awaited = self._paths.get(run_id) == written.path
        newer = run_id not in self._paths and written.step > kept
        if (awaited or newer) and self._library.find(run_id) is not None:
            self.take_over(run_id, written.step, written.path)
        else:
            _remove(written.path)

    def _warn(self, text: str) -> None:
        if not self._warned:
            self._warned = True
            self._notices.warn(f"Training goes on, but a crash would lose it: {text}")

    def _rest(self) -> None:
        now = self._clock()
        self._due = now + self._pace.rest_after(now - self._began)

    def _save_now(self, entry: OpenModel) -> None:
        checkpoint = entry.workspace.checkpoint
        if entry.run_id in self._paths and not checkpoint.optimizer:
            return  # its thread did not end in time; the autosave can be trained further
        workspace = self._files.workspace_of(entry, checkpoint)
        try:
            files.save(workspace, self._path_of(entry.run_id))
        except UserError:
            log.exception("a run is left as it was autosaved before")

    def _on_saved(self, written: Written) -> None:
        if written.step >= self._kept.get(written.run_id, 0):
            self._forget(written.run_id)
        self._kept[written.run_id] = written.step

    def _on_library_changed(self) -> None:
        for run_id in [run_id for run_id in self._paths if self._library.find(run_id) is None]:
            self._forget(run_id)

    def _forget(self, run_id: str) -> None:
        path = self._paths.pop(run_id, None)
        if path is not None:
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        remove_file(path)
