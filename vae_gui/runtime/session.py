"""Session: what a person does with models — train, continue, branch, close — carried out on the owners of the state."""

from dataclasses import replace
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
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request
from vae_gui.runtime.training import Phase, RunInfo, Training
from vae_gui.runtime.waiting_run import BUSY, WaitingRun

NOT_TRAINABLE = "This model cannot be trained further: press Train for a new run."
IMAGES_UNKNOWN = "The images of this model are not known here: choose where they are."


class Session(QObject):
    """Commands on the owners of the state; what they answer is kept in the library.

    A command that begins a run returns a request of the run's id. `waiting_run` is what waits for its images.

    Signals: `images_wanted(name)`, of a data set of own images that nobody has shown or confirmed on this
    machine: `use_images` answers it.
    """

    images_wanted = Signal(str)

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
        self.waiting_run = WaitingRun(datasets, training, notices, self)
        self._asked: set[str] = set()
        self._sent_to_cpu: set[str] = set()  # runs that the device of this machine could not train
        self._shelved_run = ""
        self._runs = 0
        self._run_title = ""
        datasets.loaded.connect(self._show_images)
        training.phase_changed.connect(self._on_phase)
        training.snapshot_changed.connect(self._on_snapshot)
        training.ended.connect(self._on_ended)
        training.timeline_changed.connect(self._on_timeline_changed)
        explorer.model_changed.connect(self.look_for_images)

    def train(
        self,
        config: RunConfig,
        download: bool = False,
        paused: bool = False,
        title: str = "",
        device: str = "",
    ) -> Request[str]:
        """Begin a new run from fresh weights, loading its data first where that is needed.

        device: where it is trained this time; "" for where its setting says.
        """
        begin = partial(self._begin_new, config, paused, title, device)
        return self.waiting_run.want(config.dataset, begin, download=download)

    def continue_run(self, more_epochs: int) -> Request[str]:
        """Go on with the run that is shown, which gets more epochs than it has had when it was over.

        One that an error ended waits, so that its learning rate can be lowered before the next step.
        """
        entry = self._library.shown
        if entry is None or not (entry.can_resume or self._is_ending(entry)):
            return self._refused(NOT_TRAINABLE)
        if not self._may_load(entry.config.dataset):
            return Request.answered(Refused(IMAGES_UNKNOWN))
        begin = partial(self._begin_again, entry.run_id, more_epochs)
        return self.waiting_run.want(entry.config.dataset, begin, entry.run_id)

    def branch(self, moment: TimelineEntry) -> Request[str]:
        """A new run that goes on from a moment of the one that is shown."""
        entry = self._library.shown
        if entry is None:
            return Request.answered(Cancelled())
        if self._training.phase in (Phase.RUNNING, Phase.PAUSED):
            return self._refused(BUSY)
        if not self._may_load(entry.config.dataset):
            return Request.answered(Refused(IMAGES_UNKNOWN))
        try:
            branch = branch_of(entry, moment, self._explorer.latent)
        except UserError as problem:
            return self._refused(str(problem))
        self._library.add(branch)
        begin = partial(self._go_on, branch.run_id, branch.config)
        return self.waiting_run.want(branch.config.dataset, begin, branch.run_id)

    def train_on_cpu(self, run: RunInfo) -> Request[str]:
        """Go on with a run, or begin it again where nothing of it is left to go on from.

        Its own setting stays: what fails here may work elsewhere.
        """
        entry = self._library.find(run.run_id)
        if entry is None or not entry.can_resume:
            return self.train(run.config, device="cpu")
        self._sent_to_cpu.add(run.run_id)
        begin = partial(self._go_on, run.run_id, run.config)
        return self.waiting_run.want(run.config.dataset, begin, run.run_id)

    def repeat_run(self) -> Request[str]:
        """Train again what is shown, from its seed and with the live changes of hyperparameters."""
        entry = self._library.shown
        if entry is None:
            return Request.answered(Cancelled())
        if not self._may_load(entry.config.dataset):
            return Request.answered(Refused(IMAGES_UNKNOWN))
        return self.waiting_run.want(entry.config.dataset, partial(self._begin_repeat, entry))

    def shutdown(self) -> None:
        """Give up the run that waits. Safe to call twice."""
        self.waiting_run.cancel()

    def _refused(self, text: str) -> Request[str]:
        self._notices.error(text)
        return Request.answered(Refused(text))

    def _is_ending(self, entry: OpenModel) -> bool:
        """Say whether the model's run is about to stop, and will then leave the optimizer's state."""
        run, stopping = self._training.run, self._training.phase is Phase.STOPPING
        return stopping and run is not None and run.run_id == entry.run_id

    def _begin_new(
        self, config: RunConfig, paused: bool, title: str, device: str, data: ImageData
    ) -> str:
        config = replace(
            config,
            dataset=portable_name(data.name, data.digest),
            model=replace(config.model, side=data.side),
        )
        history = History()
        history.changes.extend(config.changes)
        run_id = self._training.start(config, data, history, paused=paused, device=device)
        self._runs += 1
        name = title or f"Run {self._runs} · {recipe_title(config.preset)}"
        self._run_title = f"{name} · {data.title}"
        warning = unbounded_density_warning(config.model.likelihood, data.train.images)
        if warning:
            self._notices.warn(warning)
        return run_id

    def _begin_repeat(self, entry: OpenModel, data: ImageData) -> str:
        newest = self._library.find(entry.run_id) or entry  # its tab may be closed by now
        train = replace(newest.config.train, device=self._training.device)
        return self._begin_new(replace(newest.config, train=train), False, "", "", data)

    def _begin_again(self, run_id: str, more_epochs: int, data: ImageData) -> str:
        entry = self._library.find(run_id)
        if entry is None or not entry.can_resume:
            raise UserError(NOT_TRAINABLE)
        step, config = entry.workspace.checkpoint.steps_done, entry.config
        epochs = schedule.run_epochs(config.train_at(step), len(data.train))
        run = self._training.run
        failed = run is not None and run.run_id == run_id and run.failed
        return self._go_on(run_id, config.longer(step, epochs + more_epochs), data, failed)

    def _go_on(self, run_id: str, config: RunConfig, data: ImageData, paused: bool = False) -> str:
        entry = self._library.find(run_id)
        assert entry is not None, "closing a model gives up the run that would go on with it"
        self._shelved_run = run_id
        config = replace(config, dataset=portable_name(data.name, data.digest))
        checkpoint, history = entry.workspace.checkpoint, entry.history
        device = "cpu" if run_id in self._sent_to_cpu else self._training.device
        start = self._training.start
        return start(config, data, history, checkpoint, entry.timeline, paused, device)

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
            OpenModel(
                workspace,
                self._training.history,
                self._training.timeline,
                unsaved=True,
                has_learned=True,
            )
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
        """Show the error of a run that its device ended, with a button for each way out."""
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

    def close(self, run_id: str) -> None:
        """Close a model; a run that goes on is stopped first, and one that waits to go on is given up.

        The last model stays.
        """
        self.waiting_run.cancel(run_id)
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
        known = self._datasets.get(name)
        if known is not None:
            self._show_images(known)
        elif not self._is_known(name):
            if entry.run_id not in self._asked:
                self._asked.add(entry.run_id)
                self.images_wanted.emit(name)
        elif self._datasets.is_local(name):
            self._datasets.load(name)

    def use_images(self, own: OwnImages) -> None:
        """A person says where the images of the model that is shown are."""
        entry = self._library.shown
        if entry is not None:
            self._datasets.load(own.name).then(partial(self._take_offered, entry.run_id))

    def _show_images(self, data: ImageData) -> None:
        shown = self._library.shown
        if shown is not None and self._datasets.get(shown.config.dataset) is data:
            self._explorer.scatter.set_images(data)

    def _is_known(self, name: str) -> bool:
        places = self._datasets.places
        return not is_own(name) or self._datasets.get(name) is not None or bool(places.find(name))

    def _may_load(self, name: str) -> bool:
        known = self._is_known(name)
        if not known:
            self.images_wanted.emit(name)
        return known

    def _take_offered(self, run_id: str, answer: Answer[ImageData]) -> None:
        """The model knows its images by their digest from now on, unless they are others."""
        entry = self._library.find(run_id)
        if entry is None or not isinstance(answer, Done):
            return
        data = answer.value
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
        self._show_images(data)
