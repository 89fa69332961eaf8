"""WorkspaceFiles: models are opened from files and saved to them in the background; each request is answered."""

import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.storage.workspace_timeline import alike
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.history import History
from vae_gui.core.vae.run.messages import Ended
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.timeline import Timeline
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.save_queue import SaveQueue
from vae_gui.runtime.settings import Settings
from vae_gui.runtime.training import Phase, Training


@dataclass(frozen=True, slots=True, eq=False)
class _Saving:
    """A model that is to be written, as it was when that was asked for."""

    entry: OpenModel
    path: Path
    ui_state: UIState


class WorkspaceFiles(QObject):
    """Signals: `saved(path)`; `run_saved(run_id, step)` of the same file."""

    saved = Signal(object)
    run_saved = Signal(str, int)

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
        self._settings, self._jobs, self._library = settings, jobs, library
        self._training, self._explorer, self._notices = training, explorer, notices
        self._awaited: tuple[_Saving, ...] = ()  # the thread's checkpoint is on its way
        self._queue = SaveQueue(jobs, self)
        self._queue.written.connect(self._on_written)
        self._queue.failed.connect(notices.error)
        training.checkpointed.connect(self._on_checkpointed)
        training.ended.connect(self._on_ended)

    # --- opening ------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read a workspace in the background and show it."""

        def read() -> Job[tuple[Path, Workspace]]:
            yield Progress(0, None, f"Opening {path.name}")
            return path, load_whole(path)

        self._jobs.start(f"Open {path.name}", read, self._on_read)

    def open_now(self, path: Path) -> None:
        """The same on the calling thread, for the model of the first launch."""
        self._show_file(path, files.load(path))

    def _on_read(self, value: object) -> None:
        path, workspace = cast("tuple[Path, Workspace]", value)
        self._settings.remember_file(path)
        self._show_file(path, workspace)

    def _show_file(self, path: Path, workspace: Workspace) -> None:
        """In a tab of its own where the run has work in memory that no file holds."""
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
        goes_on = known is not None and (known.unsaved or self._is_live(known))
        return known if goes_on else None

    def _show(self, workspace: Workspace, path: Path | None) -> None:
        history = History()
        if workspace.history is not None:
            rows, changes = workspace.history, workspace.checkpoint.config.changes
            history.extend(rows.steps, rows.tests, changes, rows.exact)
        timeline = workspace.timeline or Timeline()
        keep = None if workspace.timeline is None else True
        workspace = replace(workspace, timeline=None)  # the entry's own grows
        model = OpenModel(workspace, history, timeline, path, path is None, keep)
        self._library.add(model, workspace.ui_state)

    # --- saving -------------------------------------------------------------

    def save(self, path: Path, ui_state: UIState | None = None) -> None:
        """Write the model that is shown; a run that goes on is saved as it is after the step in progress.

        ui_state: of the window, restored when the file is opened. The timeline is left out unless the
        entry says that its file keeps it.
        """
        entry = self._library.shown
        if entry is None:
            return
        saving = _Saving(entry, path, ui_state or UIState())
        if self._is_live(entry):
            self._awaited = (*self._awaited, saving)
            self._training.request_checkpoint()
        else:
            self._write(saving, entry.workspace.checkpoint)

    def _is_live(self, entry: OpenModel) -> bool:
        run = self._training.run
        idle = self._training.phase is Phase.IDLE
        return run is not None and run.run_id == entry.run_id and not idle

    def _on_checkpointed(self, checkpoint: Checkpoint) -> None:
        awaited, self._awaited = self._awaited, ()
        for saving in awaited:
            self._write(saving, checkpoint)

    def _on_ended(self, ended: Ended) -> None:
        """What was asked for too late for the thread to answer is written as the run ended."""
        awaited, self._awaited = self._awaited, ()
        for saving in awaited:
            self._write(saving, ended.checkpoint or saving.entry.workspace.checkpoint)

    def _write(self, saving: _Saving, checkpoint: Checkpoint) -> None:
        entry = self._library.find(saving.entry.run_id) or saving.entry
        timeline = alike(entry.timeline) if entry.keep_timeline and entry.timeline else None
        workspace = self.workspace_of(entry, checkpoint)
        workspace = replace(workspace, ui_state=saving.ui_state, timeline=timeline)
        self._queue.put(
            workspace, saving.path, f"Save {saving.path.name}", self._images_to_encode(entry)
        )

    def _images_to_encode(self, entry: OpenModel) -> ImageData | None:
        """Of the model that is shown, once its weights rest: a sample of them is known at least."""
        rests = entry is self._library.shown and not self._is_live(entry)
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

    def _on_written(self, path: Path, workspace: Workspace) -> None:
        snapshot = workspace.checkpoint.snapshot
        entry = self._library.find(snapshot.run_id)
        if entry is not None:
            newer = entry.workspace.bookmarks is not workspace.bookmarks
            unsaved = newer or entry.snapshot.step != snapshot.step
            self._library.replace(replace(entry, path=path, unsaved=unsaved))
        self._settings.remember_file(path)
        self._notices.done(f"Saved {path.name}")
        self.run_saved.emit(snapshot.run_id, snapshot.step)
        self.saved.emit(path)


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
