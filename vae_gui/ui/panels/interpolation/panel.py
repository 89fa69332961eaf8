"""The interpolation strip: the digits along the path from A to B."""

from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from vae_gui.core.inference.requests import Decode
from vae_gui.core.paths.curves import Points
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.panels.interpolation.endpoint import Endpoint
from vae_gui.ui.parts.band_legend import BandLegend
from vae_gui.ui.parts.coverage_band import CoverageBand
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.parts.panel_export import PanelExport, digits_export
from vae_gui.ui.parts.path_button import PathButton
from vae_gui.ui.parts.path_strip import PathStrip
from vae_gui.ui.parts.play_button import PlayButton
from vae_gui.ui.parts.point_chooser import NamedPoint
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.number_box import NumberBox
from vae_gui.ui.widgets.tool_button import tool_button

MIN_FRAMES, MAX_FRAMES = 3, 64
REMEMBERED_PLACES = 16
EXPORT_TIP = "Write the path from A to B as an animation or a picture ({key:Ctrl+E})"


class InterpolationPanel(Panel):
    """Clicking a frame moves the cursor there; play walks there and back."""

    refresh_on = RefreshOn.PATH

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.strip = PathStrip("Interpolation")
        self._band = CoverageBand(self, self.strip, "strip-band")
        self.path_button = PathButton(context, self)
        self.strip.setToolTip("Click a frame to move the cursor there")
        self.strip.setMinimumHeight(60)
        self.ends = {name: Endpoint(name, self) for name in ("A", "B")}
        self._places: tuple[NamedPoint, ...] = ()
        self._images: Pixels | None = None
        self.play_button = PlayButton("Walk along the path", 0.0, self)
        self.frames_box = NumberBox(MIN_FRAMES, MAX_FRAMES, step=1, whole=True, unit="frames")
        self.frames_box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.frames_box.setAccessibleName("Frames on the strip")
        self.frames_box.setToolTip("Digits on the strip, A and B included")
        self.export_button = QPushButton(icon("export"), "Export GIF…", self)
        self.export_button.setToolTip(with_keys(EXPORT_TIP))
        self._lay_out()
        self.frames_box.value_changed.connect(self._on_frames)
        self.play_button.moved.connect(self._on_walked)
        self.play_button.stopped.connect(self._on_stopped)
        self.strip.clicked.connect(self._on_clicked)
        self.strip.menu_requested.connect(self._on_menu)
        self.strip.copy_requested.connect(self._on_copy)
        self.ends["A"].chosen.connect(self._on_a_chosen)
        self.ends["B"].chosen.connect(self._on_b_chosen)
        for end in self.ends.values():
            end.menu_requested.connect(self._on_end_menu)
        context.path_lab.changed.connect(self._refresh_if_visible)

    def set_model(self) -> None:
        self._places, self._images = (), None
        self.strip.set_images(None)
        for end in self.ends.values():
            end.chooser.forget()
            end.show_image(None)

    def exports(self) -> tuple[PanelExport, ...]:
        return digits_export(self.strip, "interpolation")

    def refresh(self) -> None:
        latent = self.explorer.latent
        self.frames_box.set_value(latent.frames)
        self.path_button.show_state()
        self._show_ends()
        points = self._path()
        self.play_button.last = float(len(points) - 1)
        self.ask("strip", Decode.of(points), self._show)
        self._band.follow(points)

    def _tool(self, icon_name: str, tip: str, slot: object) -> QToolButton:
        button = tool_button(icon_name, tip, self)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        a, b = self.ends["A"], self.ends["B"]
        swap = self._tool("swap", "Swap A and B", self._swap)
        self.title_tools = (
            BandLegend(self),
            *(a.chooser, swap, b.chooser, self.path_button),
            *(self.frames_box, self.play_button, self.export_button),
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 4)
        layout.setSpacing(6)
        layout.addWidget(a.digit)
        layout.addWidget(self.strip, 1)
        layout.addWidget(b.digit)

    def _path(self) -> Points:
        return self.context.path_lab.points(self.explorer.latent.frames)

    def _show(self, answer: Answer[Pixels]) -> None:
        self._images = answer.value
        self.strip.set_images(self._images)
        self._show_ends()

    def _show_ends(self) -> None:
        """What was chosen at each end follows it through swaps and undo."""
        latent, images = self.explorer.latent, self._images
        for end, z, index in ((self.ends["A"], latent.a, 0), (self.ends["B"], latent.b, -1)):
            place = next((place for place in self._places if place.z == z), None)
            end.show_place(z, place)
            if place is not None and place.image is not None:
                end.show_image(place.image)
            else:
                end.show_image(None if images is None else images[index])

    def _z_of(self, index: int) -> Z:
        return tuple(self._path()[index].tolist())

    def _on_frames(self, frames: float) -> None:
        self.explorer.set_latent(
            replace(self.explorer.latent, frames=round(frames)), "Frames of the strip"
        )

    def _on_clicked(self, index: int) -> None:
        self.explorer.move_cursor(self._z_of(index))

    def _on_menu(self, index: int, position: QPoint) -> None:
        if self._images is not None:
            show_digit_menu(self, self.context, self._images[index], self._z_of(index), position)

    def _on_copy(self, index: int) -> None:
        if self._images is not None:
            copy_digit(self._images[index], self._z_of(index))

    def _on_a_chosen(self, place: NamedPoint) -> None:
        self._go("A", place)

    def _on_b_chosen(self, place: NamedPoint) -> None:
        self._go("B", place)

    def _go(self, name: str, place: NamedPoint) -> None:
        self._places = (place, *self._places)[:REMEMBERED_PLACES]
        self.explorer.set_endpoint(name, place.z)
        self._show_ends()

    def _on_end_menu(self, name: str, position: QPoint) -> None:
        end = self.ends[name]
        show_digit_menu(self, self.context, end.image, end.z, position)

    def _swap(self) -> None:
        latent = self.explorer.latent
        self.explorer.set_latent(replace(latent, a=latent.b, b=latent.a), "Swap A and B")

    def _on_walked(self, place: float) -> None:
        """Also between two frames; the pointer of the pad follows, the cursor stays."""
        points = self._path()
        before = min(int(place), len(points) - 2)
        part = place - before
        z = (1 - part) * points[before] + part * points[before + 1]
        self.strip.set_playhead(round(place))
        self.explorer.set_hover_point(tuple(z.tolist()))

    def _on_stopped(self) -> None:
        self.strip.set_playhead(None)
        self.explorer.set_hover_point(None)
