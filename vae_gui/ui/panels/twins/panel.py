"""Twins: two models, one cursor. The first is on the latent pad, the second here, with both digits and strips."""

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Decode
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.overrides import qt_override
from vae_gui.runtime.twin import Link
from vae_gui.ui.panels.twins.pad import TwinPad
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.widgets.digit_view import DigitView
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.label import Label

FRAMES, MIN_DIGIT = 10, 28
DIGIT_WIDTH, STRIP_HEIGHTS = 96, (28, 44)
ALONE = "Only one model is open. Train another, or open one: then one cursor moves in both."
NOTES = {
    Link.SAME_Z: "Both decode the same z. Drag on either pad.",
    Link.SAME_IMAGE: "Both encode the test image next to the cursor. Drag on the latent pad.",
    Link.FREE: "Each has a cursor of its own.",
}
OTHER_DIMENSIONS = (
    " A z of the one is none of the other: they have different numbers of dimensions."
)
ALIGN_TIP = "Turn and mirror the second space so that 500 images that both know lie as close as can be (Procrustes)"


class TwinsPanel(Panel):
    """Difference: mid grey where both draw the same, bright where the second is brighter."""

    refresh_on = RefreshOn.FIRST

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.twin = context.twin
        self.model_box, self.link_box = QComboBox(self), QComboBox(self)
        self.align_box = QCheckBox("Align", self)
        self.note = Label(self)
        self.pad = TwinPad(self.twin, lambda: self.explorer.latent.axes, self)
        names = ("first", "second", "difference", "image")
        self.digits = {name: DigitView(f"Digit: {name}", "", self) for name in names}
        self.captions = {name: Label(name, self) for name in names}
        self.strips = [
            ImageGrid(f"Path, {of} model", strip=True, gap=2, parent=self) for of in names[:2]
        ]
        self._first: Pixels | None = None
        self._lay_out()
        self._connect()
        self.watch_while_visible(self.twin)

    def set_model(self) -> None:
        self._first = None
        self._show_models()

    def refresh(self) -> None:
        self.ask("twins", Decode.of(np.array(self.explorer.focus_point)), self._on_first)
        latent = self.explorer.latent
        self.ask("twins-strip", Decode.of(_way(latent.a, latent.b)), self._on_first_strip)
        self._ask_second_strip()

    def restyle(self) -> None:
        self.pad.restyle()

    def _lay_out(self) -> None:
        self.model_box.setAccessibleName("The second model")
        self.model_box.setToolTip("The model that is compared with the one that is shown")
        for link in Link:
            self.link_box.addItem(link.value, link)
        self.link_box.setAccessibleName("How the cursors are linked")
        self.link_box.setToolTip("What both have in common: z, an image, or nothing")
        self.align_box.setToolTip(ALIGN_TIP)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.model_box, 1)
        bar.addWidget(self.link_box)
        bar.addWidget(self.align_box)
        digits = QGridLayout()
        digits.setSpacing(2)
        for index, name in enumerate(self.digits):
            row, column = divmod(index, 2)
            self.captions[name].setProperty("role", "small")
            self.digits[name].setFixedWidth(DIGIT_WIDTH)
            self.digits[name].setMinimumHeight(MIN_DIGIT)
            digits.addWidget(self.captions[name], 2 * row, column)
            digits.addWidget(self.digits[name], 2 * row + 1, column)
            digits.setRowStretch(2 * row + 1, 1)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self.pad, 1)
        middle.addLayout(digits)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(bar)
        layout.addWidget(self.note)
        layout.addLayout(middle, 1)
        for strip in self.strips:
            strip.setMinimumHeight(STRIP_HEIGHTS[0])
            strip.setMaximumHeight(STRIP_HEIGHTS[1])
            layout.addWidget(strip)

    def _connect(self) -> None:
        twin = self.twin
        twin.changed.connect(self._show_models)
        twin.moved.connect(self._on_moved)
        twin.decoded.connect(self._show_digits)
        self.explorer.hover_changed.connect(self._refresh_if_visible)
        self.explorer.path_changed.connect(self._refresh_if_visible)
        self.model_box.activated.connect(self._on_model_chosen)
        self.link_box.activated.connect(lambda: twin.set_link(self.link_box.currentData()))
        self.align_box.clicked.connect(twin.set_aligned)

    @qt_override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_models()

    @qt_override
    def hideEvent(self, event: QHideEvent) -> None:
        if self.twin.questions is not None:
            self.twin.questions.forget("strip")
        super().hideEvent(event)

    def _show_models(self) -> None:
        if not self.isVisible():
            return
        twin, others = self.twin, self.twin.others
        with QSignalBlocker(self.model_box):
            self.model_box.clear()
            for entry in others:
                self.model_box.addItem(_title(entry), entry.run_id)
            self.model_box.setCurrentIndex(self.model_box.findData(twin.run_id))
        with QSignalBlocker(self.link_box):
            self.link_box.setCurrentIndex(self.link_box.findData(twin.link))
        self.align_box.setChecked(twin.alignment is not None)
        self.align_box.setEnabled(twin.same_space and self.explorer.scatter.images is not None)
        different = twin.model is not None and not twin.same_space
        self.note.setText(NOTES[twin.link] + OTHER_DIMENSIONS * different if others else ALONE)
        for widget in (self.model_box, self.link_box, self.align_box):
            widget.setEnabled(widget.isEnabled() and bool(others))
        self.link_box.setEnabled(bool(others))
        self.model_box.setEnabled(bool(others))
        self.pad.show_model()
        self._show_digits()
        self._ask_second_strip()

    def _show_digits(self) -> None:
        twin, second = self.twin, self.twin.digit
        both = self._first is not None and second is not None and self._first.shape == second.shape
        shown = twin.image is not None
        for widget in (self.digits["image"], self.captions["image"]):
            widget.setVisible(shown)
        self.digits["image"].set_image(twin.image)
        self.digits["first"].set_image(self._first)
        self.digits["second"].set_image(second)
        self.digits["difference"].set_image(
            difference(self._first, second)
            if both and self._first is not None and second is not None
            else None
        )

    def _ask_second_strip(self) -> None:
        twin, latent = self.twin, self.explorer.latent
        if twin.questions is None or twin.model is None or not self.isVisible():
            return
        if twin.same_space:
            way = _way(twin.z_of(latent.a), twin.z_of(latent.b))
            twin.questions.ask("strip", Decode.of(way), self._on_second_strip)
        else:
            self.strips[1].set_images(None)

    def _on_first(self, answer: Answer[Pixels]) -> None:
        self._first = answer.value[0]
        self._show_digits()

    def _on_first_strip(self, answer: Answer[Pixels]) -> None:
        self.strips[0].set_images(answer.value)

    def _on_second_strip(self, answer: Answer[Pixels]) -> None:
        self.strips[1].set_images(answer.value)

    def _on_moved(self) -> None:
        if self.isVisible():
            self.pad.show_cursor()

    def _on_model_chosen(self) -> None:
        self.twin.compare_with(self.model_box.currentData())


def difference(first: Pixels, second: Pixels) -> Pixels:
    """(s, s) uint8 each: 128 where both are the same, brighter where the second is."""
    signed = second.astype(np.int16) - first.astype(np.int16)
    return (128 + signed // 2).clip(0, 255).astype(np.uint8)


def _title(entry: OpenModel) -> str:
    """Runs of one recipe have the same name, and differ in this."""
    config = entry.config
    return f"{entry.workspace.title} · β {config.train.beta:g} · {config.model.latent_dim}-D"


def _way(start: Z, end: Z) -> np.ndarray:
    return np.linspace(start, end, FRAMES)
