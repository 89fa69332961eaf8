"""The form in which the pad's layers are chosen: one background, any overlays."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QLabel, QRadioButton, QVBoxLayout, QWidget

from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.ui.plane.overlays import OVERLAYS, shows
from vae_gui.ui.widgets.label import Label

NO_ELLIPSES = "The autoencoder gives each image a point, not a distribution: there is no ellipse"


class LayersForm(QWidget):
    """Signals: `chosen(PadLayers)`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers = PadLayers()
        self.backgrounds: dict[str, QRadioButton] = {}
        self.overlays: dict[str, QCheckBox] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._heading("Background"))
        group = QButtonGroup(self)
        for layer in LAYERS.values():
            button = self.backgrounds[layer.name] = QRadioButton(layer.title, self)
            button.setToolTip(layer.tip)
            group.addButton(button)
            layout.addWidget(button)
            button.clicked.connect(self._on_clicked)
        layout.addSpacing(6)
        layout.addWidget(self._heading("Overlays"))
        for overlay in OVERLAYS.values():
            box = self.overlays[overlay.name] = QCheckBox(overlay.title, self)
            box.setToolTip(overlay.tip)
            layout.addWidget(box)
            box.clicked.connect(self._on_clicked)
        self.setFocusProxy(self.backgrounds["none"])
        self.show_layers(self.layers)

    def show_layers(self, layers: PadLayers) -> None:
        """Without a signal."""
        self.layers = layers
        self.backgrounds[layers.background].setChecked(True)
        for name, box in self.overlays.items():
            box.setChecked(shows(layers, name))

    def set_deterministic(self, deterministic: bool) -> None:
        """A deterministic encoder has no posterior."""
        for overlay in OVERLAYS.values():
            if overlay.of_posterior:
                box = self.overlays[overlay.name]
                box.setEnabled(not deterministic)
                box.setToolTip(NO_ELLIPSES if deterministic else overlay.tip)

    def _heading(self, text: str) -> QLabel:
        label = Label(text, self)
        label.setProperty("role", "title")
        return label

    def _on_clicked(self) -> None:
        background = next(name for name, button in self.backgrounds.items() if button.isChecked())
        switched = {
            name: box.isChecked()
            for name, box in self.overlays.items()
            if box.isChecked() != shows(self.layers, name)
        }
        self.layers = replace(self.layers.with_overlays(switched), background=background)
        self.chosen.emit(self.layers)
