"""The settings of an export, dropped down from its button."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from vae_gui.core.export import AnimationOptions, StripOptions
from vae_gui.ui.form import ConfigForm


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. `animated`: whether it moves."""

    title: str
    suffix: str
    animated: bool


FORMATS = (
    Format("GIF animation", ".gif", True),
    Format("APNG animation", ".png", True),
    Format("WebP animation, lossless", ".webp", True),
    Format("PNG of the strip", ".png", False),
)


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What is to be written."""

    format: Format
    animation: AnimationOptions
    strip: StripOptions


class ExportForm(QWidget):
    """Signals: `chosen(ExportChoice)`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(280)
        title = QLabel("Export the interpolation", self)
        title.setProperty("role", "title")
        self.format_box = QComboBox(self)
        self.format_box.addItems([entry.title for entry in FORMATS])
        self.format_box.setAccessibleName("Format")
        self.animation_form = ConfigForm(AnimationOptions())
        self.strip_form = ConfigForm(StripOptions())
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.animation_form)
        self._stack.addWidget(self.strip_form)
        self.save_button = QPushButton("Save as…", self)
        self.save_button.setProperty("primary", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for widget in (title, self.format_box, self._stack, self.save_button):
            layout.addWidget(widget)
        self.format_box.currentIndexChanged.connect(self._on_format)
        self.save_button.clicked.connect(self._on_save)

    def _on_format(self, index: int) -> None:
        self._stack.setCurrentIndex(0 if FORMATS[index].animated else 1)

    def _on_save(self) -> None:
        chosen = FORMATS[self.format_box.currentIndex()]
        self.chosen.emit(ExportChoice(chosen, self.animation_form.value(), self.strip_form.value()))
