"""The nearest known image, beside the digit that the model makes up."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vae_gui.core.datasets.base import ImageData, Split, stratified
from vae_gui.core.inference.nearest_image import KnownImages, Nearest, NearestImages
from vae_gui.core.inference.requests import Frozen
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.widgets.digit_view import DigitView
from vae_gui.ui.widgets.label import Label

if TYPE_CHECKING:
    from vae_gui.core.support.types import Pixels

MAX_KNOWN = 2000  # images that are compared
SIDE = 72  # pixels of the window
TEXT_SECONDS = 0.25


class NearestKnown(Panel):
    """Follows the place that is looked at, after the digit there; hidden while no images are in memory."""

    refresh_on = RefreshOn.DEFERRED

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._known: tuple[ImageData, Split, KnownImages] | None = None
        self._fits = True
        self._throttle = Throttle(self)
        self._throttle.due.connect(self._ask)
        self._image: Pixels | None = None
        self.digit = DigitView("Nearest known image", "", self)
        self.digit.setFixedSize(SIDE, SIDE)
        self.title, self.text = Label("nearest known image", self), Label(self)
        self.title.setProperty("role", "muted")
        self.text.setProperty("role", "small")
        self.text.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(4)
        for widget in (self.title, self.text):
            words.addWidget(widget)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.digit)
        layout.addLayout(words, 1)
        self.explorer.scatter.images_changed.connect(self.show_images)
        self.explorer.hover_changed.connect(self._refresh_if_visible)
        self.digit.menu_requested.connect(self._on_menu)
        self.digit.copy_requested.connect(self._on_copy)

    @qt_override
    def minimumSizeHint(self) -> QSize:
        """It makes nothing larger: where it does not fit it is hidden."""
        return QSize(0, 0)

    def set_model(self) -> None:
        self.show_images()

    def show_images(self) -> None:
        """Other images are in memory, or none."""
        images = self.explorer.scatter.images
        self._known = self._image = None
        if images is not None and len(images.test):
            split = stratified(images.test, MAX_KNOWN)
            self._known = images, split, KnownImages.of(split.images)
        self._show_where_it_fits()
        self._refresh_if_visible()

    def set_fits(self, fits: bool) -> None:
        """Whether there is room for it."""
        if fits != self._fits:
            self._fits = fits
            self._show_where_it_fits()

    def _show_where_it_fits(self) -> None:
        self.setVisible(self._fits and self._known is not None)

    def refresh(self) -> None:
        """A few times a second while the cursor moves: it is read, not felt."""
        self._throttle.throttle(TEXT_SECONDS)

    def _ask(self) -> None:
        if self._known is not None and self.isVisible():
            z = Frozen(np.array([self.explorer.focus_point], np.float32))
            self.ask("nearest-known", NearestImages(z, self._known[2]), self._show)

    def _show(self, answer: Answer[Nearest]) -> None:
        if self._known is None:
            return
        images, split, _ = self._known
        index, rms = int(answer.value.index[0]), answer.value.rms[0]
        self._image = split.images[index]
        self.digit.set_image(self._image)
        name = "" if split.labels is None else images.class_names[int(split.labels[index])]
        of = f"of {grouped(len(split))} test images"
        text = f"{name}, {of}" if name else of
        self.text.setText(f"{text}\npixels differ by {100 * rms:.0f} % (RMS)")

    def _on_menu(self, position: QPoint) -> None:
        show_digit_menu(self, self.context, self._image, None, position)

    def _on_copy(self) -> None:
        if self._image is not None:
            copy_digit(self._image, None)
