"""Originals above their reconstructions, live while the model learns."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vae_gui.core.datasets import title_of
from vae_gui.core.datasets.base import stratified
from vae_gui.core.inference.requests import Decode, Frozen, Reconstruct
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.get_data import GetDataButton
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.parts.panel_export import PanelExport, digits_export
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.label import Label

TILE = 52  # pixels that a digit has at least, its gap included
MIN_IMAGES, MAX_IMAGES = 8, 120  # images


class ReconstructionsPanel(Panel):
    """Without the data set, the rows of the encodings that the file carries are decoded and labelled so."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.grid = ImageGrid("Originals and reconstructions", columns=MIN_IMAGES, gap=4)
        self.grid.set_empty_text("Reconstructions appear when a model is shown.")
        self.note = Label(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.get_button = GetDataButton(context, self)
        self._columns = self._pairs = 1  # of rows, each an original row above a reconstructed one
        self._chosen: NDArray[np.int64] = np.zeros(
            0, np.int64
        )  # encodings that are decoded instead
        self._resized = QTimer(self, interval=30, singleShot=True)
        self._resized.timeout.connect(self._refresh_if_visible)
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

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    def _fit(self) -> int:
        """Choose columns and rows for the room that there is; returns how many images they show."""
        self._columns = max(MIN_IMAGES, self.grid.width() // TILE)
        fitting = max(1, self.grid.height() // (2 * TILE))
        self._pairs = min(fitting, max(1, MAX_IMAGES // self._columns))
        self.grid.set_columns(self._columns)
        return self._columns * self._pairs

    def exports(self) -> tuple[PanelExport, ...]:
        return digits_export(self.grid, "reconstructions")

    def refresh(self) -> None:
        count = self._fit()
        images, encodings = self.explorer.scatter.images, self.explorer.scatter.encodings
        self.get_button.offer()
        if images is not None:
            self._originals = stratified(images.test, count).images
            self.note.setText(f"{images.test_title}, and below each row its decode(μ)")
            request = Reconstruct(Frozen(self._originals))
            self.ask("reconstructions", request, self._show, self._show_problem)
            return
        self._originals = None
        entry = self.context.library.shown
        title = title_of(entry.config.dataset) if entry else "data"
        self.note.setText(
            f"Reconstructions decode(μ) of {title} test images; the originals are not here"
        )
        if encodings is not None:
            self._chosen = np.linspace(0, len(encodings) - 1, 2 * count).astype(np.int64)
            self.ask("reconstructions", Decode.of(encodings.mu[self._chosen]), self._show)

    def _refresh_without_images(self) -> None:
        if self.isVisible() and self.explorer.scatter.images is None:
            self.refresh()

    def _show(self, answer: Answer[Pixels]) -> None:
        images, originals = answer.value, self._originals
        if originals is not None and len(originals) == len(images):
            rows = range(0, len(images), self._columns)
            slices = [slice(row, row + self._columns) for row in rows]
            pairs = [part for each in slices for part in (originals[each], images[each])]
            images = np.concatenate(pairs)
        self._images = images
        self.grid.set_images(images)

    def _show_problem(self, text: str) -> None:
        self._images = None
        self.grid.set_empty_text(text)
        self.grid.set_images(None)

    def _z_of(self, index: int) -> Z | None:
        """Known only where the row was decoded from the encodings of the file."""
        encodings = self.explorer.scatter.encodings
        if self._originals is not None or encodings is None:
            return None
        return tuple(encodings.mu[self._chosen[index]].tolist())

    def _on_menu(self, index: int, position: QPoint) -> None:
        if self._images is not None:
            show_digit_menu(self, self.context, self._images[index], self._z_of(index), position)

    def _on_copy(self, index: int) -> None:
        if self._images is not None:
            copy_digit(self._images[index], self._z_of(index))
