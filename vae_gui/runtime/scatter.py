"""Scatter: the encodings of the shown model's test images, and the images, which move with the weights."""

import time

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from vae_gui.core.datasets.base import ImageData, Split, stratified
from vae_gui.core.inference.requests import Encode, Frozen
from vae_gui.core.vae.encodings import Encodings, FloatArray
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.questions import Questions
from vae_gui.runtime.weights import Weights

SCATTER_IMAGES = 2000
SCATTER_SECONDS = 0.45
REST_MS = 1500  # without newer weights, after which all test images are encoded
PART = 512  # of them in one question, behind which any other one goes first
CHANNEL, ALL_CHANNEL = "scatter", "scatter-all"
Encoded = tuple[FloatArray, FloatArray | None]


class Scatter(QObject):
    """`encodings` are of the weights that are shown, `newest` of the newest ones: of a sample of the
    test images while a model learns, of all of them once its weights rest.

    Signals: `changed()` when `encodings` are; `images_changed()` when the data set came into memory.
    """

    changed = Signal()
    images_changed = Signal()

    def __init__(self, questions: Questions, weights: Weights, parent: QObject) -> None:
        super().__init__(parent)
        self.encodings: Encodings | None = None
        self.images: ImageData | None = None
        self._newest: Encodings | None = None
        self._newest_step = -1  # of the weights that `newest` is of; -1: not known
        self._questions, self._weights = questions, weights
        self._sample: Split | None = None
        self._asked = 0.0
        self._resting, self._outdated = True, False
        self._parts: list[Answer[Encoded]] = []
        self._rest_timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest_timer.timeout.connect(self._encode_all)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.encode_now)
        weights.changed.connect(self._on_weights)
        weights.entry_changed.connect(self._on_entry)

    @property
    def newest(self) -> Encodings | None:
        """Return the encodings of the newest weights, whatever timeline entry is shown."""
        return self.encodings if self._weights.entry is None else self._newest

    def split_of(self, encodings: Encodings) -> Split | None:
        """The test images that these are of; None where those in memory are others."""
        if self.images is None or self._sample is None:
            return None
        for split in (self._sample, self.images.test):
            if len(split) == len(encodings) and _same(split.labels, encodings.labels):
                return split
        return None

    def set_model(self, model: OpenModel, images: ImageData | None) -> None:
        """Another model is shown; `images` where they are in memory."""
        self.encodings = self._newest = model.workspace.encodings
        self._outdated = model.has_learned  # perhaps while another one was shown
        self._newest_step = -1 if self._outdated or self.encodings is None else model.snapshot.step
        self._take_images(images)

    def set_images(self, images: ImageData) -> None:
        """The data set of the model that is shown came into memory."""
        if images is not self.images:
            self._take_images(images)
            self.images_changed.emit()

    def set_resting(self, resting: bool) -> None:
        """Set whether nothing trains, so that there is time to encode all test images."""
        self._resting = resting
        self._wait_for_rest()

    def encode_now(self) -> None:
        """Encode the sample of test images with the newest weights, unless their encodings are there already."""
        self._forget_parts()
        if self._is_known():
            self._wait_for_rest()
        elif self._sample is not None and self._weights.entry is None:
            self._asked = time.monotonic()
            request = Encode(Frozen(self._sample.images))
            self._questions.ask_once(CHANNEL, request, self._take)

    def stop(self) -> None:
        self._timer.stop()
        self._forget_parts()

    def _take_images(self, images: ImageData | None) -> None:
        self.images = images
        self._sample = None if images is None else stratified(images.test, SCATTER_IMAGES)
        if self._outdated:
            self.encode_now()
        self._wait_for_rest()

    def _on_weights(self) -> None:
        self._forget_parts()
        if self._weights.entry is None and not self._is_known() and not self._timer.isActive():
            wait_seconds = SCATTER_SECONDS - (time.monotonic() - self._asked)
            self._timer.start(max(0, round(1000 * wait_seconds)))

    def _on_entry(self) -> None:
        entry = self._weights.entry
        self._forget_parts()
        self.encodings = self._newest if entry is None else entry.encodings
        self.changed.emit()
        if entry is None and not self._is_known():
            self.encode_now()
        else:
            self._wait_for_rest()

    def _is_known(self) -> bool:
        """Say whether `newest` is of the weights of now: nothing has been learned meanwhile."""
        newest = self._weights.newest
        return newest is not None and newest.step == self._newest_step

    def _take(self, answer: Answer[Encoded]) -> None:
        if self._sample is not None:
            self._outdated = False
            self._put(*answer.value, self._sample, answer.step)
            self._wait_for_rest()

    def _put(self, mu: FloatArray, logvar: FloatArray | None, split: Split, step: int) -> None:
        if self.images is not None and self._weights.entry is None:
            names = self.images.class_names
            self.encodings = self._newest = Encodings(mu, logvar, split.labels, names)
            self._newest_step = step
            self.changed.emit()

    def _wait_for_rest(self) -> None:
        self._forget_parts()
        known = 0 if self.encodings is None else len(self.encodings)
        more = self.images is not None and known < len(self.images.test)
        if more and self._resting and self._weights.entry is None:
            self._rest_timer.start()

    def _encode_all(self) -> None:
        """Part by part, so that whatever else is asked meanwhile is answered first."""
        assert self.images is not None
        start = sum(len(part.value[0]) for part in self._parts)
        request = Encode(Frozen(self.images.test.images[start : start + PART]))
        self._questions.ask_once(ALL_CHANNEL, request, self._take_part)

    def _take_part(self, answer: Answer[Encoded]) -> None:
        assert self.images is not None
        self._parts.append(answer)
        if sum(len(part.value[0]) for part in self._parts) < len(self.images.test):
            self._encode_all()
            return
        values, step = [part.value for part in self._parts], self._parts[-1].step
        self._parts = []
        logvars = [logvar for _, logvar in values if logvar is not None]
        mu = np.concatenate([mu for mu, _ in values])
        self._put(mu, np.concatenate(logvars) if logvars else None, self.images.test, step)

    def _forget_parts(self) -> None:
        """Newer weights, another model or another entry: what was encoded is of no use."""
        self._rest_timer.stop()
        self._questions.forget(ALL_CHANNEL)
        self._parts = []


def _same(first: object, second: object) -> bool:
    if first is None or second is None:
        return first is second
    return bool(np.array_equal(np.asarray(first), np.asarray(second)))
