"""The drawing's tools: brush, centring, a picture from elsewhere, inverted or not, what is unknown, and a clean canvas."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QSlider,
    QWidget,
)

from vae_gui.core.pictures.drawing import PreprocessedImage
from vae_gui.core.support.errors import UserError
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.tool_button import tool_button

THINNEST, THICKEST = 3, 20  # percent of the canvas
UNKNOWN_TIP = "Mark a part as unknown, to be completed (U)"


@dataclass(frozen=True, slots=True)
class DrawSettings:
    """brush: the width of all strokes, in 0..1. centred: in MNIST's way; None as the data is. seed: of the samples."""

    brush: float = 0.09
    centred: bool | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.brush, float) or not THINNEST <= 100 * self.brush <= THICKEST:
            raise UserError("The brush is too thin or too thick.")
        if type(self.seed) is not int or self.seed < 0 or not isinstance(self.centred, bool | None):
            raise UserError("A seed is a whole number from 0 on.")


class DrawTools(QWidget):
    """Signals: `changed()`, the settings; `invert_toggled(bool)`; and the buttons' own; `unknown` is checked
    while a stroke marks what is unknown.
    """

    changed = Signal()
    invert_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = DrawSettings()
        self.brush = QSlider(Qt.Orientation.Horizontal, self)
        self.brush.setRange(THINNEST, THICKEST)
        self.brush.setValue(round(100 * self.settings.brush))
        self.brush.setFixedWidth(56)
        self.brush.setToolTip("Width of all strokes; their thickness is part of the style")
        self.brush.setAccessibleName("Brush")
        self.centre = QCheckBox("Centre", self)
        self.centre.setToolTip(
            "Fit the ink into a box of 20 of 28 pixels and put the centre of its mass in the "
            "middle, as MNIST does"
        )
        self.open_button = tool_button(
            "open", "Open a picture (or drop one, or paste with {key:Ctrl+V})", self
        )
        self.unknown = tool_button("unknown", UNKNOWN_TIP, self)
        self.unknown.setCheckable(True)
        self.clear_button = tool_button("reset", "Clear the canvas", self)
        self.invert = QCheckBox("Inverted", self)
        self.flags = Label(self)
        self.flags.setProperty("role", "small")
        label = Label("Brush", self)
        label.setProperty("role", "small")
        label.setBuddy(self.brush)
        self._brush_label = label
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (label, self.brush, self.centre, self.invert, self.flags):
            row.addWidget(widget)
        row.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.unknown, self.open_button, self.clear_button):
            buttons.addWidget(button)
        row.addLayout(buttons)
        self.brush.valueChanged.connect(self._on_edited)
        self.centre.clicked.connect(self._on_edited)
        self.invert.clicked.connect(self.invert_toggled)

    def set_settings(self, settings: DrawSettings) -> None:
        """Choose, as a click would."""
        self.settings = settings
        with QSignalBlocker(self.brush):
            self.brush.setValue(round(100 * settings.brush))
        self.changed.emit()

    def show_state(self, prepared: PreprocessedImage | None, picture: bool, centred: bool) -> None:
        """picture: whether there is one instead of strokes. centred: as it is now."""
        self.centre.setChecked(centred)
        self._brush_label.setVisible(not picture)
        self.brush.setVisible(not picture)
        self.invert.setVisible(picture)
        self.invert.setChecked(prepared is not None and prepared.inverted)
        self.invert.setToolTip(
            "Dark on light was made bright on dark, as the data is; untick to undo that"
            if self.invert.isChecked()
            else "Make dark on light bright on dark"
        )
        self.invert.setText("Inverted: dark on light" if self.invert.isChecked() else "Invert")
        flattened = prepared is not None and prepared.flattened
        self.flags.setText("transparency flattened" if flattened else "")
        self.flags.setVisible(flattened)

    def _on_edited(self) -> None:
        centred = self.centre.isChecked() if self.sender() is self.centre else self.settings.centred
        self.settings = replace(self.settings, brush=self.brush.value() / 100, centred=centred)
        self.changed.emit()
