"""The settings of an embedding: method, images, neighbours, seed, and the button that makes it."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from vae_gui.core.analysis.embedding import METHODS, EmbeddingSettings
from vae_gui.core.support.settings import Setting, settings_of
from vae_gui.ui.parts.form import ChoiceBox
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.number_box import NumberBox
from vae_gui.ui.widgets.popup import Popup
from vae_gui.ui.widgets.type_width import fix_width

BOX_WIDTH = 84


class EmbeddingControls(QWidget):
    """Signals: `changed(EmbeddingSettings)` by the person; `pressed()`: compute, or cancel while that goes on."""

    changed = Signal(object)
    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = EmbeddingSettings()
        titles = {name: entry.title for name, entry in METHODS.items()}
        self.method = ChoiceBox(METHODS, titles)
        self.method.setAccessibleName("Method")
        self.method.activated.connect(self._on_edited)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.pressed)
        self.boxes: dict[str, NumberBox] = {}
        self._labels: dict[str, QLabel] = {}
        numbers = QWidget()
        self._grid = QGridLayout(numbers)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._popup = Popup(numbers, self)
        self.more = QToolButton(self)
        self.more.setIcon(icon("settings"))
        self.more.setToolTip("Images, neighbours and seed of the embedding")
        self.more.setAccessibleName("Settings of the embedding")
        self.more.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.method)
        row.addWidget(self.button)
        # Aligned, it does not cap the row: in large type an icon is lower than text.
        row.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignVCenter)
        fields = {field.name: field.setting for field in settings_of(EmbeddingSettings)}
        for column, name in enumerate(("images", "neighbours", "seed")):
            self._add(name, fields[name], column)
        self.set_busy(False)
        self._show()

    def set_settings(self, settings: EmbeddingSettings) -> None:
        """Choose, as a click would."""
        if settings != self.settings:
            self.settings = settings
            self._show()
            self.changed.emit(settings)

    def set_busy(self, busy: bool) -> None:
        """Whether the button cancels."""
        self.button.setText("Cancel" if busy else "Compute")
        self.button.setToolTip("Stop and keep what is there" if busy else "Make the embedding anew")

    def set_urged(self, urged: bool) -> None:
        """Whether the embedding should be made anew: the button stands out."""
        if self.button.property("primary") != urged:
            self.button.setProperty("primary", urged)
            self.button.style().unpolish(self.button)
            self.button.style().polish(self.button)

    def _add(self, name: str, setting: Setting, column: int) -> None:
        box = NumberBox(setting.minimum, setting.maximum, whole=True, logarithmic=name == "images")
        box.value_changed.connect(self._on_edited)
        fix_width(box, BOX_WIDTH)
        label = Label(setting.label)
        label.setProperty("role", "small")
        label.setBuddy(box)
        box.setAccessibleName(setting.label)
        box.setToolTip(f"{setting.help}\nFrom {setting.minimum:g} to {setting.maximum:g}.")
        self._grid.addWidget(label, 1, column)
        self._grid.addWidget(box, 2, column)
        self.boxes[name], self._labels[name] = box, label

    def _open(self) -> None:
        self._popup.open_under(self.more)

    def _show(self) -> None:
        settings = self.settings
        self.method.setCurrentIndex(self.method.findData(settings.method))
        self.method.setToolTip(METHODS[settings.method].description)
        self.boxes["images"].set_value(settings.images)
        self.boxes["neighbours"].set_value(settings.neighbours)
        self.boxes["seed"].set_value(settings.seed)
        for name in ("neighbours", "seed"):
            # Disabled rather than hidden, so that nothing moves under the pointer.
            self.boxes[name].setEnabled(settings.method != "pca")
            self._labels[name].setEnabled(settings.method != "pca")

    def _on_edited(self) -> None:
        values = {name: round(box.value()) for name, box in self.boxes.items()}
        method = str(self.method.currentData())
        self.set_settings(replace(self.settings, method=method, **values))
