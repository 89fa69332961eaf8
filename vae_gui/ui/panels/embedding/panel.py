"""The map: encodings of any number of dimensions laid out in two, by PCA, t-SNE or UMAP (A11)."""

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.analysis.embedding import (
    METHODS,
    Embedding,
    EmbeddingSettings,
)
from vae_gui.core.inference.requests import Decode
from vae_gui.core.state.ui_state import Scalar, Values, as_values, with_values
from vae_gui.core.support.types import Pixels
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.live.embedding import EmbeddingMaker
from vae_gui.ui.panels.embedding.controls import EmbeddingControls
from vae_gui.ui.panels.embedding.view import EmbeddingView
from vae_gui.ui.parts.digit_actions import show_digit_menu
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.marks import Marks
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.style.theme import class_color, icon
from vae_gui.ui.widgets.legend import Legend

LIVE_INTERVAL_MS = 2000


class EmbeddingPanel(Panel):
    """PCA follows the weights; t-SNE and UMAP are made when asked for and marked once they are stale."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.map: Embedding | None = None
        self.originals: Pixels | None = None  # of the map's encodings, where they are in memory
        self._pointed: int | None = None
        self._tile: Pixels | None = None
        self.maker = EmbeddingMaker(context, self)
        self.controls = EmbeddingControls(self)
        self.view = EmbeddingView(self)
        self.empty = QLabel(self)
        self.stack = QStackedWidget(self)
        self.legend = Legend(self)
        self.note, self.problem = QLabel(self), QLabel(self)
        self._throttle = QTimer(self, interval=LIVE_INTERVAL_MS, singleShot=True)
        self._lay_out()
        self._connect()

    def set_model(self) -> None:
        self.maker.cancel()
        self.maker.key = None
        self._throttle.stop()
        self._show_problem("")
        self._on_moved(None, None)

    def refresh(self) -> None:
        self._show_marks()
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        self._on_hover_ended()
        super().hideEvent(event)

    def restyle(self) -> None:
        self.view.restyle()
        self.view.draw()

    def compute(self) -> None:
        """Make the map anew from the weights of now; a map in progress is given up."""
        self._show_problem("")
        self._throttle.start()
        self.maker.begin(self.controls.settings, self.map)
        self._show_note()

    # --- building -----------------------------------------------------------

    def _lay_out(self) -> None:
        self.note.setProperty("role", "small")
        self.problem.setProperty("role", "problem")
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        self.view.setToolTip("Click or drag: the cursor goes to the nearest encoding")
        fit = QToolButton(self)
        fit.setIcon(icon("fit"))
        fit.setToolTip("Fit the view to the map")
        fit.setAccessibleName("Fit the view to the map")
        fit.clicked.connect(self.view.fit_all)
        bar = QHBoxLayout()
        bar.setSpacing(4)
        bar.addWidget(self.controls, 1)
        bar.addWidget(fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(bar)
        layout.addWidget(self.stack, 1)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for widget in (self.note, self.problem, self.legend):
            layout.addWidget(widget)

    def _show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _connect(self) -> None:
        explorer, view, training = self.explorer, self.view, self.context.training
        for signal in (
            explorer.scatter_changed,
            explorer.images_changed,
            explorer.timeline_entry_changed,
            training.snapshot_changed,
            training.phase_changed,
            self._throttle.timeout,
        ):
            signal.connect(self._on_weights)
        self.maker.moved.connect(self._on_moved)
        self.maker.failed.connect(self._show_problem)
        self.maker.busy_changed.connect(self._on_busy)
        self.controls.changed.connect(self._on_settings)
        self.controls.pressed.connect(self._on_pressed)
        self.legend.toggled.connect(self._draw)
        view.dragged.connect(self._on_dragged)
        view.marker_dragged.connect(self._on_marker_dragged)
        view.hovered.connect(self._on_hovered)
        view.hover_ended.connect(self._on_hover_ended)
        view.nudged.connect(self._on_nudged)
        view.homed.connect(self._on_homed)
        view.marked.connect(self._on_marked)
        view.menu_requested.connect(self._on_menu)

    def choices(self) -> dict[str, Scalar]:
        return as_values(self.controls.settings)

    def choose(self, values: Values) -> None:
        self.controls.set_settings(with_values(self.controls.settings, values))

    # --- showing ------------------------------------------------------------

    def _on_moved(self, encoding_map: Embedding | None, originals: Pixels | None) -> None:
        if (
            encoding_map is None
            or self.map is None
            or encoding_map.encodings is not self.map.encodings
        ):
            self._on_hover_ended()
        self.map, self.originals = encoding_map, originals
        names: tuple[str, ...] = ()
        if encoding_map is not None and encoding_map.encodings.labels is not None:
            names = encoding_map.encodings.class_names
        if names != self.legend.names:
            self.legend.set_classes(names, [class_color(i, len(names)) for i in range(len(names))])
        self.legend.setVisible(bool(names))
        self.stack.setCurrentWidget(self.empty if encoding_map is None else self.view)
        self._draw()

    def _draw(self) -> None:
        self.view.set_map(self.map, self.legend.visible_classes())
        self._show_marks()
        self._show_note()

    def _show_marks(self) -> None:
        latent, view = self.explorer.latent, self.view
        places = []
        for z in (latent.cursor, latent.a, latent.b):
            index = view.nearest_in_space(z)
            if index is None:
                return
            places.append(view.place_of(index))
        hover = None if self._pointed is None else view.place_of(self._pointed)
        view.set_marks(
            Marks(
                cursor=places[0],
                hover=hover,
                markers=(("A", places[1]), ("B", places[2])),
                labels=view.labels,
                tile=None if hover is None else self._tile,
            )
        )

    def _show_note(self) -> None:
        settings = self.controls.settings
        live = METHODS[settings.method].live
        stale = not live and self._is_stale() and not self.maker.is_busy
        self.controls.set_urged(stale)
        self.empty.setText(self._what_is_missing())
        self.note.setText("" if self.map is None else what_is_shown(self.map, settings, stale))
        self.note.setVisible(self.map is not None)

    def _is_stale(self) -> bool:
        """Whether the weights or the settings are others than those of the map."""
        snapshot, shown = self.explorer.snapshot, self.map
        if shown is None or snapshot is None:
            return True
        place = (snapshot.run_id, snapshot.step)
        return shown.settings != self.controls.settings or (shown.run_id, shown.step) != place

    def _what_is_missing(self) -> str:
        if self.maker.key_of_now(self.controls.settings) is None:
            return "The map lays out the encodings of test images, and there are none here yet."
        if self.maker.is_busy:
            return "The map appears in a moment…"
        entry = METHODS[self.controls.settings.method]
        return f"{entry.description}\nPress Compute to make this map."

    # --- events -------------------------------------------------------------

    def _on_weights(self) -> None:
        if self.isVisible():
            self._follow()

    def _follow(self) -> None:
        """Have a live method's map made where it is out of date, not more often than every 2 s."""
        self._show_note()
        settings = self.controls.settings
        if not METHODS[settings.method].live or self.maker.is_busy or self._throttle.isActive():
            return
        key = self.maker.key_of_now(settings)
        if key is not None and key != self.maker.key:
            self.compute()

    def _on_busy(self) -> None:
        settings = self.controls.settings
        self.controls.set_busy(self.maker.is_busy and not METHODS[settings.method].live)
        self._on_weights()

    def _on_settings(self) -> None:
        self._show_problem("")
        self._throttle.stop()
        self.maker.cancel()
        self._follow()

    def _on_pressed(self) -> None:
        if self.maker.is_busy:
            self.maker.cancel()
        else:
            self.compute()

    def _on_dragged(self, x: float, y: float, drag_id: int) -> None:
        index = self.view.nearest_on_map(x, y)
        if index is not None:
            self._on_hover_ended()
            self.explorer.move_cursor(self.view.z_of(index), drag_id)

    def _on_marker_dragged(self, name: str, x: float, y: float, drag_id: int) -> None:
        index = self.view.nearest_on_map(x, y)
        if index is not None:
            self.explorer.set_endpoint(name, self.view.z_of(index), drag_id)

    def _on_hovered(self, x: float, y: float) -> None:
        index = self.view.nearest_on_map(x, y)
        if index is None or index == self._pointed:
            return
        self._pointed, z = index, self.view.z_of(index)
        self._tile = None if self.originals is None else self.originals[index]
        if self.originals is None:
            self.ask("map", Decode.of(np.array(z)), self._show_tile)
        self.explorer.set_hover_point(z)
        self._show_marks()

    def _on_hover_ended(self) -> None:
        if self._pointed is not None:
            self._pointed = self._tile = None
            self.forget("map")
            self.explorer.set_hover_point(None)
            self._show_marks()

    def _on_nudged(self, dx: float, dy: float) -> None:
        """To the next encoding in that direction, however long a step is elsewhere."""
        index = self.view.nearest_in_space(self.explorer.latent.cursor)
        if index is not None:
            found = self.view.next_towards(index, (float(np.sign(dx)), float(np.sign(dy))))
            self.explorer.move_cursor(self.view.z_of(found))

    def _on_homed(self) -> None:
        index = self.view.nearest_in_space((0.0,) * self.explorer.latent_dim)
        if index is not None:
            self.explorer.move_cursor(self.view.z_of(index))

    def _on_marked(self, name: str) -> None:
        self.explorer.set_endpoint(name, self.explorer.hover_point or self.explorer.latent.cursor)

    def _on_menu(self, position: QPoint, x: float, y: float) -> None:
        index = self.view.nearest_on_map(x, y)
        if index is not None:
            show_digit_menu(self, self.context, self._tile, self.view.z_of(index), position)

    def _show_tile(self, answer: Answer[Pixels]) -> None:
        self._tile = answer.value[0]
        self._show_marks()


def what_is_shown(shown: Embedding, settings: EmbeddingSettings, stale: bool) -> str:
    """What a map was made of, in words; settings: those of now."""
    text = (
        f"{METHODS[shown.settings.method].title} of {grouped(len(shown.points))} test images, "
        f"computed at step {grouped(shown.step)}."
    )
    if shown.encodings.latent_dim <= 2:
        text += " The pad shows these dimensions as they are."
    if stale and shown.settings == settings:
        text += " Stale: the weights have moved."
    elif stale:
        text += " Press Compute for the new map."
    return text
