"""One dimension of a traversal: a slider over its previews, or a few digits at given values."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QToolButton

from vae_gui.core.latent.traversal import along
from vae_gui.core.state.drag import DragId
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.explore.filmstrip import Filmstrip
from vae_gui.ui.parts.play_button import PlayButton
from vae_gui.ui.style.keys import key_text
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.image_grid import ImageGrid

MIN_PREVIEWS, MAX_PREVIEWS = 5, 41  # previews on a track
MIN_ROW, MAX_ROW = 44, 76
PLAYED = 40.0  # whole places from one end of the track to the other


class TraversalRow(Filmstrip):
    """Signals
    moved(int, float, object): the dimension, its new value, and the id of the drag or None.
    reset(int): back to the start in this dimension.
    menu_requested(int, int, QPoint): the menu of a digit: dimension, index, place on the screen.
    copy_requested(int, int): Ctrl+C on a digit.
    """

    moved = Signal(int, float, object)
    reset = Signal(int)
    menu_requested = Signal(int, int, QPoint)
    copy_requested = Signal(int, int)

    def __init__(self, dimension: int) -> None:
        super().__init__(f"z{dimension + 1}")
        self.dimension = dimension
        self.low, self.high = -3.0, 3.0
        self.images: Pixels | None = None
        self.steps = ImageGrid(f"Steps of z{dimension + 1}", gap=2, largest_tile=MAX_ROW)
        self.steps.setToolTip("Click a digit to move the cursor there")
        self.steps.setMinimumHeight(MIN_ROW)
        self._given: NDArray[np.float64] | None = None
        self._drag_id: DragId | None = None
        self._reset_button = self._build_reset()
        self.play_button = PlayButton(f"Walk along z{dimension + 1}", PLAYED, self)
        self.play_button.setFixedWidth(24)
        row = self.layout()
        assert row is not None
        row.addWidget(self.steps)
        row.addWidget(self.play_button)
        row.addWidget(self._reset_button)
        self.steps.hide()
        self.setMinimumHeight(MIN_ROW)
        self.setMaximumHeight(MAX_ROW)
        self._connect()

    def _build_reset(self) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon("reset", "muted"))
        button.setAutoRaise(True)
        button.setFixedWidth(24)
        text = f"Reset z{self.dimension + 1} to the start"
        button.setToolTip(f"{text} ({key_text('Home')}, or a double click)")
        button.setAccessibleName(text)
        return button

    def _connect(self) -> None:
        self.drag_started.connect(self._on_drag_started)
        self.drag_finished.connect(self._on_drag_finished)
        self.value_changed.connect(self._on_value_changed)
        self.reset_requested.connect(self._on_reset)
        self._reset_button.clicked.connect(self._on_reset)
        self.steps.clicked.connect(self._on_step)
        self.steps.menu_requested.connect(self._on_step_menu)
        self.steps.copy_requested.connect(self._on_step_copy)

    @property
    def dragged(self) -> bool:
        """Whether the mouse holds its slider."""
        return self._drag_id is not None

    def set_range(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        super().set_range(low, high)

    def set_given(self, values: NDArray[np.float64] | None) -> None:
        """Digits at these values instead of the slider; None for the slider."""
        if (values is None) != (self._given is None):
            self.images = None
            self.steps.setVisible(values is not None)
            self.track.setVisible(values is None)
            self._exact.setVisible(values is None)
        self._given = values

    def set_value(self, value: float) -> None:
        super().set_value(value)
        if self._given is not None and len(self._given) == self.steps.count():
            at = int(np.argmin(np.abs(self._given - value)))
            there = self._given.min() - 1e-6 <= value <= self._given.max() + 1e-6
            self.steps.set_selected(at if there else None)

    def values(self) -> NDArray[np.float64]:
        """Where the digits are decoded, in latent units."""
        if self._given is not None:
            return self._given
        previews = min(MAX_PREVIEWS, max(MIN_PREVIEWS, self.fitting_count()))
        return np.linspace(self.low, self.high, previews)

    def digit(self, index: int, start: Z) -> tuple[Pixels | None, Z]:
        """An image, where it is known, and its z with the other dimensions of `start`."""
        z = along(start, self.dimension, self.values()[index : index + 1])[0]
        return None if self.images is None else self.images[index], tuple(z.tolist())

    def show_images(self, images: Pixels) -> None:
        """(n, s, s) uint8, one for each of `values()`."""
        self.images = images
        if self._given is None:
            self.set_images(images)
        else:
            self.steps.set_images(images)
            self.set_value(self.value())

    @qt_override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The digit under the pointer, or by the keyboard the one at the handle."""
        if self.images is None or self._given is not None:
            return
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        x = self.track.mapFromGlobal(event.globalPos()).x()
        value = self.value() if by_key else self.track.value_at(x)
        index = int(np.argmin(np.abs(self.values() - value)))
        if index < len(self.images):
            self.menu_requested.emit(self.dimension, index, event.globalPos())

    def _on_drag_started(self) -> None:
        self._drag_id = DragId()

    def _on_drag_finished(self) -> None:
        self._drag_id = None

    def _on_value_changed(self, value: float) -> None:
        self.moved.emit(self.dimension, value, self._drag_id)

    def _on_reset(self) -> None:
        self.reset.emit(self.dimension)

    def _on_step(self, index: int) -> None:
        self.moved.emit(self.dimension, float(self.values()[index]), None)

    def _on_step_menu(self, index: int, position: QPoint) -> None:
        self.menu_requested.emit(self.dimension, index, position)

    def _on_step_copy(self, index: int) -> None:
        self.copy_requested.emit(self.dimension, index)
