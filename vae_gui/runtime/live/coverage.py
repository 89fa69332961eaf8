"""LiveCoverage: coverage of the latent space, kept up to date, by test images at hand or by the training images."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from vae_gui.core.analysis.coverage import Calibrate, Coverage, coverage_of_training_images
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.latest_answer import LatestAnswer
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task
from vae_gui.runtime.training import Phase, Training


class LiveCoverage(QObject):
    """The one owner of it, so that pad, background and strips never contradict each other.

    Signals: `changed()` when `value` is.
    """

    changed = Signal()

    def __init__(
        self, jobs: Jobs, training: Training, explorer: Explorer, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._training, self._explorer = training, explorer
        answer = LatestAnswer(explorer.questions, "coverage", self)
        self._of_test = Live[Coverage](explorer, training, answer, self._of_test_images)
        job = LatestJob(jobs, self)
        self._of_training = Live[Coverage](explorer, training, job, self._of_training_images)
        for live in (self._of_test, self._of_training):
            live.changed.connect(self._on_changed)
        self._shown: Coverage | None = None
        for signal in (
            explorer.model_changed,
            explorer.scatter.changed,
            explorer.scatter.images_changed,
            explorer.weights.changed,
        ):
            signal.connect(self._on_inputs)

    @property
    def value(self) -> Coverage | None:
        """Return the coverage by the training images if known under the shown weights, else by the test images."""
        of_training = self._of_training
        return of_training.value if of_training.up_to_date else self._of_test.value

    @property
    def source(self) -> str:
        """Say which images `value` is of."""
        if self.value is None:
            return ""
        kind = "training" if self._of_training.up_to_date else "test"
        return f"{self.value.images:,} {kind} images".replace(",", " ")

    def watch(self, on: bool) -> None:
        """Somebody who shows the coverage came or went."""
        self._of_test.watch(on)

    def watch_training_images(self, on: bool) -> None:
        """Set whether the training images are worth their encoding, while nothing trains."""
        self._of_training.watch(on)

    def _of_test_images(self) -> Task[Coverage] | None:
        encodings = self._explorer.scatter.encodings
        if encodings is None or not len(encodings):
            return None
        return Task("test images", encodings, Calibrate(encodings))

    def _of_training_images(self) -> Task[Coverage] | None:
        weights, images = self._explorer.weights, self._explorer.scatter.images
        if weights.snapshot is None or images is None or weights.entry is not None:
            return None
        if images.is_sample:
            return None  # the encodings of the file are of more images
        if self._training.phase is Phase.RUNNING:
            return None
        make = partial(coverage_of_training_images, weights.snapshot, images)
        return Task("training images", weights.snapshot, make, "Coverage of the training images")

    def _on_inputs(self) -> None:
        self._of_test.touch()
        self._of_training.touch()
        self._on_changed()

    def _on_changed(self) -> None:
        if self.value is not self._shown:
            self._shown = self.value
            self.changed.emit()
