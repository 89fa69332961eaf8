"""The latent pad: encodings by class, and a cursor that decodes wherever it is dragged."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from vae_gui.core.encodings import Encodings
from vae_gui.core.latent import Z
from vae_gui.core.paths import straight
from vae_gui.core.raster import rasterise
from vae_gui.core.requests import Decode
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.context import Context
from vae_gui.ui.digit_actions import show_digit_menu
from vae_gui.ui.images import Pixels
from vae_gui.ui.panels.base import Panel
from vae_gui.ui.theme import class_color, current_theme, icon
from vae_gui.ui.widgets.legend import Legend
from vae_gui.ui.widgets.pad_marks import Marks, Point
from vae_gui.ui.widgets.pad_view import PadView

LEAST_REACH = 3.0  # of the fitted view from the origin, in σ of the prior
MANY, FEW = 5000, 1000  # encodings below which their points are drawn larger
CROWD = 3  # encodings of a class from which its name is drawn


class PadPanel(Panel):
    """Hover decodes, click or drag keeps the point; A and B are dragged like the cursor."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.view = PadView(self)
        self.legend = Legend(self)
        self._axes_bar, self._x_axis, self._y_axis = self._build_axes_bar()
        self._fitted = True
        self._centres_of: Encodings | None = None
        self._centres: dict[int, Z] = {}
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        latent = self.explorer.latent
        self._show_marks()
        self.ask("pad", Decode.of(np.array(self.explorer.peek or latent.cursor)), self._show_tile)

    def restyle(self) -> None:
        self.view.restyle()
        self._show_axes()

    def fit(self) -> None:
        """Show all encodings, and follow them while a model learns."""
        self._fitted = True
        reach = self._reach()
        self.view.fit(*reach)

    # --- building -----------------------------------------------------------

    def _build_axes_bar(self) -> tuple[QWidget, QComboBox, QComboBox]:
        bar = QWidget(self)
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(0, 0, 0, 0)
        x_axis, y_axis = QComboBox(bar), QComboBox(bar)
        for combo, name in ((x_axis, "Horizontal dimension"), (y_axis, "Vertical dimension")):
            combo.setAccessibleName(name)
            combo.setToolTip(name)
        note = QLabel("others held at the cursor", bar)
        note.setProperty("role", "muted")
        for widget in (x_axis, QLabel("×", bar), y_axis, note):
            layout.addWidget(widget)
        return bar, x_axis, y_axis

    def _lay_out(self) -> None:
        fit = QToolButton(self)
        fit.setIcon(icon("fit"))
        fit.setToolTip("Fit the view to the encodings (F)")
        fit.setAccessibleName("Fit the view")
        fit.setShortcut("F")
        fit.clicked.connect(self.fit)
        bottom = QHBoxLayout()
        bottom.addWidget(self.legend, 1)
        bottom.addWidget(self._axes_bar)
        bottom.addWidget(fit, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.view, 1)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        explorer, view = self.explorer, self.view
        explorer.cloud_changed.connect(self._on_cloud)
        explorer.peeked.connect(self._refresh_if_visible)
        view.dragged.connect(self._on_dragged)
        view.marker_dragged.connect(self._on_marker_dragged)
        view.hovered.connect(self._on_hovered)
        view.hover_ended.connect(self._on_hover_ended)
        view.nudged.connect(self._on_nudged)
        view.homed.connect(self._on_homed)
        view.marked.connect(self._on_marked)
        view.menu_requested.connect(self._on_menu)
        view.view_settled.connect(self._draw_cloud)
        view.zoomed.connect(self._on_zoomed)
        self.legend.toggled.connect(self._draw_cloud)
        self._x_axis.activated.connect(self._on_axes_chosen)
        self._y_axis.activated.connect(self._on_axes_chosen)

    # --- drawing ------------------------------------------------------------

    def enter_space(self) -> None:
        """Another model is shown: its dimensions, its classes, its encodings."""
        encodings, dims = self.explorer.encodings, self.explorer.latent_dim
        names = encodings.class_names if encodings is not None else ()
        self.legend.set_classes(names, [class_color(i, len(names)) for i in range(len(names))])
        self.legend.setVisible(bool(names))
        self._axes_bar.setVisible(dims > 2)
        for combo in (self._x_axis, self._y_axis):
            combo.clear()
            combo.addItems([f"z{i + 1}" for i in range(dims)])
        self._show_axes()
        self.fit()
        self._draw_cloud()

    def _show_axes(self) -> None:
        x, y = self.explorer.latent.axes
        self._x_axis.setCurrentIndex(x)
        self._y_axis.setCurrentIndex(y)
        self.view.set_axes(f"z{x + 1}", f"z{y + 1}")

    def _on_cloud(self) -> None:
        encodings = self.explorer.encodings
        if encodings is not None and self.legend.names != encodings.class_names:
            self.enter_space()
        x0, x1, y0, y1 = self._reach()
        view = self.view.view
        inside = view.x0 <= x0 and x1 <= view.x1 and view.y0 <= y0 and y1 <= view.y1
        small = (x1 - x0) * (y1 - y0) < 0.25 * (view.x1 - view.x0) * (view.y1 - view.y0)
        if self._fitted and (small or not inside):
            self.fit()
        self._draw_cloud()

    def _draw_cloud(self) -> None:
        encodings = self.explorer.encodings
        if encodings is None:
            self.view.set_cloud(None, self.view.view)
            self._show_marks()
            return
        points = encodings.mu[:, list(self.explorer.latent.axes)]
        colors = self._colors(encodings)
        if encodings.labels is not None:
            shown = np.isin(encodings.labels, list(self.legend.visible_classes()))
            points, colors = points[shown], colors[shown]
        view = self.view.view
        radius = round((1 + (len(points) < MANY) + (len(points) < FEW)) * self.devicePixelRatioF())
        self.view.set_cloud(rasterise(points, colors, view, radius), view)
        self._show_marks()

    def _colors(self, encodings: Encodings) -> np.ndarray:
        if encodings.labels is None:
            return np.tile(_rgb(current_theme().accent), (len(encodings), 1))
        count = len(encodings.class_names)
        palette = np.array([_rgb(class_color(i, count)) for i in range(count)])
        return palette[encodings.labels]

    def _reach(self) -> tuple[float, float, float, float]:
        encodings = self.explorer.encodings
        if encodings is None or not len(encodings):
            return -LEAST_REACH, LEAST_REACH, -LEAST_REACH, LEAST_REACH
        points = encodings.mu[:, list(self.explorer.latent.axes)]
        low = np.minimum(np.quantile(points, 0.002, axis=0), -LEAST_REACH)
        high = np.maximum(np.quantile(points, 0.998, axis=0), LEAST_REACH)
        return float(low[0]), float(high[0]), float(low[1]), float(high[1])

    def _show_marks(self) -> None:
        latent = self.explorer.latent
        path = straight(np.array(latent.a), np.array(latent.b), latent.frames)
        peek = self.explorer.peek
        self.view.set_marks(
            Marks(
                cursor=self._plane(latent.cursor),
                hover=None if peek is None else self._plane(peek),
                markers=(("A", self._plane(latent.a)), ("B", self._plane(latent.b))),
                path=tuple(self._plane(tuple(z)) for z in path.tolist()),
                labels=self._class_labels(),
                tile=self.view.marks.tile,
            )
        )

    def _class_labels(self) -> tuple[tuple[str, Point], ...]:
        """The name of each visible class at the median of its encodings."""
        encodings = self.explorer.encodings
        if encodings is None or encodings.labels is None:
            return ()
        if self._centres_of is not encodings:
            self._centres_of, self._centres = encodings, class_medians(encodings)
        visible = self.legend.visible_classes()
        return tuple(
            (encodings.class_names[label], self._plane(z))
            for label, z in self._centres.items()
            if label in visible
        )

    def _show_tile(self, answer: Answer[Pixels]) -> None:
        self.view.set_marks(replace(self.view.marks, tile=answer.value[0]))

    # --- moving -------------------------------------------------------------

    def _plane(self, z: Z) -> Point:
        x, y = self.explorer.latent.axes
        return z[x], z[y]

    def _on_plane(self, z: Z, x: float, y: float) -> Z:
        """z with its two shown coordinates replaced."""
        moved = list(z)
        x_axis, y_axis = self.explorer.latent.axes
        moved[y_axis] = y
        moved[x_axis] = x
        return tuple(moved)

    def _on_dragged(self, x: float, y: float, gesture: int) -> None:
        self.explorer.set_peek(None)
        self.explorer.move_cursor(self._on_plane(self.explorer.latent.cursor, x, y), gesture)

    def _on_marker_dragged(self, name: str, x: float, y: float, gesture: int) -> None:
        latent = self.explorer.latent
        old = latent.a if name == "A" else latent.b
        self.explorer.set_endpoint(name, self._on_plane(old, x, y), gesture)

    def _on_hovered(self, x: float, y: float) -> None:
        self.explorer.set_peek(self._on_plane(self.explorer.latent.cursor, x, y))

    def _on_hover_ended(self) -> None:
        self.explorer.set_peek(None)

    def _on_nudged(self, dx: float, dy: float) -> None:
        cursor = self.explorer.latent.cursor
        x, y = self._plane(cursor)
        self.explorer.move_cursor(self._on_plane(cursor, x + dx, y + dy))

    def _on_homed(self) -> None:
        self.explorer.move_cursor((0.0,) * self.explorer.latent_dim)

    def _on_marked(self, name: str) -> None:
        self.explorer.set_endpoint(name, self.explorer.peek or self.explorer.latent.cursor)

    def _on_menu(self, position: QPoint, x: float, y: float) -> None:
        z = self._on_plane(self.explorer.latent.cursor, x, y)
        show_digit_menu(self, self.context, self.view.marks.tile, z, position)

    def _on_zoomed(self) -> None:
        self._fitted = False

    def _on_axes_chosen(self) -> None:
        axes = (self._x_axis.currentIndex(), self._y_axis.currentIndex())
        self.explorer.set_latent(replace(self.explorer.latent, axes=axes), "Choose axes")
        self._show_axes()
        self.fit()
        self._draw_cloud()


def class_medians(encodings: Encodings) -> dict[int, Z]:
    """The median μ of every class that has a few images."""
    assert encodings.labels is not None
    medians = {}
    for label in range(len(encodings.class_names)):
        members = encodings.mu[encodings.labels == label]
        if len(members) >= CROWD:
            medians[label] = tuple(np.median(members, axis=0).tolist())
    return medians


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
