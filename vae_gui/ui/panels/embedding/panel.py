"""The embedding panel: encodings of any number of dimensions laid out in two by PCA, t-SNE or UMAP."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.analysis.embedding import (
    METHODS,
    Embedding,
    EmbeddingSettings,
)
from vae_gui.core.inference.requests import Decode
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.ui_state import Scalar, Values, as_values, with_values
from vae_gui.core.support.types import Pixels
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.live.embedding import LiveEmbedding
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.embedding.controls import EmbeddingControls
from vae_gui.ui.panels.embedding.spoken import EmbeddingSpoken
from vae_gui.ui.panels.embedding.view import EmbeddingView
from vae_gui.ui.parts.digit_actions import show_digit_menu
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.panel_export import PanelExport, encodings_exports
from vae_gui.ui.plane.marks import Marks
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.legend import Legend
from vae_gui.ui.widgets.tool_button import tool_button


class EmbeddingPanel(Panel):
    """PCA follows the weights; t-SNE and UMAP are made when asked for and marked once they are stale."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.embedding: Embedding | None = None
        self._pointed: int | None = None
        self._tile: Pixels | None = None
        self.live = LiveEmbedding(context, self)
        self.watch_while_visible(self.live)
        self.controls = EmbeddingControls(self)
        self.view = EmbeddingView(self)
        self.empty = Label(self)
        self.stack = QStackedWidget(self)
        self.legend = Legend(self)
        self.note, self.problem = Label(self), Label(self)
        self.copy_button = tool_button("copy", "Copy the line that installs it", self)
        self._lay_out()
        self._connect()

    def set_model(self) -> None:
        self._show_embedding()

    def refresh(self) -> None:
        self._show_embedding()
        self._show_marks()

    @qt_override
    def hideEvent(self, event: QHideEvent) -> None:
        self._on_hover_ended()
        super().hideEvent(event)

    def restyle(self) -> None:
        self.view.restyle()
        self.view.draw()

    def exports(self) -> tuple[PanelExport, ...]:
        shown = self.embedding
        return () if shown is None else encodings_exports(shown.encodings, shown.points)

    def compute(self) -> None:
        """Make the embedding anew from the current weights; one in progress is given up."""
        self.live.compute()

    def _lay_out(self) -> None:
        self.note.setProperty("role", "small")
        self.problem.setProperty("role", "problem")
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        self.view.setToolTip("Click or drag: the cursor goes to the nearest encoding")
        fit = tool_button("fit", "Fit the view to the embedding", self)
        fit.clicked.connect(self.view.fit_all)
        self.title_tools = (self.controls, fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.stack, 1)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.note.setWordWrap(True)
        problem = QHBoxLayout()
        problem.addWidget(self.problem, 1)
        problem.addWidget(self.copy_button)
        self.copy_button.hide()
        self.copy_button.clicked.connect(self._copy_install_line)
        layout.addWidget(self.note)
        layout.addLayout(problem)
        layout.addWidget(self.legend)

    def _connect(self) -> None:
        view = self.view
        EmbeddingSpoken(self, view)
        self.explorer.weights.changed.connect(self._on_weights)
        self.live.changed.connect(self._show_embedding)
        self.controls.changed.connect(self.live.set_settings)
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

    def state(self) -> dict[str, Scalar]:
        return as_values(self.controls.settings)

    def restore_state(self, values: Values) -> None:
        self.controls.set_settings(with_values(self.controls.settings, values))

    def _show_embedding(self) -> None:
        known, self.embedding = self.embedding, self.live.value
        if (
            self.embedding is None
            or known is None
            or known.encodings is not self.embedding.encodings
        ):
            self._on_hover_ended()
        if self.embedding is not known:
            self._show_classes()
            self._draw()
        self.controls.set_busy(self.live.busy and not METHODS[self.controls.settings.method].live)
        self._show_note()

    def _show_classes(self) -> None:
        names: tuple[str, ...] = ()
        if self.embedding is not None and self.embedding.encodings.labels is not None:
            names = self.embedding.encodings.class_names
        if names != self.legend.names:
            self.legend.set_classes(names)
        self.legend.setVisible(bool(names))
        self.stack.setCurrentWidget(self.empty if self.embedding is None else self.view)

    def _draw(self) -> None:
        self.view.set_embedding(self.embedding, self.legend.visible_classes())
        self._show_marks()

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
        settings, shown = self.controls.settings, self.embedding
        stale = not METHODS[settings.method].live and self._is_stale() and not self.live.busy
        self.controls.set_urged(stale)
        self.empty.setText(self._what_is_missing())
        self.note.setText("" if shown is None else what_is_shown(shown, settings, stale))
        self.note.setVisible(shown is not None)
        self.problem.setText(self.live.problem)
        self.problem.setVisible(bool(self.live.problem))
        missing = bool(METHODS[settings.method].install_line)
        self.copy_button.setVisible(bool(self.live.problem) and missing)

    def _is_stale(self) -> bool:
        """Whether weights or settings have changed since the embedding was made."""
        snapshot, shown = self.explorer.weights.snapshot, self.embedding
        if shown is None or snapshot is None:
            return True
        place = (snapshot.run_id, snapshot.step)
        return shown.settings != self.controls.settings or (shown.run_id, shown.step) != place

    def _what_is_missing(self) -> str:
        if not self.live.possible:
            return "This lays out the encodings of test images, and there are none here yet."
        if self.live.busy:
            progress = self.live.progress
            return f"{progress.text}…" if progress else "The embedding appears in a moment…"
        entry = METHODS[self.controls.settings.method]
        return f"{entry.description}\nPress Compute to make this embedding."

    def _copy_install_line(self) -> None:
        line = METHODS[self.controls.settings.method].install_line
        QGuiApplication.clipboard().setText(line)
        self.context.notices.done("The line is in the clipboard: paste it into a terminal")

    def _on_weights(self) -> None:
        if self.isVisible():
            self._show_note()

    def _on_pressed(self) -> None:
        if self.live.busy:
            self.live.cancel()
        else:
            self.compute()

    def _on_dragged(self, x: float, y: float, drag_id: DragId) -> None:
        index = self.view.nearest_at(x, y)
        if index is not None:
            self._on_hover_ended()
            self.explorer.move_cursor(self.view.z_of(index), drag_id)

    def _on_marker_dragged(self, name: str, x: float, y: float, drag_id: DragId) -> None:
        index = self.view.nearest_at(x, y)
        if index is not None:
            self.explorer.set_endpoint(name, self.view.z_of(index), drag_id)

    def _on_hovered(self, x: float, y: float) -> None:
        index = self.view.nearest_at(x, y)
        if index is None or index == self._pointed:
            return
        self._pointed, z = index, self.view.z_of(index)
        originals = self.live.originals
        self._tile = None if originals is None else originals[index]
        if originals is None:
            self.ask("embedding", Decode.of(np.array(z)), self._show_tile)
        self.explorer.set_hover_point(z)
        self._show_marks()

    def _on_hover_ended(self) -> None:
        if self._pointed is not None:
            self._pointed = self._tile = None
            self.forget("embedding")
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
        self.explorer.set_endpoint(name, self.explorer.focus_point)

    def _on_menu(self, position: QPoint, x: float, y: float) -> None:
        index = self.view.nearest_at(x, y)
        if index is not None:
            show_digit_menu(self, self.context, self._tile, self.view.z_of(index), position)

    def _show_tile(self, answer: Answer[Pixels]) -> None:
        self._tile = answer.value[0]
        self._show_marks()


def what_is_shown(shown: Embedding, settings: EmbeddingSettings, stale: bool) -> str:
    """What an embedding was made of, in words; settings: the current ones."""
    text = (
        f"{METHODS[shown.settings.method].title} of {grouped(len(shown.points))} test images, "
        f"computed at step {grouped(shown.step)}."
    )
    if shown.encodings.latent_dim <= 2:
        text += " The pad shows these dimensions as they are."
    if stale and shown.settings == settings:
        text += " Stale: the weights have moved."
    elif stale:
        text += " Press Compute for a new embedding."
    return text
