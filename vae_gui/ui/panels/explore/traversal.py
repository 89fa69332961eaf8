"""The traversal panel: for each dimension a row of digits that is also its slider, or a plane of two."""

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Decode
from vae_gui.core.latent.traversal import (
    FEW,
    RANGE,
    TRACK,
    along,
    folded,
    percentile_values,
    ranked,
    track,
)
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.ui_state import Scalar, Values
from vae_gui.core.support.types import Pixels, Z
from vae_gui.core.vae.encodings import Range, importance
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.explore.bar import TraversalBar
from vae_gui.ui.panels.explore.plane import PlaneView
from vae_gui.ui.panels.explore.plane_digits import PlaneDigits
from vae_gui.ui.panels.explore.row import TraversalRow
from vae_gui.ui.panels.explore.row_player import RowPlayer
from vae_gui.ui.panels.explore.rows import TraversalRows
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.point_chooser import NamedPoint
from vae_gui.ui.widgets.label import Label

MIN_ROWS = 80  # pixels, of which the rest is scrolled to


class Traversal(Panel):
    """What does not move is held at the start: the cursor as it goes, or a point that was chosen."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.start: NamedPoint | None = None
        self.bar = TraversalBar(self)
        self.films = TraversalRows(self)
        self._player = RowPlayer(self)
        self.plane = PlaneView("Plane of two dimensions", self)
        self.note = Label(self)
        self.note.setProperty("role", "small")
        self.note.setWordWrap(True)
        self._digits = PlaneDigits(self, self.plane, self.bar)
        self._tracks_known = False
        self._resized = QTimer(self, interval=30, singleShot=True)
        self._stack = QStackedWidget(self)
        self._stack.setMinimumHeight(MIN_ROWS)
        self._stack.addWidget(self.films)
        self._stack.addWidget(self.plane)
        self._lay_out()
        self._connect()

    @property
    def rows(self) -> tuple[TraversalRow, ...]:
        return self.films.rows

    @property
    def start_z(self) -> Z:
        return self.start.z if self.start else self.explorer.latent.cursor

    def refresh(self) -> None:
        self._stack.setCurrentIndex(1 if self.bar.is_plane else 0)
        self._show_note()
        if self.bar.is_plane:
            for row in self.rows:
                self.forget(f"traversal-{row.dimension}")
            x, y = (self._codes(axis) for axis in self.bar.axes)
            self._digits.ask(self.start_z, None if x is None or y is None else (x, y))
        else:
            self._digits.forget()
            self._ask_rows()

    def state(self) -> dict[str, Scalar]:
        return self.bar.state()

    def restore_state(self, values: Values) -> None:
        self.bar.restore_state(values)

    @qt_override
    def hasHeightForWidth(self) -> bool:
        """The bar's lines depend on the width, but all below them gives way."""
        return False

    @qt_override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._player.stop()

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    def set_model(self) -> None:
        dims = self.explorer.latent_dim
        self.start = None
        self._tracks_known = self.explorer.scatter.encodings is not None
        self._digits.clear()
        for row in self.films.set_dimensions(dims):
            row.set_range(*self._track(row.dimension))
            self._player.take(row)
            row.moved.connect(self._on_moved)
            row.drag_finished.connect(self._arrange)
            row.reset.connect(self._on_reset)
            row.menu_requested.connect(self._on_row_menu)
            row.copy_requested.connect(self._on_row_copy)
        self._arrange()
        self.bar.set_space(dims, self.explorer.latent.axes)
        self._resized.start()

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(8, 0, 8, 4)
        top.setSpacing(4)
        top.addWidget(self.bar)
        top.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._resized.timeout.connect(self._refresh_if_visible)
        self.films.exposed.connect(self._resized.start)
        self.bar.changed.connect(self._refresh_if_visible)
        self.bar.recentred.connect(self._on_recentred)
        self.bar.reset_all.connect(self._on_reset_all)
        self.bar.start.chosen.connect(self._on_start)
        self.bar.start.live_chosen.connect(self._on_live)
        self.explorer.scatter.changed.connect(self._on_scatter)
        self.explorer.weights.alignment_changed.connect(self._refresh_if_visible)

    def _ask_rows(self) -> None:
        cursor, start = self.explorer.latent.cursor, self.start_z
        options = self.bar.row_form.value()
        by_steps = options.spacing != TRACK
        for row in self.rows:
            codes = self._codes(row.dimension)
            given = percentile_values(start[row.dimension], options, codes) if by_steps else None
            row.set_given(given)
            row.set_value(cursor[row.dimension])
            channel = f"traversal-{row.dimension}"
            if self.films.on_screen(row):
                request = Decode.of(along(start, row.dimension, row.values()))
                self.ask(channel, request, partial(self._show_row, row, request))
            else:
                self.forget(channel)

    def _show_row(self, row: TraversalRow, request: Decode, answer: Answer[Pixels]) -> None:
        """An answer to an older question would stand at the wrong values."""
        if answer.request == request:
            row.show_images(answer.value)

    def _arrange(self) -> None:
        """The most informative first above two dimensions; what carries nothing is folded.

        No row leaves the hand that drags it.
        """
        encodings, dims = self.explorer.scatter.encodings, len(self.rows)
        if encodings is None or encodings.latent_dim != dims:
            return
        if any(row.dragged for row in self.rows):
            return
        values = importance(encodings)
        for row in self.rows:
            value = f"{values[row.dimension]:.2f}"
            row.set_note(f"Var {value}" if encodings.logvar is None else f"KL {value} nats")
        order = ranked(values, self.films.order) if dims > FEW else tuple(range(dims))
        self.films.arrange(order, folded(encodings, dims))

    def _track(self, dimension: int) -> Range:
        low, high = track(self.explorer.scatter.encodings, dimension)
        return np.floor(2 * low) / 2, np.ceil(2 * high) / 2

    def _on_scatter(self) -> None:
        """Tracks only grow while a model learns, so that the handle does not run away."""
        for row in self.rows:
            low, high = self._track(row.dimension)
            if self._tracks_known:
                low, high = min(low, row.low), max(high, row.high)
            if (low, high) != (row.low, row.high):
                row.set_range(low, high)
        self._tracks_known = True
        self._arrange()
        self._refresh_if_visible()

    def _show_note(self) -> None:
        text = ""
        if self._asks_for_percentiles() and self._codes(0) is not None:
            text = "An autoencoder has no prior: even steps over its encodings instead."
        if self.explorer.weights.alignment is not None:
            text = "KL and rows belong to this moment's own axes, which the pad shows turned."
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _codes(self, dimension: int) -> Range | None:
        """How far the codes of an autoencoder reach; None for a VAE, which has a prior."""
        encodings = self.explorer.scatter.encodings
        is_point = encodings is not None and encodings.logvar is None
        return self._track(dimension) if is_point else None

    def _asks_for_percentiles(self) -> bool:
        if self.bar.is_plane:
            return self.bar.plane_form.value().spacing != RANGE
        return self.bar.row_form.value().spacing != TRACK

    def _on_moved(self, dimension: int, value: float, drag_id: DragId | None) -> None:
        """To the start with this dimension moved, which is the digit under the handle."""
        z = list(self.start_z)
        z[dimension] = value
        self.explorer.move_cursor(tuple(z), drag_id)

    def _on_reset(self, dimension: int) -> None:
        cursor = list(self.explorer.latent.cursor)
        cursor[dimension] = self.start.z[dimension] if self.start else 0.0
        self.explorer.move_cursor(tuple(cursor))

    def _on_reset_all(self) -> None:
        origin = (0.0,) * self.explorer.latent_dim
        self.explorer.move_cursor(self.start.z if self.start else origin)

    def _on_start(self, place: NamedPoint) -> None:
        self._hold(place)
        self.explorer.move_cursor(place.z)

    def _on_recentred(self) -> None:
        self._hold(NamedPoint(self.explorer.latent.cursor, "here"))

    def _on_live(self) -> None:
        self._hold(None)

    def _hold(self, place: NamedPoint | None) -> None:
        self.start = place
        self.bar.show_start(None if place is None else place.text)
        self._refresh_if_visible()

    def _on_row_menu(self, dimension: int, index: int, position: QPoint) -> None:
        show_digit_menu(
            self, self.context, *self.rows[dimension].digit(index, self.start_z), position
        )

    def _on_row_copy(self, dimension: int, index: int) -> None:
        image, z = self.rows[dimension].digit(index, self.start_z)
        if image is not None:
            copy_digit(image, z)
