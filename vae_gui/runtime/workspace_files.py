"""WorkspaceFiles: models are opened from files and saved to them in the background; each request is answered."""

import uuid
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.storage.workspace_timeline import kept
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.history import History
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.timeline import Timeline
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.job_queue import JobQueue
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request
from vae_gui.runtime.save_queue import SaveQueue, Written
from vae_gui.runtime.settings import Settings
from vae_gui.runtime.training import Phase, Training


@dataclass(frozen=True, slots=True, eq=False)
class _Saving:
    """A model that is to be written, as it was when that was asked for, and who waits for it."""

    entry: OpenModel
    path: Path
    ui_state: UIState
    request: Request[Path] = field(default_factory=Request)


class WorkspaceFiles(QObject):
    """The person is told here what comes of each request, once.

    Signals: `saved(Written)`.
    """

    saved = Signal(object)

    def __init__(
        self,
        settings: Settings,
        jobs: Jobs,
        library: Library,
        training: Training,
        explorer: Explorer,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._library = settings, library
        self._training, self._explorer, self._notices = training, explorer, notices
        self._saving: tuple[_Saving, ...] = ()  # that are not answered yet
        self._reads, self._writes = JobQueue(jobs), SaveQueue(jobs)

    def open(self, path: Path) -> Request[Workspace]:
        """Read a workspace in the background and show it; of several the one that was asked for last is in front.

        A file that is being saved is read when that is answered.
        """
        request: Request[Workspace] = Request()
        request.then(partial(self._on_read, path))
        saving = [saving.request for saving in self._saving if saving.path == path]
        before = saving[-1] if saving else Request.answered(Cancelled())
        before.then(lambda _: self._read(path).then(request.give))
        return request

    def _read(self, path: Path) -> Request[Workspace]:
        def read() -> Job[Workspace]:
            yield Progress(0, None, f"Opening {path.name}")
            return load_whole(path)

        return cast("Request[Workspace]", self._reads.put(f"Open {path.name}", read))

    def open_now(self, path: Path) -> None:
        """The same on the calling thread, for the model of the first launch."""
        self._show_file(path, files.load(path))

    def _on_read(self, path: Path, answer: Answer[Workspace]) -> None:
        match answer:
            case Done(workspace):
                self._settings.remember_file(path)
                self._show_file(path, workspace)
            case Refused(text):
                self._notices.error(text)
            case Cancelled():
                self._notices.warn(f"Opening {path.name} was cancelled.")

    def _show_file(self, path: Path, workspace: Workspace) -> None:
        """Show a file, in a tab of its own where the run has work in memory that no file holds."""
        known = self._unsaved_in_memory(workspace)
        if known is not None:
            workspace = _as_another_run(workspace)
            self._notices.warn(
                f"“{known.workspace.title}” goes on in memory and is not saved: "
                f"{path.name} is open beside it, as a run of its own."
            )
        self._show(workspace, path)

    def show_unsaved(self, workspace: Workspace) -> str:
        """Open what no file of the person's holds; returns the id of its run, another where that goes on."""
        if self._unsaved_in_memory(workspace) is not None:
            workspace = _as_another_run(workspace)
        self._show(workspace, None)
        return workspace.checkpoint.snapshot.run_id

    def _unsaved_in_memory(self, workspace: Workspace) -> OpenModel | None:
        """The same run, where it has work that no file holds."""
        known = self._library.find(workspace.checkpoint.snapshot.run_id)
        goes_on = known is not None and (known.unsaved or self.is_live(known))
        return known if goes_on else None

    def _show(self, workspace: Workspace, path: Path | None) -> None:
        history = History()
        if workspace.history is not None:
            history = History.of(workspace.history, workspace.checkpoint.config.changes)
        timeline = workspace.timeline or Timeline()
        keep = None if workspace.timeline is None else True
        workspace = replace(workspace, timeline=None)  # the entry's own grows
        model = OpenModel(workspace, history, timeline, path, path is None, keep)
        self._library.add(model, workspace.ui_state)

    @property
    def saving(self) -> tuple[Request[Path], ...]:
        """All saves that are not answered yet."""
        return tuple(saving.request for saving in self._saving)

    def save(
        self, path: Path, ui_state: UIState | None = None, run_id: str | None = None
    ) -> Request[Path]:
        """Write the model that is shown, or the one of that run. A run that goes on is saved as it is after
        the step in progress, one that is stopping as it ends.

        ui_state: of the window, restored when the file is opened. The timeline is left out unless the
        entry says that its file keeps it.
        """
        entry = self._library.shown if run_id is None else self._library.find(run_id)
        if entry is None:
            return Request.answered(Cancelled())
        saving = _Saving(entry, path, ui_state or UIState())
        self._saving = (*self._saving, saving)
        if self.is_live(entry):
            self._training.request_checkpoint().then(partial(self._on_checkpoint, saving))
        else:
            self._write(saving, entry.workspace.checkpoint)
        return saving.request

    def is_live(self, entry: OpenModel) -> bool:
        """Say whether the model is that of the run that goes on."""
        run = self._training.run
        idle = self._training.phase is Phase.IDLE
        return run is not None and run.run_id == entry.run_id and not idle

    def _on_checkpoint(self, saving: _Saving, answer: Answer[Checkpoint]) -> None:
        """Write the model at the checkpoint or, where nothing is left of the run, as it was before."""
        before = saving.entry.workspace.checkpoint
        self._write(saving, answer.value if isinstance(answer, Done) else before)

    def _write(self, saving: _Saving, checkpoint: Checkpoint) -> None:
        entry = self._library.find(saving.entry.run_id) or saving.entry
        keep = entry.keep_timeline and entry.timeline
        timeline = kept(entry.timeline, checkpoint.snapshot) if keep else None
        workspace = self.workspace_of(entry, checkpoint)
        workspace = replace(workspace, ui_state=saving.ui_state, timeline=timeline)
        title, images = f"Save {saving.path.name}", self._images_to_encode(entry)
        written = self._writes.put(workspace, saving.path, title, images)
        written.then(partial(self._on_written, saving))

    def _images_to_encode(self, entry: OpenModel) -> ImageData | None:
        """Return the images of the shown model, once its weights rest: a sample of them is known at least."""
        rests = entry is self._library.shown and not self.is_live(entry)
        images = self._explorer.scatter.images
        return images if rests and images is not None and not images.is_sample else None

    def workspace_of(self, entry: OpenModel, checkpoint: Checkpoint) -> Workspace:
        """All that a file holds of a model as it is now, but for the timeline and the window."""
        workspace = replace(
            entry.workspace, checkpoint=checkpoint, history=entry.history.frozen(), timeline=None
        )
        if entry is not self._library.shown:
            return workspace
        explorer = self._explorer
        return replace(
            workspace,
            latent=explorer.latent,
            encodings=explorer.scatter.newest,
            layers=explorer.layers,
        )

    def _on_written(self, saving: _Saving, answer: Answer[Written]) -> None:
        self._saving = tuple(other for other in self._saving if other is not saving)
        path = saving.path
        match answer:
            case Done(written):
                self._keep(written)
                self._notices.done(f"Saved {path.name}")
                self.saved.emit(written)
                saving.request.give(Done(path))
            case Refused(text):
                self._notices.error(text)
                saving.request.give(answer)
            case Cancelled():
                self._notices.warn(f"Saving {path.name} was cancelled: nothing was written.")
                saving.request.give(answer)

    def _keep(self, written: Written) -> None:
        """Note the save in the library; what the model has got since the save began is not saved yet."""
        self._settings.remember_file(written.path)
        entry = self._library.find(written.run_id)
        if entry is not None:
            now, then = entry.workspace, written.workspace
            as_written = now.bookmarks is then.bookmarks and now.title == then.title
            unsaved = not as_written or entry.snapshot.step != written.step
            self._library.replace(replace(entry, path=written.path, unsaved=unsaved))


def load_whole(path: Path) -> Workspace:
    """Read a workspace whose weights and optimizer fit its model; raises UserError."""
    workspace = files.load(path)
    with import_lock():
        from vae_gui.core.vae.resume import check_checkpoint

    check_checkpoint(workspace.checkpoint)
    return workspace


def _as_another_run(workspace: Workspace) -> Workspace:
    """The same model under another run id."""
    run_id, checkpoint, timeline = uuid.uuid4().hex, workspace.checkpoint, workspace.timeline
    snapshot = replace(checkpoint.snapshot, run_id=run_id)
    others = {
        name: replace(other, run_id=run_id)
        for name in ("best", "last", "e_step")
        if (other := getattr(checkpoint, name)) is not None
    }
    return replace(
        workspace,
        checkpoint=replace(checkpoint, snapshot=snapshot, **others),
        timeline=None if timeline is None else timeline.until(snapshot.step, run_id),
    )
