"""Originals above their reconstructions, live while the model learns (A21)."""

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vae_gui.core.datasets import title_of
from vae_gui.core.datasets.base import stratified
from vae_gui.core.inference.requests import Decode, Frozen, Reconstruct
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.get_data import GetDataButton
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.label import Label

COLUMNS = 20


class ReconstructionsPanel(Panel):
    """Without the data set, the rows of the encodings that the file carries are decoded and labelled so."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.grid = ImageGrid("Originals and reconstructions", columns=COLUMNS, gap=4)
        self.grid.set_empty_text("Reconstructions appear when a model is shown.")
        self.note = Label(self)
        self.note.setProperty("role", "muted")
        self.get_button = GetDataButton(context, self)
        self._originals: Pixels | None = None
        self._images: Pixels | None = None
        bar = QHBoxLayout()
        bar.addWidget(self.note, 1)
        bar.addWidget(self.get_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(bar)
        layout.addWidget(self.grid, 1)
        self.explorer.scatter.images_changed.connect(self._refresh_if_visible)
        self.explorer.scatter.changed.connect(self._refresh_without_images)
        self.grid.menu_requested.connect(self._on_menu)
        self.grid.copy_requested.connect(self._on_copy)

    def refresh(self) -> None:
        images, encodings = self.explorer.scatter.images, self.explorer.scatter.encodings
        self.get_button.offer()
        if images is not None:
            self._originals = stratified(images.test, COLUMNS).images
            self.note.setText(f"{images.title} test images above, decode(μ) below")
            self.ask("reconstructions", Reconstruct(Frozen(self._originals)), self._show)
            return
        self._originals = None
        entry = self.context.library.shown
        title = title_of(entry.config.dataset) if entry else "data"
        self.note.setText(
            f"Reconstructions decode(μ) of {title} test images; the originals are not here"
        )
        if encodings is not None:
            chosen = np.linspace(0, len(encodings) - 1, 2 * COLUMNS).astype(int)
            self.ask("reconstructions", Decode.of(encodings.mu[chosen]), self._show)

    def _refresh_without_images(self) -> None:
        if self.isVisible() and self.explorer.scatter.images is None:
            self.refresh()

    def _show(self, answer: Answer[Pixels]) -> None:
        images = answer.value
        self._images = (
            images if self._originals is None else np.concatenate((self._originals, images))
        )
        self.grid.set_images(self._images)

    def _z_of(self, index: int) -> Z | None:
        """Known only where the row was decoded from the encodings of the file."""
        encodings = self.explorer.scatter.encodings
        if self._originals is not None or encodings is None:
            return None
        chosen = np.linspace(0, len(encodings) - 1, 2 * COLUMNS).astype(int)
        return tuple(encodings.mu[chosen[index]].tolist())

    def _on_menu(self, index: int, position: QPoint) -> None:
        if self._images is not None:
            show_digit_menu(self, self.context, self._images[index], self._z_of(index), position)

    def _on_copy(self, index: int) -> None:
        if self._images is not None:
            copy_digit(self._images[index], self._z_of(index))
