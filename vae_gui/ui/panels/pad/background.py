"""The pad's layers: the form they are chosen in, and the background that is kept up to date."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QLabel, QRadioButton, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Request
from vae_gui.core.latent.grid import even_grid
from vae_gui.core.pictures.backgrounds import (
    BackgroundPicture,
    CoverageBackground,
    DensityBackground,
    DistortionBackground,
    ManifoldBackground,
    Plane,
)
from vae_gui.core.pictures.scatter import View
from vae_gui.core.pictures.shading import Color, Ramp
from vae_gui.core.state.pad_layers import Background, PadLayers
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.pad.coverage_label import PadMeter
from vae_gui.ui.panels.pad.scatter import palette_of
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.caption import Caption
from vae_gui.ui.plane.mapping import shown_encodings
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style.numbers import number
from vae_gui.ui.style.theme import DARK, current_theme

SETTLED_MS = 120  # after the last change of the view
REST_SECONDS = 2.0  # while a model trains
TILE_PX = 30
MOST_TILES = 900

BACKGROUNDS = {
    Background.NONE: ("None", "The encodings alone"),
    Background.DENSITY: ("Class density", "Where the encodings of each class lie"),
    Background.MANIFOLD: ("Manifold", "Decoded digits, evenly spaced over what is visible"),
    Background.MAP: ("Off the map", "log q(z): how well the encodings cover a place"),
    Background.DISTORTION: ("Distortion", "√det(JᵀJ): how fast the image changes with z"),
}
OVERLAYS = {
    "encodings": ("Encodings", "The mean μ of each test image, coloured by class"),
    "class_names": ("Class names", "At the median of each class"),
    "bubbles": ("Bubbles", "What 200 images may be: their 1σ ellipses, to scale"),
    "path": ("Path, A and B", "The way of the interpolation and its ends"),
    "digit": ("Digit at the cursor", "The decoded image beside the pointer"),
    "ellipse": ("Your drawing", "Its q(z|x) at 1σ and 2σ, to scale, over the exact p(z|x)"),
}
NOT_TURNED = "This background is not turned: switch Align off to see it"
NO_ELLIPSES = "The autoencoder gives each image a point, not a distribution: there is no ellipse"


class LayersForm(QWidget):
    """One background, any overlays. Signals: `chosen(PadLayers)`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers = PadLayers()
        self.backgrounds: dict[Background, QRadioButton] = {}
        self.overlays: dict[str, QCheckBox] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._heading("Background"))
        group = QButtonGroup(self)
        for background, (title, hint) in BACKGROUNDS.items():
            button = self.backgrounds[background] = QRadioButton(title, self)
            button.setToolTip(hint)
            group.addButton(button)
            layout.addWidget(button)
            button.clicked.connect(self._on_clicked)
        layout.addSpacing(6)
        layout.addWidget(self._heading("On it"))
        for name, (title, hint) in OVERLAYS.items():
            box = self.overlays[name] = QCheckBox(title, self)
            box.setToolTip(hint)
            layout.addWidget(box)
            box.clicked.connect(self._on_clicked)
        self.setFocusProxy(self.backgrounds[Background.NONE])
        self.show_layers(self.layers)

    def show_layers(self, layers: PadLayers) -> None:
        """Without a signal."""
        self.layers = layers
        self.backgrounds[layers.background].setChecked(True)
        for name, box in self.overlays.items():
            box.setChecked(getattr(layers, name))

    def set_deterministic(self, deterministic: bool) -> None:
        """A point encoder has no ellipses."""
        box = self.overlays["bubbles"]
        box.setEnabled(not deterministic)
        box.setToolTip(NO_ELLIPSES if deterministic else OVERLAYS["bubbles"][1])

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("role", "title")
        return label

    def _on_clicked(self) -> None:
        background = next(b for b, button in self.backgrounds.items() if button.isChecked())
        overlays = {name: box.isChecked() for name, box in self.overlays.items()}
        self.layers = replace(self.layers, background=background, **overlays)
        self.chosen.emit(self.layers)


class PadBackground(QObject):
    """Asks for the background of what is visible, and shows it with a caption."""

    def __init__(self, panel: Panel, view: PadView, meter: PadMeter) -> None:
        super().__init__(panel)
        self.background = Background.NONE
        self.shown: tuple[int, ...] = ()
        self._wanted: Request[BackgroundPicture] | None = None
        self._panel, self._view, self._meter = panel, view, meter
        self._throttle = Throttle(self)
        self._throttle.due.connect(self._ask)
        meter.changed.connect(self.weights_changed)
        panel.explorer.scatter_changed.connect(self.weights_changed)
        panel.explorer.timeline_entry_changed.connect(self.weights_changed)
        panel.context.training.snapshot_changed.connect(self.weights_changed)

    def choose(self, background: Background) -> None:
        """Show another background; what it needs follows."""
        if background is self.background:
            return
        self.background = background
        self._meter.wants_training_images = background is Background.MAP
        self._meter.follow()
        self.clear()
        self.place_changed(at_once=True)

    def clear(self) -> None:
        """Show no background until the next answer."""
        self._throttle.cancel()
        self._panel.forget("pad-ground")
        self._view.set_background(None, self._view.view)
        self._view.caption.set_caption(None)

    def place_changed(self, at_once: bool = False) -> None:
        """Another part of the plane, other classes or other colours are visible."""
        if self.background is not Background.NONE and self._panel.isVisible():
            self._throttle.settle(0 if at_once else SETTLED_MS)

    def weights_changed(self) -> None:
        """The encodings or the weights are others."""
        if self.background is Background.NONE or not self._panel.isVisible():
            return
        training = self._panel.context.training.phase is Phase.RUNNING
        self._throttle.after_rest(REST_SECONDS if training else 0.0)

    def _ask(self) -> None:
        if not self._panel.isVisible():
            return
        request = self._request()
        if request is None and self._panel.explorer.alignment is not None:
            self.clear()
            self._view.caption.set_caption(Caption(NOT_TURNED))
        if request is not None:
            self._wanted = request
            self._panel.ask("pad-ground", request, self._take)

    def _request(self) -> Request[BackgroundPicture] | None:
        explorer, view = self._panel.explorer, self._view.view
        latent, encodings = explorer.latent, explorer.encodings
        extent = (view.x0, view.x1, view.y0, view.y1)
        plane = Plane(extent, latent.axes, latent.cursor)
        if explorer.alignment is not None and self.background is not Background.DENSITY:
            return None
        if self.background is Background.MANIFOLD:
            return self._manifold(plane, view)
        if self.background is Background.DISTORTION:
            return DistortionBackground(plane, _amber())
        meter = self._meter.meter
        if self.background is Background.MAP and meter is not None:
            return CoverageBackground(meter, plane, _blue(), _line())
        if self.background is Background.DENSITY and encodings is not None and len(encodings):
            shown = shown_encodings(encodings, explorer.alignment) or encodings
            return DensityBackground(shown, plane, tuple(palette_of(encodings)), self.shown)
        return None

    def _manifold(self, plane: Plane, view: View) -> ManifoldBackground:
        scale = self._view.devicePixelRatioF()
        x0, x1, y0, y1 = plane.extent
        columns, rows = (max(1, round(px / scale / TILE_PX)) for px in (view.width, view.height))
        while columns * rows > MOST_TILES:
            columns, rows = max(1, columns * 9 // 10), max(1, rows * 9 // 10)
        if self._panel.explorer.latent_dim == 1:  # one row of squares under the line y = 0
            y0, y1, rows = -(x1 - x0) / columns, 0.0, 1
        extent = (x0, x1, y0, y1)
        return ManifoldBackground(even_grid(extent, columns, rows), replace(plane, extent=extent))

    def _take(self, answer: Answer[BackgroundPicture]) -> None:
        if answer.request != self._wanted:
            return  # of a background that was chosen before
        self._panel.forget("pad-ground")
        ground = answer.value
        x0, x1, y0, y1 = ground.extent
        height, width = ground.rgba.shape[:2]
        self._view.set_background(ground.rgba, View(x0, x1, y0, y1, width, height))
        self._view.caption.set_caption(self._caption(ground, answer.request))

    def _caption(self, ground: BackgroundPicture, request: object) -> Caption:
        many = self._panel.explorer.latent_dim > 2
        held = " · slice at the cursor" if many else ""
        if isinstance(request, CoverageBackground):
            kernel = request.meter.mixture.kernel
            name = "log density of the codes, by kernels" if kernel else "log q(z), nats"
            text = f"{name}{held} · {self._meter.source}"
            return Caption(text, number(ground.low), number(ground.high), request.ramp)
        if isinstance(request, DistortionBackground):
            text = f"Distortion √det(JᵀJ){held}"
            return Caption(text, "0", f"{ground.high:.3g}", request.ramp)
        if isinstance(request, ManifoldBackground):
            x = request.latent_grid.x
            spacing = x[1] - x[0] if len(x) > 1 else 0.0
            return Caption(f"Decoded every {spacing:.2g}{held}")
        projected = " · projected" if many else ""
        return Caption(f"Class density of μ, by kernels{projected} · peak {ground.high:.2g}")


def _blue() -> Ramp:
    """From off the map to well inside."""
    if current_theme() is DARK:
        return ((20, 21, 25, 0), (52, 66, 118, 120), (86, 112, 196, 150))
    return ((255, 255, 255, 0), (176, 192, 240, 130), (120, 146, 226, 150))


def _amber() -> Ramp:
    """From calm to steep."""
    if current_theme() is DARK:
        return ((20, 21, 25, 0), (122, 88, 30, 140), (222, 170, 80, 170))
    return ((255, 255, 255, 0), (240, 206, 140, 140), (196, 126, 20, 160))


def _line() -> Color:
    return (200, 210, 255, 110) if current_theme() is DARK else (50, 64, 160, 110)
