"""Explorer: the owner of the latent state, with undo, and of what the pad shows."""

from dataclasses import replace

from PySide6.QtCore import QDeadlineTimer, QObject, Signal
from PySide6.QtGui import QUndoStack

from vae_gui.core.latent.start import start
from vae_gui.core.pictures.posterior import Posterior
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import LatentState
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.support.types import Z
from vae_gui.runtime.datasets import Datasets
from vae_gui.runtime.deadline import FOREVER
from vae_gui.runtime.drag_recorder import DragRecorder
from vae_gui.runtime.library import Library
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.questions import Questions
from vae_gui.runtime.scatter import Scatter
from vae_gui.runtime.undo import MoveCommand
from vae_gui.runtime.weights import Weights


class Explorer(QObject):
    """`weights`, `scatter` and `questions` are of the model that the library shows.

    `hover_point` is looked at without going there; `posterior` is of the drawing that is shown.

    Signals: `model_changed()`, once, when another model is shown and all here is of it; `focus_changed()`, before
    the two that say what has changed, for the digit that is drawn before all else; `latent_changed()`;
    `path_changed()` when anything of the latent state but the cursor is; `latent_settled()` soon after
    `latent_changed`, once for several; `hover_changed()`; `layers_changed()`; `posterior_changed()`.
    """

    model_changed = Signal()
    focus_changed = Signal()
    latent_changed = Signal()
    path_changed = Signal()
    latent_settled = Signal()
    hover_changed = Signal()
    layers_changed = Signal()
    posterior_changed = Signal()

    def __init__(
        self,
        library: Library,
        datasets: Datasets,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.latent = LatentState.origin(2)
        self.hover_point: Z | None = None
        self.posterior: Posterior | None = None
        self.layers = PadLayers()
        self.undo_stack = QUndoStack(self)
        self.drag_recorder = DragRecorder()
        self.questions = Questions(notices, self)
        self.weights = Weights(library, self)
        self.scatter = Scatter(self.questions, self.weights, self)
        self._library, self._datasets = library, datasets
        self.questions.settled.connect(self.latent_settled)
        self.weights.changed.connect(self._on_weights)
        library.shown_changed.connect(self._on_shown_changed)

    @property
    def latent_dim(self) -> int:
        return len(self.latent.cursor)

    @property
    def focus_point(self) -> Z:
        """Return the point where the person looks: at the pointer, or else at the cursor."""
        return self.hover_point or self.latent.cursor

    def set_latent(
        self, latent: LatentState, text: str = "Move", drag_id: DragId | None = None
    ) -> None:
        """Go to a place. Moves of one drag are undone in one step."""
        if latent != self.latent:
            self.undo_stack.push(MoveCommand(self.put, self.latent, latent, text, drag_id))

    def move_cursor(self, z: Z, drag_id: DragId | None = None) -> None:
        self.drag_recorder.take(z, drag_id)
        self.set_latent(replace(self.latent, cursor=z), "Move cursor", drag_id)

    def set_endpoint(self, name: str, z: Z, drag_id: DragId | None = None) -> None:
        """name: "A" or "B"."""
        changed = replace(self.latent, a=z) if name == "A" else replace(self.latent, b=z)
        self.set_latent(changed, f"Move {name}", drag_id)

    def set_layers(self, layers: PadLayers) -> None:
        """Show another background of the pad or other overlays."""
        if layers != self.layers:
            self.layers = layers
            self.layers_changed.emit()

    def set_hover_point(self, z: Z | None) -> None:
        """Look at a place without going there; None ends it."""
        if z != self.hover_point:
            self.hover_point = z
            self.focus_changed.emit()
            self.hover_changed.emit()

    def set_posterior(self, posterior: Posterior | None) -> None:
        """Set where the drawing lies; None while there is none."""
        if posterior != self.posterior:
            self.posterior = posterior
            self.posterior_changed.emit()

    def shutdown(self, deadline: QDeadlineTimer = FOREVER) -> bool:
        """Stop answering and wait; whether the thread has ended. Safe to call twice."""
        self.scatter.stop()
        # Python's collector may take the commands before the stack, which would then destroy them twice.
        self.undo_stack.clear()
        return self.questions.shutdown(deadline)

    def put(self, latent: LatentState) -> None:
        """Go to a place without recording it, as undo commands do."""
        before, self.latent = self.latent, latent
        self.questions.moved()
        self.focus_changed.emit()
        self.latent_changed.emit()
        if before.with_cursor(latent.cursor) != latent:
            self.path_changed.emit()

    def _on_weights(self) -> None:
        assert self.weights.snapshot is not None
        self.questions.use(self.weights.snapshot)

    def _on_shown_changed(self) -> None:
        """All that belongs to the model is replaced before anybody is told."""
        model = self._library.shown
        assert model is not None
        if model.run_id != self.weights.run_id:
            self._keep_place()
        self.undo_stack.clear()
        self.drag_recorder.clear()
        self.hover_point = self.posterior = None
        dims = model.config.model.latent_dim
        strokes, unknown = self.latent.strokes, self.latent.unknown
        fresh = start(dims, model.workspace.encodings)
        fresh = replace(fresh, strokes=strokes, unknown=unknown)
        self.latent = model.workspace.latent or fresh
        self.layers = model.workspace.layers or self.layers
        self.weights.set_model(model)
        self.questions.use(model.snapshot)
        images = self._datasets.get(model.config.dataset) or model.workspace.originals
        self.scatter.set_model(model, images)
        self.model_changed.emit()

    def _keep_place(self) -> None:
        """Keep the place in the model that was shown before, to which a person may come back."""
        previous = self._library.find(self.weights.run_id)
        if previous is not None:
            workspace = replace(
                previous.workspace,
                latent=self.latent,
                encodings=self.scatter.newest,
                layers=self.layers,
            )
            self._library.replace(replace(previous, workspace=workspace))
