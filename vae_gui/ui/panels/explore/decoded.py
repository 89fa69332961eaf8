"""The decoded digit, large: what the model makes of the cursor, or of where the pointer looks; it can be painted on."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Decode
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.explore.coverage_label import CoverageLabel
from vae_gui.ui.panels.explore.follow_paint import PaintFollower
from vae_gui.ui.panels.explore.nearest import NearestKnown
from vae_gui.ui.panels.explore.painted_digit import PaintedDigit
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu, z_as_text, z_from_text
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.theme import with_type
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.tool_button import tool_button

ROOM_FOR_NEAREST = 168  # pixels of height at the usual type
Z_TIP = "The cursor in latent units; type or paste numbers, then {key:Return}"
PAINT_TIP = "Paint on the digit, and z follows: left light, right or {key:Shift} dark, X exchanges them, {key:Esc} ends"

PAINT_WORDS = "left paints light, right dark"


class DecodedDigit(Panel):
    """One digit and its z, which can be edited, copied and pasted."""

    refresh_on = RefreshOn.FIRST

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.digit = PaintedDigit("Decoded digit", "The model is loading…", self)
        self.z_edit = QLineEdit(self)
        self.z_edit.setAccessibleName("z at the cursor")
        self.z_edit.setToolTip(with_keys(Z_TIP))
        self._place = Label(self)
        self._place.setProperty("role", "muted")
        self.paint_button = tool_button("brush", PAINT_TIP, self)
        self.paint_button.setText("Paint")
        self.paint_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.paint_button.setCheckable(True)
        self._follower = PaintFollower(self, self.digit)
        self.coverage_label = CoverageLabel(self)
        self._image: Pixels | None = None
        self.nearest = NearestKnown(context, self)
        meter = QHBoxLayout()
        meter.setSpacing(12)
        meter.addWidget(self.coverage_label)
        meter.addWidget(self.coverage_label.bar)
        meter.addStretch(1)
        head = QHBoxLayout()
        head.addWidget(self._place, 1)
        head.addWidget(self.paint_button)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addLayout(head)
        side.addWidget(self.z_edit)
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
        self.digit.painting_ended.connect(self._on_painting_ended)
        self.paint_button.toggled.connect(self._on_paint)
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
        at = "under the pointer" if peeking else "at the cursor"
        self._place.setText(PAINT_WORDS if self.digit.paints else at)

    @qt_override
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

    def _on_paint(self, on: bool) -> None:
        self.digit.set_paints(on)
        if on:
            self.digit.setFocus()
        else:
            self._follower.stop()
        self.refresh()

    def _on_painting_ended(self) -> None:
        self.paint_button.setChecked(False)

    def _on_menu(self, position: QPoint) -> None:
        show_digit_menu(self, self.context, self._image, self.z, position)

    def _on_copy(self) -> None:
        if self._image is not None:
            copy_digit(self._image, self.z)
