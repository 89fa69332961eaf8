"""The traversal panel: for each dimension a row of digits that is also the slider of that dimension."""

from collections.abc import Callable
from itertools import count

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from vae_gui.core.encodings import kl_per_dimension
from vae_gui.core.requests import Decode
from vae_gui.core.traversal import along, track
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.context import Context
from vae_gui.ui.images import Pixels
from vae_gui.ui.panels.base import Panel
from vae_gui.ui.widgets.filmstrip import Filmstrip

FEWEST, MOST = 5, 41  # previews in a row
LEAST_ROW, LARGEST_ROW = 44, 76
ROW_STRETCH = 100  # against 1 of the space below the last row


class Row(Filmstrip):
    """The filmstrip of one dimension."""

    _gestures = count(1_000_000)

    def __init__(self, dimension: int, move: Callable[[int, float, int | None], None]) -> None:
        super().__init__(f"z{dimension + 1}")
        self.dimension = dimension
        self.low, self.high = -3.0, 3.0
        self._move = move
        self._gesture: int | None = None
        self.drag_started.connect(self._on_drag_started)
        self.drag_finished.connect(self._on_drag_finished)
        self.value_changed.connect(self._on_value_changed)
        self.reset_requested.connect(self._on_reset)

    def set_range(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        super().set_range(low, high)

    def values(self) -> np.ndarray:
        """Where the previews are decoded, in latent units."""
        previews = min(MOST, max(FEWEST, self.fitting_count()))
        return np.linspace(self.low, self.high, previews)

    def show_answer(self, answer: Answer[Pixels]) -> None:
        self.set_images(answer.value)

    def _on_drag_started(self) -> None:
        self._gesture = next(self._gestures)

    def _on_drag_finished(self) -> None:
        self._gesture = None

    def _on_value_changed(self, value: float) -> None:
        self._move(self.dimension, value, self._gesture)

    def _on_reset(self) -> None:
        self._move(self.dimension, 0.0, None)


class TraversalPanel(Panel):
    """Rows with their KL in nats; the previews of a row hold the other dimensions at the cursor."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.rows: tuple[Row, ...] = ()
        self._body = QWidget()
        self._layout = QVBoxLayout(self._body)
        self._layout.setContentsMargins(8, 0, 8, 8)
        self._layout.setSpacing(8)
        self._layout.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidget(self._body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._resized = QTimer(self, interval=30, singleShot=True)
        self._resized.timeout.connect(self._refresh_if_visible)
        self._scroll.verticalScrollBar().valueChanged.connect(self._resized.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.explorer.cloud_changed.connect(self._on_cloud)

    def refresh(self) -> None:
        cursor = self.explorer.latent.cursor
        visible = self._scroll.viewport().rect()
        for row in self.rows:
            row.set_value(cursor[row.dimension])
            channel = f"traversal-{row.dimension}"
            if visible.intersects(row.geometry().translated(self._body.pos())):
                self.ask(
                    channel, Decode.of(along(cursor, row.dimension, row.values())), row.show_answer
                )
            else:
                self.forget(channel)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    def enter_space(self) -> None:
        for row in self.rows:
            self._layout.removeWidget(row)
            row.deleteLater()
        self.rows = tuple(Row(i, self._move) for i in range(self.explorer.latent_dim))
        for row in self.rows:
            row.setMinimumHeight(LEAST_ROW)
            row.setMaximumHeight(LARGEST_ROW)
            row.set_range(*self._track(row.dimension))
            self._layout.insertWidget(self._layout.count() - 1, row, ROW_STRETCH)
        self._show_kl()
        self._resized.start()

    def _on_cloud(self) -> None:
        """Tracks only grow while a model learns, so that the handle does not run away."""
        for row in self.rows:
            low, high = self._track(row.dimension)
            if low < row.low or high > row.high:
                row.set_range(min(low, row.low), max(high, row.high))
        self._show_kl()
        self._refresh_if_visible()

    def _track(self, dimension: int) -> tuple[float, float]:
        low, high = track(self.explorer.encodings, dimension)
        return np.floor(2 * low) / 2, np.ceil(2 * high) / 2

    def _show_kl(self) -> None:
        encodings = self.explorer.encodings
        kl = None if encodings is None else kl_per_dimension(encodings)
        for row in self.rows:
            row.set_note("" if kl is None else f"{kl[row.dimension]:.2f} nats")

    def _move(self, dimension: int, value: float, gesture: int | None) -> None:
        cursor = list(self.explorer.latent.cursor)
        cursor[dimension] = value
        self.explorer.move_cursor(tuple(cursor), gesture)
