"""Twin: a second model beside the one that is shown, with a cursor that follows the explorer's."""

from enum import Enum

import numpy as np
from PySide6.QtCore import QDeadlineTimer, QObject, Signal

from vae_gui.core.datasets.base import stratified
from vae_gui.core.inference.requests import Decode, Encode, Frozen
from vae_gui.core.latent.alignment import Alignment, align
from vae_gui.core.latent.nearest_neighbour import nearest
from vae_gui.core.state.drag import DragId
from vae_gui.core.support.types import Pixels, Z
from vae_gui.core.vae.encodings import Encodings, FloatArray
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.deadline import FOREVER
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.questions import Questions
from vae_gui.runtime.training import Training

ALIGNED_BY = 500  # images
ENCODED = 2000  # where its file has no encodings
Encoded = tuple[FloatArray, FloatArray | None]


class Link(Enum):
    """The way the twin's cursor follows: the same z, the encoding of the same image, or not at all."""

    SAME_Z = "Same z"
    SAME_IMAGE = "Same image"
    FREE = "Free"


class Twin(QObject):
    """`image`: the test image that both encode while the link is SAME_IMAGE. `alignment` turns its space onto the first.

    Signals: `changed()` when another model, its weights, its encodings or its alignment are there; `moved()`
    when its cursor is elsewhere; `decoded()` when `digit` is of its cursor.
    """

    changed = Signal()
    moved = Signal()
    decoded = Signal()

    def __init__(
        self,
        library: Library,
        training: Training,
        explorer: Explorer,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.run_id = ""
        self.cursor: Z = ()
        self.digit: Pixels | None = None
        self.image: Pixels | None = None
        self.link = Link.SAME_Z
        self.alignment: Alignment | None = None
        self.encodings: Encodings | None = None
        self.questions: Questions | None = None
        self._library, self._explorer, self._notices = library, explorer, notices
        self._mu: dict[str, FloatArray] = {}  # of the images that an alignment is made from
        self._watched = False
        explorer.latent_changed.connect(self._follow)
        explorer.model_changed.connect(self._on_first_changed)
        training.snapshot_changed.connect(self._on_snapshot)
        library.changed.connect(self._on_library)
        explorer.scatter.images_changed.connect(self._on_images)

    @property
    def model(self) -> OpenModel | None:
        return self._library.find(self.run_id)

    @property
    def others(self) -> tuple[OpenModel, ...]:
        """Return the models that can be compared with the one that is shown."""
        shown = self._library.shown
        return tuple(entry for entry in self._library.models if entry is not shown)

    @property
    def same_space(self) -> bool:
        """Say whether a z of the one is a z of the other."""
        entry = self.model
        return entry is not None and entry.config.model.latent_dim == self._explorer.latent_dim

    def watch(self, on: bool) -> None:
        """Follow as long as somebody looks."""
        self._watched = on
        self._take_one()
        self._follow()

    def compare_with(self, run_id: str) -> None:
        """Put this model beside the one that is shown."""
        entry = self._library.find(run_id)
        if entry is None or entry is self._library.shown:
            return
        if self.questions is None:
            self.questions = Questions(self._notices, self)
        self.run_id, self.digit, self.alignment = run_id, None, None
        self.cursor = (0.0,) * entry.config.model.latent_dim
        self.questions.use(entry.snapshot)
        self.encodings = entry.workspace.encodings
        if not self.same_space and self.link is Link.SAME_Z:
            self.link = Link.SAME_IMAGE
        if self.encodings is None:
            self._encode()
        self.changed.emit()
        self._follow()

    def set_link(self, link: Link) -> None:
        if link is Link.SAME_Z and not self.same_space:
            link = Link.SAME_IMAGE
        if link is not self.link:
            self.link = link
            self.changed.emit()
            self._follow()

    def set_aligned(self, on: bool) -> None:
        """Turn its space onto the first one, by Procrustes on images that both encode."""
        images = self._explorer.scatter.images
        self._mu = {}
        if not on or images is None or self.questions is None or not self.same_space:
            if self.alignment is not None:
                self.alignment = None
                self.changed.emit()
                self._follow()
            return
        request = Encode(Frozen(stratified(images.test, ALIGNED_BY).images))
        self._explorer.questions.ask_once("twin-align", request, self._on_first_mu)
        self.questions.ask_once("align", request, self._on_second_mu)

    def drag(self, z: Z, drag_id: DragId | None = None) -> None:
        """Its own cursor is dragged; while linked by z the first one goes along."""
        if self.link is Link.SAME_Z:
            self._explorer.move_cursor(self.z_of_first(z), drag_id)
            return
        if self.link is Link.SAME_IMAGE:
            self.set_link(Link.FREE)
        self._put(z)

    def z_of_first(self, z: Z) -> Z:
        """The place in the first space where its z is."""
        return (
            z if self.alignment is None else tuple(self.alignment.to_display(np.array(z)).tolist())
        )

    def z_of(self, first: Z) -> Z:
        """The inverse: its own z at a place of the first space."""
        if self.alignment is None:
            return first
        return tuple(self.alignment.to_latent(np.array(first)).tolist())

    def shutdown(self, deadline: QDeadlineTimer = FOREVER) -> bool:
        """Stop answering and wait; whether the thread has ended. Safe to call twice."""
        return self.questions is None or self.questions.shutdown(deadline)

    def _follow(self) -> None:
        if not self._watched or self.model is None or self.questions is None:
            return
        self.image = None
        if self.link is Link.SAME_Z:
            self._put(self.z_of(self._explorer.latent.cursor))
        elif self.link is Link.SAME_IMAGE:
            self._follow_image(self.questions)
        else:
            self._decode()

    def _follow_image(self, questions: Questions) -> None:
        scatter, cursor = self._explorer.scatter, np.array(self._explorer.latent.cursor)
        encodings = scatter.encodings
        split = None if encodings is None else scatter.split_of(encodings)
        if encodings is None or split is None or not len(split):
            return
        self.image = split.images[nearest(encodings.mu, cursor)]
        questions.ask("image", Encode(Frozen(self.image[None])), self._on_image_encoded)

    def _on_image_encoded(self, answer: Answer[Encoded]) -> None:
        if self.link is Link.SAME_IMAGE:
            self._put(tuple(answer.value[0][0].tolist()))

    def _put(self, z: Z) -> None:
        self.cursor = z
        self.moved.emit()
        self._decode()

    def _decode(self) -> None:
        assert self.questions is not None
        self.questions.ask("digit", Decode.of(np.array(self.cursor)), self._on_decoded)

    def _on_decoded(self, answer: Answer[Pixels]) -> None:
        self.digit = answer.value[0]
        self.decoded.emit()

    def _encode(self) -> None:
        images, entry = self._explorer.scatter.images, self.model
        if images is not None and entry is not None and self.questions is not None:
            split = stratified(images.test, ENCODED)

            def take(answer: Answer[Encoded]) -> None:
                mu, logvar = answer.value
                self.encodings = Encodings(mu, logvar, split.labels, images.class_names)
                self.changed.emit()

            self.questions.ask_once("encodings", Encode(Frozen(split.images)), take)

    def _on_first_mu(self, answer: Answer[Encoded]) -> None:
        self._take_mu("first", answer.value[0])

    def _on_second_mu(self, answer: Answer[Encoded]) -> None:
        self._take_mu("second", answer.value[0])

    def _take_mu(self, of: str, mu: FloatArray) -> None:
        self._mu[of] = mu
        if len(self._mu) == 2 and self._mu["first"].shape == self._mu["second"].shape:
            self.alignment = align(self._mu["second"], self._mu["first"])
            self.changed.emit()
            self._follow()

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.run_id == self.run_id and self.questions is not None:
            self.questions.use(snapshot)

    def _on_first_changed(self) -> None:
        """Another model is shown: what was beside it stays, unless it is the same."""
        shown = self._library.shown
        self.alignment = None
        if shown is not None and shown.run_id == self.run_id:
            self.run_id = ""
        elif self.link is Link.SAME_Z and self.model is not None and not self.same_space:
            self.link = Link.SAME_IMAGE
        self._take_one()
        self.changed.emit()
        self._follow()

    def _on_library(self) -> None:
        self._take_one()
        self.changed.emit()

    def _on_images(self) -> None:
        if self.encodings is None:
            self._encode()
        self.changed.emit()
        self._follow()

    def _take_one(self) -> None:
        """Take the model that was opened last where nothing is beside the first model."""
        if self.model is not None:
            return
        self.run_id, self.digit, self.encodings, self.cursor = "", None, None, ()
        if self._watched and self.others:
            self.compare_with(self.others[-1].run_id)
