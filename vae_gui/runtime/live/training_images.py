"""LiveTrainingImages: the training images as neighbours are searched among them, and their encodings."""

from functools import partial
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.inference.nearest_image import KnownImages, known_images
from vae_gui.core.support.progress import Progress
from vae_gui.core.vae.encodings import Encodings
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task
from vae_gui.runtime.training import Phase


class LiveTrainingImages(QObject):
    """Signals: `changed()` when the images, their encodings, progress or problem are."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._explorer, self._training = context.explorer, context.training
        self._prepared: tuple[ImageData, KnownImages] | None = None
        live = partial(Live, context.explorer, context.training)
        self._known: Live[KnownImages] = live(LatestJob(context.jobs, self), self._to_prepare)
        self._encoded: Live[Encodings] = live(LatestJob(context.jobs, self), self._to_encode)
        self._known.changed.connect(self._on_prepared)
        self._encoded.changed.connect(self.changed)
        scatter, weights = self._explorer.scatter, self._explorer.weights
        for signal in (
            scatter.images_changed,
            weights.changed,
            weights.entry_changed,
            context.training.phase_changed,
        ):
            signal.connect(self._on_inputs)

    @property
    def images(self) -> ImageData | None:
        """The data set whose training images these are."""
        return self._explorer.scatter.images

    @property
    def known(self) -> KnownImages | None:
        """Return `images` prepared; this is kept as long as they are in memory, whatever model is shown."""
        of, known = self._prepared or (None, None)
        return known if of is self.images else None

    @property
    def encodings(self) -> Encodings | None:
        """Return the encodings under the shown weights; None until they are known, and while a model learns."""
        return self._encoded.value if self._encoded.up_to_date else None

    @property
    def progress(self) -> Progress | None:
        """Return the progress of the encoding."""
        return self._encoded.progress

    @property
    def problem(self) -> str:
        return self._encoded.problem

    def watch(self, on: bool) -> None:
        """Somebody who shows them came or went."""
        self._known.watch(on)
        self._encoded.watch(on)

    def retry(self) -> None:
        """Encode after all, what was cancelled or has failed."""
        self._encoded.retry()

    def _to_prepare(self) -> Task[KnownImages] | None:
        images = self.images
        if images is None or self.known is not None:
            return None
        return Task("known images", images, partial(known_images, images.train.images))

    def _to_encode(self) -> Task[Encodings] | None:
        """All of them are worth it while nothing trains."""
        weights, images = self._explorer.weights, self.images
        if weights.snapshot is None or images is None or not weights.snapshot.has_encoder:
            return None
        if weights.entry is not None or self._training.phase is Phase.RUNNING:
            return None
        make = partial(encode, weights.snapshot, images.train, images.class_names)
        return Task(images, weights.snapshot, make, "Encode the training images")

    def _on_inputs(self) -> None:
        self._known.touch()
        self._encoded.touch()
        self.changed.emit()

    def _on_prepared(self) -> None:
        result = self._known.result
        if result is not None:
            self._prepared = cast(ImageData, result.task.version), result.value
        self.changed.emit()
