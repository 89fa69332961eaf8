"""The decoded digit, large: what the model makes of the cursor, or of where the pointer looks."""

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Decode
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.panels.explore.coverage_label import CoverageLabel
from vae_gui.ui.panels.explore.nearest import NearestKnown
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu, z_as_text, z_from_text
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.style.theme import with_type
from vae_gui.ui.widgets.digit_view import DigitView
from vae_gui.ui.widgets.label import Label

ROOM_FOR_NEAREST = 168  # pixels of height at the usual type


class DecodedDigit(Panel):
    """One digit and its z, which can be edited, copied and pasted."""

    refresh_on = RefreshOn.FIRST

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.digit = DigitView("Decoded digit", "The model is loading…", self)
        self.z_edit = QLineEdit(self)
        self.z_edit.setAccessibleName("z at the cursor")
        self.z_edit.setToolTip("The cursor in latent units; type or paste numbers, then Enter")
        self._place = Label(self)
        self._place.setProperty("role", "muted")
        self.coverage_label = CoverageLabel(self)
        self._image: Pixels | None = None
        self.nearest = NearestKnown(context, self)
        meter = QHBoxLayout()
        meter.setSpacing(12)
        meter.addWidget(self.coverage_label)
        meter.addWidget(self.coverage_label.bar)
        meter.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(6)
        for widget in (self._place, self.z_edit):
            side.addWidget(widget)
        side.addLayout(meter)
        side.addWidget(self.nearest)
        side.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(16)
        layout.addWidget(self.digit)
        layout.addLayout(side, 1)
        self.digit.menu_requested.connect(self._on_menu)
        self.digit.copy_requested.connect(self._on_copy)
        self.z_edit.editingFinished.connect(self._on_edited)

    @property
    def z(self) -> Z:
        return self.explorer.focus_point

    def set_model(self) -> None:
        self._image = None

    def refresh(self) -> None:
        self.ask("decoded", Decode.of(np.array(self.z)), self._show)
        peeking = self.explorer.hover_point is not None
        if not self.z_edit.hasFocus() or not self.z_edit.isModified():
            self.z_edit.setText(z_as_text(self.z))
            self.z_edit.setCursorPosition(0)
        self._place.setText("under the pointer" if peeking else "at the cursor")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.digit.setFixedWidth(min(self.height() - 8, self.width() // 2))
        self.nearest.set_fits(self.height() >= with_type(ROOM_FOR_NEAREST, self.font()))

    def _show(self, answer: Answer[Pixels]) -> None:
        self._image = answer.value[0]
        self.digit.set_image(self._image)
        self.digit.repaint()  # before the panels that follow, within the mouse event of a drag

    def _on_edited(self) -> None:
        if not self.z_edit.isModified():
            return
        self.z_edit.setModified(False)
        try:
            self.explorer.move_cursor(z_from_text(self.z_edit.text(), self.explorer.latent_dim))
        except UserError as error:
            self.context.notices.error(str(error))
        self.refresh()

    def _on_menu(self, position: QPoint) -> None:
        show_digit_menu(self, self.context, self._image, self.z, position)

    def _on_copy(self) -> None:
        if self._image is not None:
            copy_digit(self._image, self.z)
