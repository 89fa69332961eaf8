"""Session: what a person does with models — train, open, save — carried out on the owners of the state."""

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
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.history import History, HistoryRows
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot, as_float32
from vae_gui.core.vae.timeline import Timeline, TimelineEntry
from vae_gui.runtime.datasets import Datasets
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.settings import Settings
from vae_gui.runtime.training import Phase, Training
from vae_gui.runtime.training_thread import Ended


@dataclass(frozen=True, slots=True)
class _WantedRun:
    """A run that starts as soon as its data is in memory; `resumed` is the model that it goes on with."""

    config: RunConfig
    resumed: OpenModel | None
    paused: bool


class Session(QObject):
    """Signals: `saved(path)`."""

    saved = Signal(object)

    def __init__(
        self,
        settings: Settings,
        jobs: Jobs,
        datasets: Datasets,
        library: Library,
        training: Training,
        explorer: Explorer,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._jobs = jobs
        self._datasets = datasets
        self._library = library
        self._training = training
        self._explorer, self._notices = explorer, notices
        self._wanted: _WantedRun | None = None
        self._save_to: Path | None = None
        self._ui_state = UIState()
        self._shelved_run = ""
        self._runs = 0
        self._run_title = ""
        datasets.not_loaded.connect(self._forget_wanted)
        datasets.loaded.connect(self._on_loaded)
        training.snapshot_changed.connect(self._on_snapshot)
        training.checkpointed.connect(self._on_checkpointed)
        training.ended.connect(self._on_ended)
        training.timeline_changed.connect(self._on_timeline_changed)
        explorer.model_changed.connect(self.look_for_images)

    # --- training -----------------------------------------------------------

    def train(self, config: RunConfig, download: bool = False, paused: bool = False) -> None:
        """Begin a new run from fresh weights, loading its data first where that is needed."""
        self._request_run(_WantedRun(config, None, paused), download)

    def continue_run(self, more_epochs: int) -> None:
        """Go on with the run that is shown; one that had reached its end gets more epochs."""
        entry = self._library.shown
        if entry is None or not can_resume(entry):
            self._notices.error("This model cannot be trained further: press Train for a new run.")
            return
        step = entry.snapshot.step
        epochs = entry.config.train_at(step).epochs + more_epochs
        longer = entry.config.longer(step, epochs)
        self._request_run(_WantedRun(longer, entry, False), download=False)

    def branch(self, timeline_entry: TimelineEntry) -> None:
        """A new run that goes on from a moment of the one that is shown, with a fresh optimizer."""
        entry = self._library.shown
        if entry is None:
            return
        run_id = uuid.uuid4().hex
        snapshot = replace(as_float32(timeline_entry.snapshot), run_id=run_id)
        steps, tests = (
            table.rows()[table.column("step") <= timeline_entry.step]
            for table in entry.history.tables
        )
        history = History()
        changes = tuple(c for c in entry.config.changes if c.step < timeline_entry.step)
        history.extend(steps, tests, changes)
        config = replace(entry.config, changes=changes)
        workspace = Workspace(
            f"{entry.workspace.title}, from step {timeline_entry.step}",
            Checkpoint(config, snapshot, {}),
            latent=self._explorer.latent,
            encodings=timeline_entry.encodings,
        )
        timeline = entry.timeline.until(timeline_entry.step, run_id)
        branch = OpenModel(workspace, history, timeline, unsaved=True)
        self._library.add(branch)
        self._request_run(_WantedRun(config, branch, False), download=False)

    def repeat_run(self) -> None:
        """Train again what is shown, from its seed and with the knob changes that were made."""
        entry = self._library.shown
        if entry is not None:
            self.train(entry.config)

    def _request_run(self, wanted: _WantedRun, download: bool) -> None:
        if self._training.phase is Phase.IDLE:
            self._wanted = wanted
            self._datasets.load(wanted.config.dataset, download)

    def _start(self, wanted: _WantedRun, data: ImageData) -> None:
        if wanted.resumed is not None:
            entry = wanted.resumed
            self._shelved_run = entry.run_id
            checkpoint = entry.workspace.checkpoint
            self._training.start(
                wanted.config, data, entry.history, checkpoint, entry.timeline, wanted.paused
            )
            return
        config = replace(wanted.config, model=replace(wanted.config.model, side=data.side))
        history = History()
        history.changes.extend(config.changes)
        self._training.start(config, data, history, paused=wanted.paused)
        self._runs += 1
        self._run_title = f"Run {self._runs} · {config.preset} · {data.title}"

    def _on_loaded(self, data: ImageData) -> None:
        wanted = self._wanted
        if wanted is not None and wanted.config.dataset == data.name:
            self._wanted = None
            self._start(wanted, data)
        shown = self._library.shown
        if shown is not None and shown.config.dataset == data.name:
            self._explorer.scatter.set_images(data)

    def _forget_wanted(self) -> None:
        self._wanted = None

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if self._library.find(snapshot.run_id) is not None:
            self._library.adopt(snapshot)
            self._explorer.weights.adopt(snapshot)
            return
        if snapshot.run_id == self._shelved_run:
            return  # its model was closed
        assert self._training.run is not None
        self._shelved_run = snapshot.run_id
        checkpoint = Checkpoint(self._training.run.config, snapshot, {})
        workspace = Workspace(self._run_title, checkpoint)
        self._library.add(
            OpenModel(workspace, self._training.history, self._training.timeline, unsaved=True)
        )

    def _on_timeline_changed(self) -> None:
        entry = (
            None if self._training.run is None else self._library.find(self._training.run.run_id)
        )
        if entry is not None:
            self._library.replace(replace(entry, timeline=self._training.timeline))

    def _on_ended(self, ended: Ended) -> None:
        self._explorer.scatter.encode_now()
        run = self._training.run
        entry = None if run is None else self._library.find(run.run_id)
        if entry is None:
            self._save_to = None
            return
        if ended.checkpoint is not None:
            workspace = replace(entry.workspace, checkpoint=ended.checkpoint)
            entry = replace(entry, workspace=workspace)
            self._library.replace(entry)
        if self._save_to is not None:  # asked for too late for the thread to answer
            self._write(entry, entry.workspace.checkpoint)

    # --- files --------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read a workspace in the background and show it."""

        def read() -> Job[tuple[Path, Workspace]]:
            yield Progress(0, None, f"Opening {path.name}")
            workspace = files.load(path)
            with import_lock():
                from vae_gui.core.inference.engine import Engine

            Engine(workspace.checkpoint.snapshot)  # refuses weights that do not fit
            return path, workspace

        self._jobs.start(f"Open {path.name}", read, self._on_read)

    def open_now(self, path: Path) -> None:
        """The same on the calling thread, for the model of the first launch."""
        self._show_file(path, files.load(path))

    def close(self, run_id: str) -> None:
        """Take a model off the shelf; a run that goes on is stopped first. The last one stays."""
        run = self._training.run
        if run is not None and run.run_id == run_id:
            self._training.stop()
        self._library.remove(run_id)

    def save(self, path: Path, ui_state: UIState | None = None) -> None:
        """Write the model that is shown; a run that goes on is saved as it is after the step in progress.

        ui_state: of the window, restored when the file is opened. The timeline is left out unless the
        entry says that its file keeps it.
        """
        entry, run = self._library.shown, self._training.run
        if entry is None:
            return
        self._save_to, self._ui_state = path, ui_state or UIState()
        live = run is not None and run.run_id == entry.run_id
        if live and self._training.phase is not Phase.IDLE:
            self._training.request_checkpoint()
        else:
            self._write(entry, entry.workspace.checkpoint)

    def _on_checkpointed(self, checkpoint: Checkpoint) -> None:
        entry = self._library.find(checkpoint.snapshot.run_id)
        if entry is not None and self._save_to is not None:
            self._write(entry, checkpoint)

    def _write(self, entry: OpenModel, checkpoint: Checkpoint) -> None:
        path, self._save_to = cast(Path, self._save_to), None
        shown = entry is self._library.shown
        history = entry.history
        workspace = replace(
            entry.workspace,
            checkpoint=checkpoint,
            history=HistoryRows(history.steps.rows().copy(), history.tests.rows().copy()),
            ui_state=self._ui_state,
            timeline=alike(entry.timeline) if entry.keep_timeline and entry.timeline else None,
        )
        if shown:
            explorer = self._explorer
            workspace = replace(
                workspace,
                latent=explorer.latent,
                encodings=explorer.scatter.newest,
                layers=explorer.layers,
            )

        def write() -> Job[tuple[Path, Workspace]]:
            yield Progress(0, None, f"Saving {path.name}")
            files.save(workspace, path)
            return path, workspace

        self._jobs.start(f"Save {path.name}", write, self._on_written)

    def _on_written(self, value: object) -> None:
        path, workspace = cast("tuple[Path, Workspace]", value)
        snapshot = workspace.checkpoint.snapshot
        entry = self._library.find(snapshot.run_id)
        if entry is not None:
            newer = entry.workspace.bookmarks is not workspace.bookmarks
            unsaved = newer or entry.snapshot.step != snapshot.step
            self._library.replace(replace(entry, path=path, unsaved=unsaved))
        self._settings.remember_file(path)
        self._notices.done(f"Saved {path.name}")
        self.saved.emit(path)

    def _on_read(self, value: object) -> None:
        path, workspace = cast("tuple[Path, Workspace]", value)
        self._settings.remember_file(path)
        self._show_file(path, workspace)

    def _show_file(self, path: Path, workspace: Workspace) -> None:
        history = History()
        if workspace.history is not None:
            changes = workspace.checkpoint.config.changes
            history.extend(workspace.history.steps, workspace.history.tests, changes)
        timeline = workspace.timeline or Timeline()
        keep = None if workspace.timeline is None else True
        workspace = replace(workspace, timeline=None)  # the entry's own grows
        self._library.add(
            OpenModel(workspace, history, timeline, path, keep_timeline=keep), workspace.ui_state
        )

    # --- what is shown ------------------------------------------------------

    def look_for_images(self) -> None:
        """Bring the images of the model into memory, where that needs no network."""
        entry = self._library.shown
        if entry is not None and self._datasets.is_local(entry.config.dataset):
            self._datasets.load(entry.config.dataset)


def can_resume(entry: OpenModel) -> bool:
    """Whether the optimizer's state is there."""
    return bool(entry.workspace.checkpoint.optimizer)
