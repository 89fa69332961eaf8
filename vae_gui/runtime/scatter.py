"""Scatter: the encodings of the shown model's test images, and the images, which move with the weights."""

import time

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from vae_gui.core.datasets.base import ImageData, Split, stratified
from vae_gui.core.inference.requests import Encode, Frozen
from vae_gui.core.vae.encodings import Encodings
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.questions import Questions
from vae_gui.runtime.weights import Weights

SCATTER_IMAGES = 2000
SCATTER_SECONDS = 0.45
CHANNEL = "scatter"


class Scatter(QObject):
    """`encodings` are of the weights that are shown, `newest` of the newest ones.

    Signals: `changed()` when `encodings` are; `images_changed()` when the data set came into memory.
    """

    changed = Signal()
    images_changed = Signal()

    def __init__(self, questions: Questions, weights: Weights, parent: QObject) -> None:
        super().__init__(parent)
        self.encodings: Encodings | None = None
        self.images: ImageData | None = None
        self._newest: Encodings | None = None
        self._questions, self._weights = questions, weights
        self._sample: Split | None = None
        self._asked = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.encode_now)
        weights.changed.connect(self._on_weights)
        weights.entry_changed.connect(self._on_entry)

    @property
    def newest(self) -> Encodings | None:
        """Of the newest weights, whatever timeline entry is shown."""
        return self.encodings if self._weights.entry is None else self._newest

    def set_model(self, model: OpenModel, images: ImageData | None) -> None:
        """Another model is shown; `images` where they are in memory."""
        self.encodings = self._newest = model.workspace.encodings
        self._take_images(images)

    def set_images(self, images: ImageData) -> None:
        """The data set of the model that is shown came into memory."""
        if images is not self.images:
            self._take_images(images)
            self.images_changed.emit()

    def encode_now(self) -> None:
        """Encode the sample of test images with the newest weights."""
        if self._sample is not None and self._weights.entry is None:
            self._asked = time.monotonic()
            request = Encode(Frozen(self._sample.images))
            self._questions.ask_once(CHANNEL, request, self._take)

    def stop(self) -> None:
        self._timer.stop()

    def _take_images(self, images: ImageData | None) -> None:
        self.images = images
        self._sample = None if images is None else stratified(images.test, SCATTER_IMAGES)

    def _on_weights(self) -> None:
        if self._weights.entry is None and not self._timer.isActive():
            wait_seconds = SCATTER_SECONDS - (time.monotonic() - self._asked)
            self._timer.start(max(0, round(1000 * wait_seconds)))

    def _on_entry(self) -> None:
        entry = self._weights.entry
        self.encodings = self._newest if entry is None else entry.encodings
        self.changed.emit()
        if entry is None:
            self.encode_now()

    def _take(self, answer: Answer[tuple[np.ndarray, np.ndarray | None]]) -> None:
        if self._sample is None or self.images is None or self._weights.entry is not None:
            return
        mu, logvar = answer.value
        self.encodings = self._newest = Encodings(
            mu, logvar, self._sample.labels, self.images.class_names
        )
        self.changed.emit()
