"""“Is this a digit?”: the drawing beside test images of its class and its amount of ink, when asked for."""

from __future__ import annotations

from functools import partial
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from vae_gui.core.analysis.typicality import Typicality, typicality
from vae_gui.core.support.progress import Progress
from vae_gui.core.support.types import Pixels
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.ui.panels.draw.typicality_words import compared_words, sentences
from vae_gui.ui.parts.get_data import GetDataButton
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.popup import Popup

TITLE = "Is this a digit?"
TIP = "Its log p(x), reconstruction and place beside test images with as much ink"
NO_IMAGES = "It is compared with test images, and they are not in memory."
CANCELLED = "This was cancelled."
WIDTH = 400  # pixels


class TypicalityForm(QPushButton):
    """Opens the answer, and begins to look for it where it is not known of this drawing and these weights."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(TITLE, panel)
        self.setToolTip(TIP)
        self._panel, self._explorer = panel, panel.explorer
        self._image: Pixels | None = None
        self.found: Typicality | None = None
        self._job = LatestJob(panel.context.jobs, self)
        self._content = QWidget()
        self.state = Label(self._content)
        self.sentences = tuple(Label(self._content) for _ in range(3))
        self.compared = Label(self._content)
        self.get_button = GetDataButton(panel.context, self._content)
        self.cancel_button = QPushButton("Cancel", self._content)
        self.popup = Popup(self._content, self)
        self._lay_out()
        self._connect()
        self.set_image(None)

    def set_image(self, image: Pixels | None) -> None:
        """The drawing as it is encoded; what is known of another one is forgotten."""
        if image is not self._image or image is None:
            self._image = image
            self._forget()
        self.setEnabled(image is not None)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self._content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for label in (self.state, self.compared, *self.sentences):
            label.setWordWrap(True)
            label.setFixedWidth(WIDTH)
            layout.addWidget(label)
        for label in (self.state, self.compared):
            label.setProperty("role", "muted")
        self.cancel_button.setToolTip("Stop weighing test images")
        for button in (self.get_button, self.cancel_button):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _connect(self) -> None:
        self.clicked.connect(self._on_clicked)
        self.cancel_button.clicked.connect(self._on_cancel)
        self._job.progressed.connect(self._on_progressed)
        self._job.done.connect(self._on_done)
        self._job.failed.connect(self._say)
        self._job.cancelled.connect(self._on_cancelled)
        self._explorer.model_changed.connect(self._forget)
        self._explorer.scatter.images_changed.connect(self._on_images)

    def _say(self, text: str) -> None:
        """What stands in the place of an answer, or the answer."""
        images, found = self._explorer.scatter.images, self.found
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.cancel_button.setVisible(self._job.busy)
        self.get_button.offer()
        texts = ("",) * 3 if found is None else sentences(found)
        known = "" if found is None or images is None else compared_words(found, images.test_title)
        for label, sentence in zip((*self.sentences, self.compared), (*texts, known), strict=True):
            label.setText(sentence)
            label.setVisible(bool(sentence))
        if self.popup.isVisible():
            self.popup.open_under(self)

    def _forget(self) -> None:
        self._job.cancel()
        self.found = None
        self._say("")

    def _is_answered(self) -> bool:
        """Under the weights that are shown, or will be."""
        snapshot = self._explorer.weights.snapshot
        known = self.found is not None and snapshot is not None and snapshot.step == self.found.step
        return known or self._job.busy

    def _on_clicked(self) -> None:
        snapshot, images = self._explorer.weights.snapshot, self._explorer.scatter.images
        if images is None:
            self._say(NO_IMAGES)
        elif snapshot is not None and self._image is not None and not self._is_answered():
            self.found = None
            self._job.start(partial(typicality, snapshot, self._image, images), TITLE)
            self._say("Preparing the model…")
        self.popup.open_under(self)

    def _on_images(self) -> None:
        self._forget()
        if self.popup.isVisible():
            self._on_clicked()

    def _on_cancel(self) -> None:
        self._job.cancel()
        self._on_cancelled()

    def _on_cancelled(self) -> None:
        self._say(CANCELLED)

    def _on_progressed(self, progress: Progress) -> None:
        share = "" if not progress.total else f", {100 * progress.done // progress.total} %"
        self.state.setText(f"{progress.text}{share}…")

    def _on_done(self, value: object) -> None:
        self.found = cast(Typicality, value)
        self._say("")
