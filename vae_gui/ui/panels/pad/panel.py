"""The latent pad: encodings by class, and a cursor that decodes wherever it is dragged."""

import time
from dataclasses import replace

import numpy as np
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Decode
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.state.ui_state import Scalar, Values
from vae_gui.core.support.types import Pixels
from vae_gui.core.vae.models import MODELS
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.pad.axes_bar import AxesBar
from vae_gui.ui.panels.pad.background import PadBackground
from vae_gui.ui.panels.pad.gestures import SNAP, PadGestures
from vae_gui.ui.panels.pad.hover_card import HoverCardSource
from vae_gui.ui.panels.pad.layers_form import LayersForm
from vae_gui.ui.panels.pad.paths import PadPaths
from vae_gui.ui.panels.pad.posterior import PadPosterior
from vae_gui.ui.panels.pad.projection import Projection
from vae_gui.ui.panels.pad.spoken import PadSpoken
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.parts.panel_export import PanelExport, encodings_exports
from vae_gui.ui.plane.edge_handles import is_within_reach
from vae_gui.ui.plane.marks import Marks, Point
from vae_gui.ui.plane.overlays import shows
from vae_gui.ui.plane.scatter import ClassCentres, PadScatter, reach_of
from vae_gui.ui.plane.scene import Ellipses
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.widgets.legend import Legend
from vae_gui.ui.widgets.popup import Popup
from vae_gui.ui.widgets.tool_button import tool_button

RASTER_SHARE = 3  # of the time between two pictures of the scatter, while the view moves


class PadPanel(Panel):
    """Hover decodes, click or drag keeps the point; A and B are dragged like the cursor."""

    refresh_on = RefreshOn.AT_ONCE

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.view = PadView(self)
        self.projection = Projection(self.explorer)
        self.legend = Legend(self)
        self.layers_form = LayersForm()
        self._popup = Popup(self.layers_form, self)
        self.axes_bar = AxesBar(self)
        self.background = PadBackground(self, self.view, self.projection)
        self.card = HoverCardSource(self)
        self.posterior = PadPosterior(self, self.view)
        self._fitted = True
        self._scatter: PadScatter | None = None
        self._centres = ClassCentres()
        self.paths = PadPaths(self, self.view, self.projection)
        self.gestures = PadGestures(
            self, self.view, self.projection, self.card, self.paths, self._hoverable
        )
        PadSpoken(self, self.view, self.projection, self._hoverable)
        self._shown_axes = (0, 1)
        self._turned = False
        self._lay_out()
        self._connect()
        self.watch_while_visible(context.coverage)

    def refresh(self) -> None:
        self.ask("pad", Decode.of(np.array(self.explorer.focus_point)), self._show_tile)
        self._show_marks()

    def restyle(self) -> None:
        self.view.restyle()
        self._show_axes()
        self._draw_scatter()
        self.background.touch()
        self.posterior.show()

    def state(self) -> dict[str, Scalar]:
        return {"snap": self.snap_button.isChecked()}

    def restore_state(self, values: Values) -> None:
        self.snap_button.setChecked(values.get("snap") is True)

    def exports(self) -> tuple[PanelExport, ...]:
        encodings = self.explorer.scatter.encodings
        return () if encodings is None else encodings_exports(encodings)

    def fit(self) -> None:
        """Show the encodings but for their outliers, and follow them while a model learns."""
        self._fitted = True
        self.view.fit(*reach_of(self.projection.encodings(), self.explorer.latent.axes))

    def fit_all(self) -> None:
        """Show every encoding, the cursor, the path with its ends and keyframes, and the drawing."""
        self._fitted = True
        encodings, axes = self.projection.encodings(), self.explorer.latent.axes
        x0, x1, y0, y1 = reach_of(encodings, axes, left_out=0)
        places = [self.view.marks.cursor, *self.paths.places()]
        places += [self.posterior.middle] if self.posterior.middle is not None else []
        for x, y in filter(is_within_reach, places):
            x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
        self.view.fit(x0, x1, y0, y1)

    def zoom_to_drawing(self) -> None:
        """Show the posterior of the drawing, as large as the view is."""
        extent = self.posterior.extent()
        if extent is not None:
            self._fitted = False
            self.view.fit(*extent)

    def set_layers(self, layers: PadLayers) -> None:
        """Show another background or other overlays."""
        self.explorer.set_layers(layers)

    @property
    def layers(self) -> PadLayers:
        return self.explorer.layers

    @qt_override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.background.touch()

    @qt_override
    def hideEvent(self, event: QHideEvent) -> None:
        self.card.hide()
        super().hideEvent(event)

    def _lay_out(self) -> None:
        fit = self._tool("fit", "Fit the view to the encodings and all marks (F)", "F")
        fit.clicked.connect(self.fit_all)
        self.layers_button = self._tool("layers", "Layers of the pad (L)", "L")
        self.layers_button.clicked.connect(lambda: self._popup.open_under(self.layers_button))
        self.snap_button = self._tool(
            "snap", f"Snap what is dragged to multiples of {SNAP} (G)", "G"
        )
        self.snap_button.setCheckable(True)
        self.snap_button.toggled.connect(self._on_snap)
        self.title_tools = (self.layers_button, self.snap_button, fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.axes_bar)
        layout.addWidget(self.legend)

    def _tool(self, name: str, tip: str, key: str) -> QToolButton:
        button = tool_button(name, tip, self)
        self.bind_letter(key, button.click)
        return button

    def _connect(self) -> None:
        explorer, view = self.explorer, self.view
        explorer.scatter.changed.connect(self._on_scatter)
        explorer.hover_changed.connect(self._refresh_if_visible)
        explorer.latent_changed.connect(self._on_latent)
        explorer.layers_changed.connect(self._on_layers)
        explorer.weights.alignment_changed.connect(self._on_scatter)
        view.view_settled.connect(self._on_view_settled)
        view.zoomed.connect(self._on_zoomed)
        self.card.changed.connect(self._show_marks)
        self.legend.toggled.connect(self._on_legend)
        self.layers_form.chosen.connect(self.set_layers)
        self.axes_bar.chosen.connect(self._on_axes_chosen)

    def set_model(self) -> None:
        """Another model is shown: its dimensions, its classes, its encodings."""
        encodings, dims = self.explorer.scatter.encodings, self.explorer.latent_dim
        names = encodings.class_names if encodings is not None else ()
        self.legend.set_classes(names)
        self.legend.setVisible(bool(names))
        self.axes_bar.set_dimensions(dims)
        self.layers_form.set_deterministic(self._is_deterministic())
        self._show_layers()
        self._show_axes()
        self.fit()
        self._draw_scatter()
        self.background.touch()

    def _is_deterministic(self) -> bool:
        snapshot = self.explorer.weights.snapshot
        return snapshot is not None and MODELS[snapshot.model.architecture].deterministic

    def _show_axes(self) -> None:
        x, y = self._shown_axes = self.explorer.latent.axes
        self._turned = self.projection.turned
        self.axes_bar.show_axes((x, y))
        of = " of the last moment" if self._turned else ""
        names = f"z{x + 1}{of}", f"z{y + 1}{of}" if self.explorer.latent_dim > 1 else ""
        self.view.set_axes(*names)

    def _on_scatter(self) -> None:
        encodings = self.projection.encodings()
        if encodings is not None and self.legend.names != encodings.class_names:
            self.set_model()
        x0, x1, y0, y1 = reach_of(encodings, self.explorer.latent.axes)
        view = self.view.view
        inside = view.x0 <= x0 and x1 <= view.x1 and view.y0 <= y0 and y1 <= view.y1
        small = (x1 - x0) * (y1 - y0) < 0.25 * (view.x1 - view.x0) * (view.y1 - view.y0)
        if self._fitted and (small or not inside):
            self.fit()
        if self._turned != self.projection.turned:
            self._show_axes()
            self.background.touch()
        self._draw_scatter()

    def _draw_scatter(self) -> None:
        encodings, view = self.projection.encodings(), self.view.view
        started = time.perf_counter()
        self._scatter = None
        if encodings is not None and len(encodings):
            classes = self.legend.visible_classes()
            self._scatter = PadScatter.of(
                encodings, self.explorer.latent.axes, classes, self.explorer.weights.alignment
            )
            self.background.shown = self._scatter.shown
        picture = None
        if self._scatter is not None and self._shows("encodings"):
            picture = self._scatter.picture(view, self.devicePixelRatioF())
        self.view.set_scatter(picture, view)
        ellipses = Ellipses()
        if self._scatter is not None and self._shows("posterior_ellipses"):
            ellipses = self._scatter.posterior_ellipses()
        self.view.set_ellipses(ellipses)
        self._show_marks()
        self.view.settle_after(round(1000 * RASTER_SHARE * (time.perf_counter() - started)))

    def _hoverable(self) -> PadScatter | None:
        return self._scatter if self._shows("encodings") else None

    def _show_marks(self) -> None:
        latent = self.explorer.latent
        markers: tuple[tuple[str, Point], ...] = ()
        if self._shows("path"):
            markers = ("A", self.projection.place(latent.a)), ("B", self.projection.place(latent.b))
        hover_point = self.explorer.hover_point
        marks = Marks(
            cursor=self.projection.place(latent.cursor),
            hover=None if hover_point is None else self.projection.place(hover_point),
            markers=markers,
            labels=self._class_labels() if self._shows("class_names") else (),
            tile=self.view.marks.tile if self._shows("digit") else None,
            card=self.card.card,
        )
        self.view.set_marks(self.paths.on(marks) if self._shows("path") else marks)

    def _class_labels(self) -> tuple[tuple[str, Point], ...]:
        """The name of each visible class at the median of its encodings."""
        if self._scatter is None:
            return ()
        return self._scatter.labels(self._centres.of(self._scatter.encodings), self.view.view)

    def _show_tile(self, answer: Answer[Pixels]) -> None:
        if self._shows("digit"):
            self.view.set_tile(answer.value[0])

    def _on_snap(self, on: bool) -> None:
        self.gestures.snaps = on

    def _on_zoomed(self) -> None:
        self._fitted = False

    def _on_view_settled(self) -> None:
        self._draw_scatter()
        self.background.touch()

    def _on_latent(self) -> None:
        if self.explorer.latent.axes != self._shown_axes:
            self._show_axes()
            self.fit()
            self._draw_scatter()
            self.background.touch()
        elif self.explorer.latent_dim > 2:
            self.background.touch()

    def _on_layers(self) -> None:
        self._show_layers()
        self.background.touch()
        self._draw_scatter()

    def _show_layers(self) -> None:
        self.layers_form.show_layers(self.layers)
        self.view.set_layers(self.layers)

    def _shows(self, overlay: str) -> bool:
        return shows(self.layers, overlay)

    def _on_legend(self) -> None:
        self._draw_scatter()
        self.background.touch()

    def _on_axes_chosen(self, x: int, y: int) -> None:
        self.explorer.set_latent(replace(self.explorer.latent, axes=(x, y)), "Choose axes")
