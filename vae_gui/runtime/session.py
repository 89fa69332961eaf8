"""Session: what a person does with models — train, continue, branch, close — carried out on the owners of the state."""

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.source import OwnImages, own_reference, portable_name
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae import schedule
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.history import History
from vae_gui.core.vae.presets import recipe_title
from vae_gui.core.vae.run.messages import Ended, WaysOut
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import TimelineEntry
from vae_gui.core.vae.unbounded_density import unbounded_density_warning
from vae_gui.runtime.branches import branch_of
from vae_gui.runtime.datasets import Datasets
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.image_places import is_own
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Action, Notices
from vae_gui.runtime.training import Phase, RunInfo, Training


@dataclass(frozen=True, slots=True)
class _WantedRun:
    """A run that starts as soon as its data is in memory; `resumed` is the model that it goes on with.

    more_epochs: than it has had when it was over. title: of a new run, where it has one already.
    """

    config: RunConfig
    resumed: OpenModel | None
    paused: bool
    more_epochs: int = 0
    title: str = ""


class Session(QObject):
    """Commands on the owners of the state; what they answer is kept in the library.

    Signals: `images_wanted(name)`, of a data set of own images that nobody has shown or confirmed on this
    machine: `use_images` answers it; `preparing_changed()`, when a run begins or ends to wait for its images.
    """

    images_wanted = Signal(str)
    preparing_changed = Signal()

    def __init__(
        self,
        datasets: Datasets,
        library: Library,
        training: Training,
        explorer: Explorer,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._datasets, self._library = datasets, library
        self._training = training
        self._explorer, self._notices = explorer, notices
        self._wanted: _WantedRun | None = None
        self._offered: tuple[str, str] | None = None
        self._asked: set[str] = set()
        self._shelved_run = ""
        self._runs = 0
        self._run_title = ""
        datasets.not_loaded.connect(self._forget_wanted)
        datasets.loaded.connect(self._on_loaded)
        training.phase_changed.connect(self._on_phase)
        training.snapshot_changed.connect(self._on_snapshot)
        training.ended.connect(self._on_ended)
        training.timeline_changed.connect(self._on_timeline_changed)
        explorer.model_changed.connect(self.look_for_images)

    # --- training -----------------------------------------------------------

    @property
    def is_preparing(self) -> bool:
        """Whether a run waits for its images."""
        return self._wanted is not None

    def train(
        self, config: RunConfig, download: bool = False, paused: bool = False, title: str = ""
    ) -> None:
        """Begin a new run from fresh weights, loading its data first where that is needed."""
        self._request_run(_WantedRun(config, None, paused, title=title), download)

    def continue_run(self, more_epochs: int) -> None:
        """Go on with the run that is shown, which gets more epochs.

        One that an error ended waits, so that its learning rate can be lowered before the next step.
        """
        entry = self._library.shown
        if entry is None or not entry.can_resume:
            self._notices.error("This model cannot be trained further: press Train for a new run.")
            return
        run = self._training.run
        failed = run is not None and run.run_id == entry.run_id and run.failed
        if self._may_load(entry.config.dataset):
            wanted = _WantedRun(entry.config, entry, failed, more_epochs)
            self._request_run(wanted, download=False)

    def branch(self, moment: TimelineEntry) -> None:
        """A new run that goes on from a moment of the one that is shown."""
        entry = self._library.shown
        if entry is None or not self._may_load(entry.config.dataset):
            return
        try:
            branch = branch_of(entry, moment, self._explorer.latent)
        except UserError as problem:
            self._notices.error(str(problem))
            return
        self._library.add(branch)
        self._request_run(_WantedRun(branch.config, branch, False), download=False)

    def train_on_cpu(self, run: RunInfo) -> None:
        """Go on with a run, or begin it again where nothing of it is left to go on from."""
        config = replace(run.config, train=replace(run.config.train, device="cpu"))
        entry = self._library.find(run.run_id)
        resumed = entry if entry is not None and entry.can_resume else None
        self._request_run(_WantedRun(config, resumed, False), download=False)

    def repeat_run(self) -> None:
        """Train again what is shown, from its seed and with the live changes of hyperparameters."""
        entry = self._library.shown
        if entry is not None and self._may_load(entry.config.dataset):
            self.train(entry.config)

    def _request_run(self, wanted: _WantedRun, download: bool) -> None:
        if self._training.phase is Phase.IDLE:
            self._set_wanted(wanted)
            self._datasets.load(wanted.config.dataset, download)

    def _start(self, wanted: _WantedRun, data: ImageData) -> None:
        if wanted.resumed is not None:
            entry = wanted.resumed
            self._shelved_run = entry.run_id
            checkpoint = entry.workspace.checkpoint
            config = replace(wanted.config, dataset=portable_name(data.name, data.digest))
            if wanted.more_epochs:
                step = entry.snapshot.step
                epochs = schedule.run_epochs(config.train_at(step), len(data.train))
                config = config.longer(step, epochs + wanted.more_epochs)
            self._training.start(
                config, data, entry.history, checkpoint, entry.timeline, wanted.paused
            )
            return
        config = replace(
            wanted.config,
            dataset=portable_name(data.name, data.digest),
            model=replace(wanted.config.model, side=data.side),
        )
        history = History()
        history.changes.extend(config.changes)
        self._training.start(config, data, history, paused=wanted.paused)
        self._runs += 1
        name = wanted.title or f"Run {self._runs} · {recipe_title(config.preset)}"
        self._run_title = f"{name} · {data.title}"
        warning = unbounded_density_warning(config.model.likelihood, data.train.images)
        if warning:
            self._notices.warn(warning)

    def _on_loaded(self, data: ImageData) -> None:
        wanted = self._wanted
        if wanted is not None and self._datasets.get(wanted.config.dataset) is data:
            self._set_wanted(None)
            self._start(wanted, data)
        self._take_offered(data)
        shown = self._library.shown
        if shown is not None and self._datasets.get(shown.config.dataset) is data:
            self._explorer.scatter.set_images(data)

    def _forget_wanted(self) -> None:
        self._set_wanted(None)

    def _set_wanted(self, wanted: _WantedRun | None) -> None:
        self._wanted = wanted
        self.preparing_changed.emit()

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

    def _on_phase(self) -> None:
        resting = self._training.phase in (Phase.IDLE, Phase.PAUSED)
        self._explorer.scatter.set_resting(resting)

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
        if entry is not None and ended.checkpoint is not None:
            workspace = replace(entry.workspace, checkpoint=ended.checkpoint)
            self._library.replace(replace(entry, workspace=workspace))
        if run is not None and ended.ways_out is not None:
            self._offer_ways_out(run, ended.error or "", ended.ways_out)

    def _offer_ways_out(self, run: RunInfo, text: str, ways_out: WaysOut) -> None:
        """Of a run that its device ended."""
        actions = []
        if ways_out.cpu:
            actions.append(Action("Train on the CPU", partial(self.train_on_cpu, run)))
        if ways_out.smaller_batch:
            train = replace(run.config.train, batch_size=ways_out.smaller_batch)
            smaller = replace(
                run.config, train=train, changes=()
            )  # which name steps of the old size
            text_of_button = f"Train anew with a batch of {ways_out.smaller_batch}"
            actions.append(Action(text_of_button, partial(self.train, smaller)))
        self._notices.error(text, *actions)

    # --- what is shown ------------------------------------------------------

    def close(self, run_id: str) -> None:
        """Close a model; a run that goes on is stopped first. The last one stays."""
        run = self._training.run
        if run is not None and run.run_id == run_id:
            self._training.stop()
        self._library.remove(run_id)

    def look_for_images(self) -> None:
        """Bring the images of the model into memory, where that needs no network.

        A file is not enough to look for own images: once for each model `images_wanted` says so.
        """
        entry = self._library.shown
        if entry is None:
            return
        name = entry.config.dataset
        if not self._is_known(name):
            if entry.run_id not in self._asked:
                self._asked.add(entry.run_id)
                self.images_wanted.emit(name)
        elif self._datasets.is_local(name):
            self._datasets.load(name)

    def use_images(self, own: OwnImages) -> None:
        """A person says where the images of the model that is shown are."""
        entry = self._library.shown
        if entry is not None:
            self._offered = entry.run_id, own.name
            self._datasets.load(own.name)

    def _is_known(self, name: str) -> bool:
        places = self._datasets.places
        return not is_own(name) or self._datasets.get(name) is not None or bool(places.find(name))

    def _may_load(self, name: str) -> bool:
        known = self._is_known(name)
        if not known:
            self.images_wanted.emit(name)
        return known

    def _take_offered(self, data: ImageData) -> None:
        """The model knows its images by their digest from now on, unless they are others."""
        run_id, name = self._offered or ("", "")
        entry = self._library.find(run_id)
        if entry is None or name != data.name:
            return
        self._offered = None
        reference = own_reference(entry.config.dataset)
        if reference is not None and reference.digest not in ("", data.digest):
            self._notices.error(
                f"“{data.title}” holds other images than those that this model was trained on: "
                "choose another folder."
            )
            return
        checkpoint = entry.workspace.checkpoint
        config = replace(checkpoint.config, dataset=portable_name(data.name, data.digest))
        checkpoint = replace(checkpoint, config=config)
        self._library.replace(
            replace(entry, workspace=replace(entry.workspace, checkpoint=checkpoint))
        )
