"""How far off the map the cursor is: a number and a word in the pad's bar (D4)."""

from functools import partial
from typing import cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

from vae_gui.core.analysis.coverage import Calibrate, Coverage, CoverageLevel, calibrate_in_parts
from vae_gui.core.analysis.density import SLICED
from vae_gui.core.datasets.base import ImageData, stratified
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.jobs import JobThread
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.runtime.training import Phase
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.style.numbers import number

REST_SECONDS = 2.0  # while a model trains
TEXT_SECONDS = 0.06
TRAINING_IMAGES, HELD_OUT = 60_000, 1000

HELP = (
    "log q(z), the aggregated posterior: how much the encodings of all images cover this place, in "
    "nats. Where it is lower than at 99 of 100 samples of held-out images, the decoder has learned "
    "little about it: off the map."
)


class PadMeter(QObject):
    """`meter` is of the test images at hand, or, where `wants_training_images`, of the training images.

    Signals: `changed()` when `meter` is.
    """

    changed = Signal()

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.meter: Coverage | None = None
        self.source = ""
        self.wants_training_images = False
        self.label = QLabel(panel)
        self.label.setProperty("role", "small")
        self.label.setToolTip(HELP)
        self.label.setAccessibleName("Off-the-map meter")
        self._panel = panel
        self._of: Encodings | None = None
        self._full_of: Snapshot | None = None
        self._job: JobThread | None = None
        self._cancelled = False
        self._throttle, self._text_throttle = Throttle(self), Throttle(self)
        self._throttle.due.connect(self._ask)
        self._text_throttle.due.connect(self._show_text)
        panel.explorer.scatter_changed.connect(self.follow)
        panel.explorer.images_changed.connect(self.follow)
        panel.explorer.latent_changed.connect(self._on_moved)
        panel.explorer.hover_changed.connect(self._on_moved)
        panel.context.training.phase_changed.connect(self.follow)

    def clear(self) -> None:
        """Another model is shown."""
        self.meter = self._of = self._full_of = None
        self._cancel_job()
        self._show_text()

    def follow(self) -> None:
        """Bring the meter up to date, not more often than it may cost."""
        if self._panel.isVisible():
            self._throttle.after_rest(REST_SECONDS if self._is_training() else 0.0)

    def _is_training(self) -> bool:
        return self._panel.context.training.phase is Phase.RUNNING

    def _ask(self) -> None:
        explorer = self._panel.explorer
        encodings = explorer.encodings
        if not self._panel.isVisible() or encodings is None or not len(encodings):
            return
        outdated = self._is_training() or explorer.snapshot is not self._full_of
        if outdated and (encodings is not self._of or self._full_of is not None):
            self._full_of = None
            self._panel.ask("pad-meter", Calibrate(encodings), self._take)
        self._ask_for_training_images()

    def _take(self, answer: Answer[Coverage]) -> None:
        self._panel.forget("pad-meter")
        assert isinstance(answer.request, Calibrate)
        self._of = answer.request.encodings
        self._adopt(answer.value, f"{len(self._of):,} test images".replace(",", " "))

    def _adopt(self, meter: Coverage, source: str) -> None:
        self.meter, self.source = meter, source
        self._show_text()
        self.changed.emit()

    # --- the training images ------------------------------------------------

    def _ask_for_training_images(self) -> None:
        """Encode them in a job of its own, while nothing trains."""
        explorer = self._panel.explorer
        data, snapshot = explorer.images, explorer.snapshot
        if (
            self._is_training()
            or not self.wants_training_images
            or explorer.timeline_entry is not None
        ):
            self._cancel_job()
            return
        if self._job is not None or snapshot is self._full_of:
            return
        if snapshot is not None and data is not None:
            make = partial(_map_of_training_images, snapshot, data)
            self._job = self._panel.context.jobs.start(
                "Map of the training images", make, self._on_mapped
            )
            if self._job is not None:
                self._job.finished.connect(self._on_job_finished)

    def _on_mapped(self, value: object) -> None:
        snapshot, meter, count = cast("tuple[Snapshot, Coverage, int]", value)
        if snapshot is self._panel.explorer.snapshot and not self._is_training():
            self._full_of = snapshot
            self._adopt(meter, f"{count:,} training images".replace(",", " "))

    def _on_job_finished(self) -> None:
        self._job = None
        if self._cancelled:
            self._cancelled = False
        else:
            self.follow()  # the weights may have changed meanwhile

    def _cancel_job(self) -> None:
        if self._job is not None:
            self._cancelled = True
            self._job.cancel()

    # --- the text -----------------------------------------------------------

    def _on_moved(self) -> None:
        if self._panel.isVisible():
            self._text_throttle.after_rest(TEXT_SECONDS)

    def _show_text(self) -> None:
        meter = self.meter
        z: Z = self._panel.explorer.hover_point or self._panel.explorer.latent.cursor
        if meter is None or len(z) != meter.mixture.latent_dim:
            self.label.setText("")
            return
        value = meter.log_density(z)
        self.label.setText(f"log q {number(value)}\n{meter.place(value).value}")


def widest_text() -> str:
    """What the label must have room for, so that the bar does not jump."""
    longest = max((place.value for place in CoverageLevel), key=len)
    return f"log q −888.8\n{longest}"


def _map_of_training_images(
    snapshot: Snapshot, data: ImageData
) -> Job[tuple[Snapshot, Coverage, int]]:
    most = TRAINING_IMAGES if snapshot.model.latent_dim <= 2 else SLICED
    train, test = stratified(data.train, most), stratified(data.test, HELD_OUT)
    encodings = yield from encode(snapshot, train, data.class_names)
    held_out = yield from encode(snapshot, test, data.class_names)
    parts = calibrate_in_parts(encodings, held_out)
    while True:
        try:
            next(parts)
        except StopIteration as stop:
            return snapshot, stop.value, len(stop.value.mixture)
        yield Progress(len(train), len(train), "Measuring the map")
