"""A dimension as a row: its name, its filmstrip slider and its exact value."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vae_gui.core.support.types import Pixels
from vae_gui.ui.panels.explore.track import FilmTrack
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.number_box import NumberBox
from vae_gui.ui.widgets.type_width import fix_width

TEXT_WIDTH, EXACT_WIDTH = 82, 64  # of the name and the note, and of the exact value


class Filmstrip(QWidget):
    """Name and note at the left, the track of decoded previews, the exact value at the right.

    Signals
        value_changed(float): the person chose another value; never from `set_value`.
        drag_started(), drag_finished(): around the changes of one press of the mouse.
        reset_requested(): a double click, or Home.
    """

    value_changed = Signal(float)
    drag_started = Signal()
    drag_finished = Signal()
    reset_requested = Signal()

    def __init__(self, name: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = Label(name)
        self._name.setProperty("role", "title")
        self._note = Label(note)
        self._note.setProperty("role", "small")
        self.track = FilmTrack()
        self.track.setAccessibleName(f"{name} in hundredths")
        self._exact = NumberBox(-99, 99, decimals=2, step=0.05)
        self._exact.setProperty("compact", True)
        self._exact.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._exact.setAccessibleName(f"Exact value of {name}")
        self._lay_out()
        self.track.value_changed.connect(self._on_track)
        self.track.drag_started.connect(self.drag_started)
        self.track.drag_finished.connect(self.drag_finished)
        self.track.reset_requested.connect(self.reset_requested)
        self._exact.value_changed.connect(self._on_exact)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch()
        texts.addWidget(self._name)
        texts.addWidget(self._note)
        texts.addStretch()
        for label in (self._name, self._note):
            fix_width(label, TEXT_WIDTH)
        fix_width(self._exact, EXACT_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(texts)
        row.addWidget(self.track, 1)
        row.addWidget(self._exact)

    def set_images(self, images: Pixels | None) -> None:
        """(n, s, s) uint8, decoded at n even steps from the low to the high end, both included."""
        self.track.set_images(images)

    def set_range(self, low: float, high: float) -> None:
        """The ends of the track, in latent units."""
        self.track.set_range(low, high)

    def set_value(self, value: float) -> None:
        """Show a value without a signal; outside the track the handle waits at its end."""
        self.track.set_value(value)
        self._exact.set_value(value)

    def value(self) -> float:
        """In latent units."""
        return self.track.latent_value()

    def set_note(self, note: str) -> None:
        """The small line under the name, such as “KL 2.90 nats”."""
        if note != self._note.text():
            self._note.setText(note)
            self._note.setToolTip(note)

    def fitting_count(self) -> int:
        """How many square previews fill the track without a gap."""
        return self.track.fitting_count()

    def _on_track(self, value: float) -> None:
        self._exact.set_value(value)
        self.value_changed.emit(value)

    def _on_exact(self, value: float) -> None:
        self.track.set_value(value)
        self.value_changed.emit(value)
