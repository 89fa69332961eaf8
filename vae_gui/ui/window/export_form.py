"""The settings of an export, dropped down from its button."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from vae_gui.core.export.formats import FORMATS, ExportFormat
from vae_gui.core.export.options import AnimationOptions, StripOptions
from vae_gui.core.paths import PATHS
from vae_gui.ui.parts.form import ConfigForm
from vae_gui.ui.widgets.label import Label

LAST_DRAG = "last drag"
STRIP = "The path of the strip"


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What is to be written. source: one of PATHS, or LAST_DRAG; "" for the path of the strip."""

    format: ExportFormat
    animation: AnimationOptions
    strip: StripOptions
    source: str = ""


class ExportForm(QWidget):
    """Signals: `chosen(ExportChoice)`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(280)
        title = Label("Export a path", self)
        title.setProperty("role", "title")
        self.source_box = QComboBox(self)
        self.source_box.setAccessibleName("What to export")
        self.source_box.addItem(STRIP, "")
        self.format_box = QComboBox(self)
        for entry in FORMATS.values():
            self.format_box.addItem(entry.title, entry.name)
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
        for widget in (title, self.source_box, self.format_box, self._stack, self.save_button):
            layout.addWidget(widget)
        self.format_box.currentIndexChanged.connect(self._on_format)
        self.save_button.clicked.connect(self._on_save)

    def set_sources(self, paths: tuple[str, ...], dragged: bool) -> None:
        """What there is to export; the path of the strip is the first."""
        self.source_box.clear()
        self.source_box.addItem(STRIP, "")
        for path in paths:
            self.source_box.addItem(f"{PATHS[path].title} path", path)
        if dragged:
            self.source_box.addItem("The last drag of the cursor", LAST_DRAG)

    def _on_format(self) -> None:
        self._stack.setCurrentIndex(0 if self._format().moves else 1)

    def _format(self) -> ExportFormat:
        return FORMATS[self.format_box.currentData()]

    def _on_save(self) -> None:
        animation, strip = self.animation_form.value(), self.strip_form.value()
        self.chosen.emit(
            ExportChoice(self._format(), animation, strip, self.source_box.currentData())
        )
