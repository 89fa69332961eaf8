"""The neighbours: training images nearest to the decoded digit in pixels and in z, and how many are near."""

from typing import cast

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Frozen
from vae_gui.core.latent.neighbours import FindNeighbours, Neighbours
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.runtime.live.training_images import LiveTrainingImages
from vae_gui.runtime.overrides import qt_override
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.neighbours import words
from vae_gui.ui.panels.neighbours.shown import Shown
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.get_data import GetDataButton
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.panel_export import PanelExport, digits_export
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.widgets.digit_view import DigitView
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.labelled_grid import LabelledGrid

CHANNEL = "neighbours"
COUNT = 8  # images in a row
DIGIT = 0.32  # of the height
MIN_SIDE, MAX_SIDE = 72, 176  # pixels of it
REST_SECONDS = 0.1  # between two searches: the pad goes first
ROWS = ("in pixels", "in z")
TIP = "Point at an image to look where it is encoded; click to move the cursor there"


class NeighboursPanel(Panel):
    """Follows the place that is looked at, but for a look at one of its own images, which stay meanwhile."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.training_images = LiveTrainingImages(context, self)
        self.watch_while_visible(self.training_images)
        self.shown: Shown | None = None
        self._looks = False
        self._throttle = Throttle(self)
        self._throttle.due.connect(self._ask)
        self.digit = DigitView("Decoded digit", "", self)
        self.support, self.missing = Label(self), Label(self)
        self.get_button = GetDataButton(context, self)
        self.retry_button = QPushButton("Encode", self)
        self.rows = LabelledGrid("Nearest training images, in pixels and in z", self)
        self._lay_out()
        self._connect()

    def set_model(self) -> None:
        self._show_nothing()

    def refresh(self) -> None:
        """A few times a second while the cursor moves: it is read, not felt."""
        live = self.training_images
        if self.shown is not None and self.shown.images is not live.images:
            self._show_nothing()
        self.get_button.offer()
        text = self._what_is_missing()
        self.missing.setText(text)
        self.missing.setVisible(bool(text))
        self.retry_button.setVisible(bool(live.problem) and live.encodings is None)
        self._throttle.throttle(REST_SECONDS)

    def exports(self) -> tuple[PanelExport, ...]:
        return digits_export(self.rows.grid, "neighbours")

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = min(MAX_SIDE, max(MIN_SIDE, round(DIGIT * self.height())))
        self.digit.setFixedSize(side, side)

    @qt_override
    def hideEvent(self, event: QHideEvent) -> None:
        self._end_look()
        super().hideEvent(event)

    def _lay_out(self) -> None:
        self.missing.setProperty("role", "muted")
        self.support.setToolTip("Of training images, by the mean μ of their q(z|x)")
        self.retry_button.setToolTip("Encode the training images after all")
        self.rows.grid.setToolTip(TIP)
        for label in (self.support, self.missing):
            label.setWordWrap(True)
        said = QVBoxLayout()
        said.setSpacing(6)
        said.addWidget(self.support)
        said.addWidget(self.missing)
        for button in (self.get_button, self.retry_button):
            said.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        said.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.digit, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(said, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.rows, 1)

    def _connect(self) -> None:
        grid = self.rows.grid
        self.training_images.changed.connect(self._refresh_if_visible)
        self.explorer.hover_changed.connect(self._refresh_if_visible)
        self.retry_button.clicked.connect(self.training_images.retry)
        self.digit.menu_requested.connect(self._on_digit_menu)
        self.digit.copy_requested.connect(self._on_digit_copy)
        grid.hovered.connect(self._on_hovered)
        grid.clicked.connect(self._on_clicked)
        grid.menu_requested.connect(self._on_menu)
        grid.copy_requested.connect(self._on_copy)

    def _ask(self) -> None:
        known, encodings = self.training_images.known, self.training_images.encodings
        if known is None or not self.isVisible():
            return
        here = self.explorer.latent.cursor if self._looks else self.explorer.focus_point
        z = Frozen(np.array([here], np.float32))
        self.ask(CHANNEL, FindNeighbours(z, known, encodings, COUNT), self._show)

    def _show(self, answer: Answer[Neighbours]) -> None:
        live, request = self.training_images, cast(FindNeighbours, answer.request)
        if live.images is None or request.known is not live.known:
            return
        shown = self.shown = Shown(request, answer.value, live.images)
        self.digit.set_image(shown.found.in_pixels.decoded)
        self.rows.show_rows(
            live.images.train.images[shown.index],
            columns=len(shown.found.in_pixels.index),
            names=ROWS,
            captions=shown.captions(),
        )
        self.support.setText("" if shown.found.in_z is None else self._support(shown))

    def _support(self, shown: Shown) -> str:
        snapshot, images, found = self.explorer.weights.snapshot, shown.images, shown.found.in_z
        assert snapshot is not None and found is not None
        kind = "training images that the file brings" if images.is_sample else "training images"
        of = f"{grouped(len(images.train))} {kind}"
        prior = not snapshot.model.deterministic
        return words.support_words(found, of, self.explorer.latent_dim, prior)

    def _show_nothing(self) -> None:
        self._end_look()
        self.shown = None
        self.digit.set_image(None)
        self.rows.show_rows(None)
        self.support.setText("")

    def _what_is_missing(self) -> str:
        live, training = self.training_images, self.context.training
        if live.images is None:
            return words.NO_IMAGES
        if live.known is None:
            return words.PREPARING
        if live.encodings is not None:
            return ""
        if self.explorer.weights.entry is not None:
            return words.ENTRY
        if training.phase is Phase.RUNNING:
            return words.TRAINING
        progress = live.progress
        if progress is None or not progress.total:
            return live.problem or words.ENCODING
        return f"{words.ENCODING[:-1]}, {100 * progress.done // progress.total} %…"

    def _on_hovered(self, tile: int) -> None:
        z = None if self.shown is None else self.shown.z_of(tile)
        if z is None:
            self._end_look()
        else:
            self._looks = True
            self.explorer.set_hover_point(z)

    def _end_look(self) -> None:
        if self._looks:
            self._looks = False
            self.explorer.set_hover_point(None)

    def _on_clicked(self, tile: int) -> None:
        z = None if self.shown is None else self.shown.z_of(tile)
        if z is not None:
            self._end_look()
            self.explorer.move_cursor(z)

    def _on_menu(self, tile: int, position: QPoint) -> None:
        if self.shown is not None:
            image, z = self.shown.image_of(tile), self.shown.z_of(tile)
            show_digit_menu(self, self.context, image, z, position)

    def _on_copy(self, tile: int) -> None:
        if self.shown is not None:
            copy_digit(self.shown.image_of(tile), self.shown.z_of(tile))

    def _on_digit_menu(self, position: QPoint) -> None:
        if self.shown is not None:
            decoded = self.shown.found.in_pixels.decoded
            show_digit_menu(self, self.context, decoded, self.shown.z, position)

    def _on_digit_copy(self) -> None:
        if self.shown is not None:
            copy_digit(self.shown.found.in_pixels.decoded, self.shown.z)
