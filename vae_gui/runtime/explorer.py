"""Explorer: the owner of the place in the latent space and of what the panels want to see there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from vae_gui.core.datasets.base import ImageData, Split, stratified
from vae_gui.core.inference.requests import MAX_BATCH, Encode, Frozen, Request, Value
from vae_gui.core.latent.alignment import Alignment, align
from vae_gui.core.pictures.posterior import Posterior
from vae_gui.core.state.latent import LatentState
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.timeline import TimelineEntry
from vae_gui.runtime.deferred_refresh import DeferredRefresh
from vae_gui.runtime.drag_recorder import DragRecorder
from vae_gui.runtime.inference_thread import Answer, InferenceThread
from vae_gui.runtime.library import Library
from vae_gui.runtime.undo import MoveCommand

SCATTER_IMAGES = 2000
SCATTER_SECONDS = 0.45
Reply = Callable[[Answer[Value]], None]


@dataclass(frozen=True, slots=True)
class _Question:
    request: Request[object]
    reply: Reply[object]


class Explorer(QObject):
    """`snapshot` and `encodings` are those of `timeline_entry`, or the newest where that is None.

    `alignment` turns what is shown onto the last moment of the run; None where nothing is turned.

    `posterior` is of the drawing that is shown, if there is one.

    Signals: `latent_changed()`; `path_changed()` when anything of the latent state but the cursor is;
    `latent_settled()` soon after `latent_changed`, once for several; `timeline_entry_changed()`; `hover_changed()`;
    `posterior_changed()`;
    `model_changed()` when another model is shown;
    `images_changed()` when `images` are; `layers_changed()`; `alignment_changed()`;
    `scatter_changed()` when `encodings` are; `answered(Answer)` after each reply; `failed(text)`.
    """

    latent_changed = Signal()
    path_changed = Signal()
    latent_settled = Signal()
    hover_changed = Signal()
    posterior_changed = Signal()
    model_changed = Signal()
    images_changed = Signal()
    timeline_entry_changed = Signal()
    scatter_changed = Signal()
    layers_changed = Signal()
    alignment_changed = Signal()
    answered = Signal(object)
    failed = Signal(str)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.latent = LatentState.origin(2)
        self.hover_point: Z | None = None
        self.posterior: Posterior | None = None
        self.snapshot: Snapshot | None = None
        self.timeline_entry: TimelineEntry | None = None
        self.layers = PadLayers()
        self.aligned = False
        self.alignment: Alignment | None = None
        self._newest: Snapshot | None = None
        self._newest_encodings: Encodings | None = None
        self.encodings: Encodings | None = None
        self.images: ImageData | None = None
        self.undo_stack = QUndoStack(self)
        self.drag_recorder = DragRecorder()
        self.reply_ms = 0.0
        self._library = library
        self._questions: dict[str, _Question] = {}
        self._asked_at: dict[str, float] = {}
        self._scatter_split: Split | None = None
        self._scatter_asked = 0.0
        self._scatter_timer = QTimer(self, singleShot=True)
        self._scatter_timer.timeout.connect(self.ask_for_scatter)
        self._following = DeferredRefresh(self)
        self._following.due.connect(self.latent_settled)
        self._inference = InferenceThread(self)
        self._inference.answered.connect(self._on_answered)
        self._inference.failed.connect(self.failed)
        library.shown_changed.connect(self._on_shown_changed)
        self._inference.start()

    @property
    def latent_dim(self) -> int:
        return len(self.latent.cursor)

    # --- commands -----------------------------------------------------------

    def set_latent(
        self, latent: LatentState, text: str = "Move", drag_id: int | None = None
    ) -> None:
        """Go to a place. Moves of one gesture (a drag) are undone in one step."""
        if latent != self.latent:
            self.undo_stack.push(MoveCommand(self.put, self.latent, latent, text, drag_id))

    def move_cursor(self, z: Z, drag_id: int | None = None) -> None:
        self.drag_recorder.take(z, drag_id)
        self.set_latent(replace(self.latent, cursor=z), "Move cursor", drag_id)

    def set_endpoint(self, name: str, z: Z, drag_id: int | None = None) -> None:
        """name: "A" or "B"."""
        changed = replace(self.latent, a=z) if name == "A" else replace(self.latent, b=z)
        self.set_latent(changed, f"Move {name}", drag_id)

    def set_layers(self, layers: PadLayers) -> None:
        """Show another background of the pad or other overlays."""
        if layers != self.layers:
            self.layers = layers
            self.layers_changed.emit()

    def set_aligned(self, aligned: bool) -> None:
        """Whether the pad shows each moment turned onto the last one."""
        if aligned != self.aligned:
            self.aligned = aligned
            self._align()
            self.alignment_changed.emit()

    def set_hover_point(self, z: Z | None) -> None:
        """Look at a place without going there; None ends it."""
        if z != self.hover_point:
            self.hover_point = z
            self.hover_changed.emit()

    def set_posterior(self, posterior: Posterior | None) -> None:
        """Where the drawing lies; None while there is none."""
        if posterior != self.posterior:
            self.posterior = posterior
            self.posterior_changed.emit()

    def ask(self, channel: str, request: Request[Value], reply: Reply[Value]) -> None:
        """Have `reply` called with the answer now and after each change of the weights, until `forget`."""
        known = self._questions.get(channel)
        self._questions[channel] = _Question(request, cast("Reply[object]", reply))
        if known is None or known.request != request:
            self._send(channel, request)

    def forget(self, channel: str) -> None:
        """Stop answering; for panels that are hidden."""
        if self._questions.pop(channel, None) is not None:
            self._asked_at.pop(channel, None)
            self._inference.forget(channel)

    def adopt(self, snapshot: Snapshot) -> None:
        """Newer weights: ask all standing questions again. Those of a model that is not shown are ignored."""
        if self.snapshot is None or snapshot.run_id != self.snapshot.run_id:
            return
        self._newest = snapshot
        if self.timeline_entry is not None:
            return
        self._use(snapshot)
        if not self._scatter_timer.isActive():
            wait_seconds = SCATTER_SECONDS - (time.monotonic() - self._scatter_asked)
            self._scatter_timer.start(max(0, round(1000 * wait_seconds)))

    def show_timeline_entry(self, timeline_entry: TimelineEntry | None) -> None:
        """Decode with the weights of a moment of the run; None returns to the newest ones."""
        if timeline_entry is self.timeline_entry or self._newest is None:
            return
        self._newest_encodings = self.newest_encodings
        self.timeline_entry = timeline_entry
        self.encodings = (
            self._newest_encodings if timeline_entry is None else timeline_entry.encodings
        )
        self._align()
        self._use(self._newest if timeline_entry is None else timeline_entry.snapshot)
        self.timeline_entry_changed.emit()
        self.scatter_changed.emit()
        if timeline_entry is None:
            self.ask_for_scatter()

    @property
    def newest_encodings(self) -> Encodings | None:
        """Of the newest weights, whatever moment is shown."""
        return self.encodings if self.timeline_entry is None else self._newest_encodings

    def _align(self) -> None:
        """Turn the moment's encodings onto those of the same images in the last moment."""
        entry, timeline_entry = self._library.shown, self.timeline_entry
        self.alignment = None
        if (
            self.aligned
            and timeline_entry is not None
            and entry is not None
            and entry.timeline.entries
        ):
            mu, last = timeline_entry.encodings.mu, entry.timeline.entries[-1].encodings.mu
            if mu.shape == last.shape:
                self.alignment = align(mu, last)

    def _use(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._inference.adopt(snapshot)
        for channel, question in self._questions.items():
            self._send(channel, question.request)

    def set_images(self, images: ImageData | None) -> None:
        """The data set of the model shown, once it is in memory."""
        self.images = images
        self._scatter_split = None if images is None else stratified(images.test, SCATTER_IMAGES)
        self.images_changed.emit()

    def ask_for_scatter(self) -> None:
        """Encode the sample of test images with the weights of now."""
        if self._scatter_split is not None and self.timeline_entry is None:
            self._scatter_asked = time.monotonic()
            self._inference.ask("cloud", Encode(Frozen(self._scatter_split.images)))

    def shutdown(self) -> None:
        """Stop answering and wait; safe to call twice."""
        self._scatter_timer.stop()
        self._following.stop()
        self._questions.clear()
        self._inference.stop()

    # --- events -------------------------------------------------------------

    def put(self, latent: LatentState) -> None:
        """For undo commands: go to a place without recording it."""
        before, self.latent = self.latent, latent
        self.latent_changed.emit()
        if before.with_cursor(latent.cursor) != latent:
            self.path_changed.emit()
        self._following.moved()

    def _on_shown_changed(self) -> None:
        entry = self._library.shown
        assert entry is not None
        self._keep_latent()
        self.snapshot = self._newest = entry.snapshot
        self.encodings = self._newest_encodings = entry.workspace.encodings
        self.timeline_entry = self.alignment = None
        self.images = self._scatter_split = None
        self.undo_stack.clear()
        self.drag_recorder.clear()
        self.hover_point = self.posterior = None
        dims = entry.config.model.latent_dim
        fresh = replace(LatentState.origin(dims), strokes=self.latent.strokes)
        self.latent = entry.workspace.latent or fresh
        self._questions.clear()
        self._asked_at.clear()
        self._inference.adopt(entry.snapshot)
        self.model_changed.emit()
        self.images_changed.emit()
        self.set_layers(entry.workspace.layers or self.layers)

    def _keep_latent(self) -> None:
        previous = self._library.find(self.snapshot.run_id) if self.snapshot else None
        if previous is not None:
            workspace = replace(
                previous.workspace,
                latent=self.latent,
                encodings=self.newest_encodings,
                layers=self.layers,
            )
            self._library.replace(replace(previous, workspace=workspace))

    def _send(self, channel: str, request: Request[object]) -> None:
        self._asked_at.setdefault(channel, time.perf_counter())
        self._inference.ask(channel, request)

    def _on_answered(self, answer: Answer[object]) -> None:
        if self.snapshot is None or answer.run_id != self.snapshot.run_id:
            return
        if answer.channel == "cloud":
            self._take_scatter(answer)
            return
        asked = self._asked_at.pop(answer.channel, None)
        question = self._questions.get(answer.channel)
        if question is None:
            return
        if asked is not None and answer.request.images <= MAX_BATCH:
            self.reply_ms = 1000 * (time.perf_counter() - asked)
        question.reply(answer)
        self.answered.emit(answer)
        if not self._asked_at:
            self._following.answered()

    def _take_scatter(self, answer: Answer[object]) -> None:
        if self._scatter_split is None or self.images is None:
            return
        if self.timeline_entry is not None:
            return
        mu, logvar = cast("tuple[np.ndarray, np.ndarray | None]", answer.value)
        self.encodings = Encodings(mu, logvar, self._scatter_split.labels, self.images.class_names)
        self.scatter_changed.emit()
