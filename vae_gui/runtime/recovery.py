"""Recovery: what windows that crashed or were killed have left is offered, one run after the other."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import remove_file
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.autosave import Autosave
from vae_gui.runtime.autosave_folders import AutosaveFolders
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request
from vae_gui.runtime.workspace_files import WorkspaceFiles, load_whole

NO_MEMORY = "There is not enough memory to read it: close other programs, then start again."


@dataclass(frozen=True, slots=True, eq=False)
class InterruptedRun:
    """workspace: None where the autosave cannot be read, for the reason in `problem`."""

    path: Path
    workspace: Workspace | None
    problem: str = ""


class Recovery(QObject):
    """`offer`: the run that waits for an answer; its file stays until it is saved or discarded.

    Signals: `offered()` when there is one.
    """

    offered = Signal()

    def __init__(
        self,
        folders: AutosaveFolders,
        autosave: Autosave,
        jobs: Jobs,
        workspace_files: WorkspaceFiles,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._folders, self._autosave = folders, autosave
        self._jobs, self._files = jobs, workspace_files
        self.offer: InterruptedRun | None = None
        self._waiting: tuple[Path, ...] = ()
        self._reading: Request[object] = Request.answered(Cancelled())

    def look(self) -> None:
        """Offer what windows have left that are gone; the newest run first."""
        self._waiting += self._folders.claim()
        if self.offer is None and self._reading.answer is not None:
            self._next()

    def open(self) -> None:
        """Open the run that is offered, as one that is not saved."""
        offer = self.offer
        if offer is not None and offer.workspace is not None:
            run_id = self._files.show_unsaved(offer.workspace)
            step = offer.workspace.checkpoint.snapshot.step
            self._autosave.take_over(run_id, step, offer.path)
            self._next()

    def discard(self) -> None:
        """Delete the run that is offered."""
        if self.offer is not None:
            with suppress(OSError):  # it is offered again then
                remove_file(self.offer.path)
            self._next()

    def postpone(self) -> None:
        """Offer it again at the next start."""
        if self.offer is not None:
            self._next()

    def _next(self) -> None:
        self.offer = None
        if not self._waiting:
            return
        path, *others = self._waiting
        self._waiting = tuple(others)

        def read() -> Job[Workspace]:
            yield Progress(0, None, "Looking for interrupted runs")
            try:
                return load_whole(path)
            except MemoryError as error:
                raise UserError(NO_MEMORY) from error

        self._reading = self._jobs.ask("", read)
        self._reading.then(partial(self._on_read, path))

    def _on_read(self, path: Path, answer: Answer[object]) -> None:
        match answer:
            case Done(workspace):
                self.offer = InterruptedRun(path, cast("Workspace", workspace))
            case Refused(problem):
                self.offer = InterruptedRun(path, None, problem)
            case Cancelled():
                self._next()  # the next start offers it
                return
        self.offered.emit()
