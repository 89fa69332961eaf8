"""The settings of a replay's export, dropped down from the timeline."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from vae_gui.core.export.formats import FORMATS, ExportFormat
from vae_gui.core.export.replay import DIGIT, MANIFOLD, SCATTER, ReplayOptions
from vae_gui.ui.parts.form import ConfigForm
from vae_gui.ui.widgets.label import Label

TITLES = {
    "content": {
        SCATTER: "Scatter of the pad",
        MANIFOLD: "Manifold",
        DIGIT: "Digit under the cursor",
    }
}


@dataclass(frozen=True, slots=True)
class ReplayChoice:
    """What is to be written."""

    format: ExportFormat
    options: ReplayOptions


class ReplayForm(QWidget):
    """Signals: `chosen(ReplayChoice)`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(300)
        title = Label("Export the replay", self)
        title.setProperty("role", "title")
        self.format_box = QComboBox(self)
        for entry in FORMATS.values():
            if entry.moves:
                self.format_box.addItem(entry.title, entry.name)
        self.format_box.setAccessibleName("Format")
        self.form = ConfigForm(ReplayOptions(), TITLES)
        self.note = Label(self)
        self.note.setProperty("role", "small")
        self.note.setWordWrap(True)
        self.save_button = QPushButton("Save as…", self)
        self.save_button.setProperty("primary", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for widget in (title, self.format_box, self.form, self.note, self.save_button):
            layout.addWidget(widget)
        self.setFocusProxy(self.form.editor("content"))
        self._moments = 0
        self.form.changed.connect(self._show)
        self.save_button.clicked.connect(self._on_save)
        self._show()

    def set_moments(self, count: int) -> None:
        """How many entries the timeline has."""
        self._moments = count
        self._show()

    def _show(self) -> None:
        options = self.form.value()
        self.form.editor("rows").setEnabled(options.content == MANIFOLD)
        frames = min(self._moments, options.entries)
        seconds = frames * options.interval_ms / 1000
        self.note.setText(f"{frames} of {self._moments} moments, {seconds:.1f} s and its end")

    def _on_save(self) -> None:
        chosen = FORMATS[self.format_box.currentData()]
        self.chosen.emit(ReplayChoice(chosen, self.form.value()))
