"""One path of the path lab: its name, its lengths, its frames."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QToolButton, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Decode
from vae_gui.core.paths import PATHS
from vae_gui.core.support.types import Pixels
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.coverage_band import CoverageBand
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.path_strip import PathStrip
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.label import Label

MIN_HEIGHT, MAX_HEIGHT = 44, 128
BESIDE_NOTE = 60  # pixels: the gaps and the button of the search
TOOL = QSize(12, 12)
LENGTH_TIP = (
    "Length in z, and how far the image changes on the way: the sum of the pixel distances of "
    "about 1000 steps"
)


class PathRow(QWidget):
    """`panel` asks the questions. Signals: `chosen(name)`: the strip is to follow this path."""

    chosen = Signal(str)

    def __init__(self, name: str, panel: Panel) -> None:
        super().__init__(panel)
        self.name = name
        self._panel, self._lab = panel, panel.context.path_lab
        self._images: Pixels | None = None
        entry = PATHS[name]
        self.button = QRadioButton(entry.title, self)
        self.button.setToolTip(f"{entry.tip}. Choose it for the interpolation and the pad")
        self.button.setAutoExclusive(False)  # the rows have different parents
        self.lengths, self.note = Label(self), Label(self)
        for label in (self.lengths, self.note):
            label.setProperty("role", "small")
        self.lengths.setToolTip(LENGTH_TIP)
        self.search_button = QToolButton(self)
        self.search_button.setAutoRaise(True)
        self.search_button.setIconSize(TOOL)
        self.search_button.setFixedSize(20, 20)
        self.search_button.setAccessibleName(f"Search the {entry.title.lower()} path")
        self.search_button.setVisible(False)
        self.strip = PathStrip(f"{entry.title} path")
        self.strip.setMinimumHeight(MIN_HEIGHT)
        self._band = CoverageBand(panel, self.strip, f"lab-band-{name}")
        self.setMaximumHeight(MAX_HEIGHT)
        self._lay_out()
        self.button.clicked.connect(self._on_chosen)
        self.search_button.clicked.connect(self._on_search)
        self.strip.clicked.connect(self._on_clicked)
        self.strip.menu_requested.connect(self._on_menu)
        self.strip.copy_requested.connect(self._on_copy)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.button)
        head.addWidget(self.lengths)
        head.addWidget(self.note, 1)
        head.addWidget(self.search_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.strip, 1)

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_note()

    def forget(self) -> None:
        """Another model is shown."""
        self._images = None
        self.strip.set_images(None)
        self.strip.set_band((), ())

    def refresh(self) -> None:
        """Ask for the current frames, and say how long the path is."""
        latent = self._panel.explorer.latent
        self.button.setChecked(latent.path == self.name)
        points = self._lab.points(latent.frames, self.name)
        self._panel.ask(f"lab-{self.name}", Decode.of(points), self._show)
        self._band.follow(points)
        self._show_texts()

    def _show(self, answer: Answer[Pixels]) -> None:
        self._images = answer.value
        self.strip.set_images(self._images)

    def _show_texts(self) -> None:
        path, measured = self._lab.path(self.name), self._lab.measured(self.name)
        search = self._lab.searches.get(self.name)
        pending = search is not None and not search.found
        text = f"z {path.length:.2f}"
        if measured is not None and not pending:
            text += f"  ·  image {measured.length:.2f}{self._saving(measured.length)}"
        self.lengths.setText(text)
        self.note.setToolTip(path.note)
        self.strip.setToolTip(path.note)
        self._show_search(pending)
        self._show_note()

    def _show_note(self) -> None:
        note, metrics = self.note.toolTip(), self.note.fontMetrics()
        taken = sum(label.sizeHint().width() for label in (self.button, self.lengths))
        room = self.width() - taken - BESIDE_NOTE
        self.note.setText(metrics.elidedText(note, Qt.TextElideMode.ElideRight, room))

    def _saving(self, length: float) -> str:
        """How much shorter or longer than the straight path, in per cent."""
        straight = self._lab.measured("straight")
        if self.name == "straight" or straight is None or straight.length == 0:
            return ""
        change = round(100 * (length / straight.length - 1))
        sign = "±" if change == 0 else "−" if change < 0 else "+"
        return f"  ({sign}{abs(change)} %)"

    def _show_search(self, pending: bool) -> None:
        search = self._lab.searches.get(self.name)
        again = search is not None and pending and bool(search.live.problem)
        shown = search is not None and (again or search.live.running is not None)
        self.search_button.setVisible(shown)
        if shown:
            name = PATHS[self.name].title.lower()
            tip = f"Look for the {name} again" if again else "Cancel the search"
            self.search_button.setIcon(icon("replay" if again else "close", "muted"))
            self.search_button.setToolTip(tip)
            self.search_button.setAccessibleName(tip)

    def _on_chosen(self) -> None:
        self.button.setChecked(True)
        self.chosen.emit(self.name)

    def _on_search(self) -> None:
        live = self._lab.searches[self.name].live
        if live.running:
            live.cancel()
        else:
            live.retry()

    def _z_of(self, index: int) -> tuple[float, ...]:
        points = self._lab.points(self._panel.explorer.latent.frames, self.name)
        return tuple(points[index].tolist())

    def _on_clicked(self, index: int) -> None:
        self._panel.explorer.move_cursor(self._z_of(index))

    def _on_menu(self, index: int, position: QPoint) -> None:
        if self._images is not None:
            image = self._images[index]
            show_digit_menu(self, self._panel.context, image, self._z_of(index), position)

    def _on_copy(self, index: int) -> None:
        if self._images is not None:
            copy_digit(self._images[index], self._z_of(index))
