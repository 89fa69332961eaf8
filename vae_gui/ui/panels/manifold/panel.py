"""The manifold panel: the latent plane as a square of decoded digits (A20)."""

import time
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vae_gui.core.inference.requests import MAX_BATCH, Decode
from vae_gui.core.latent.grid import FEWEST, MOST, PERCENTILE, RANGE, LatentGrid, ManifoldChoice
from vae_gui.core.state.ui_state import Scalar, Values, as_values, with_values
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.ui.panels.manifold.view import ManifoldView
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.mapping import on_plane
from vae_gui.ui.widgets.number_box import NumberBox

MODES = {PERCENTILE: "By percentile", RANGE: "Over a range"}
LIMITS = ("x_low", "x_high", "y_low", "y_high")
REST_SECONDS = 0.25
SHARE = 3  # of the time that an answer takes, until the next one while a model trains


class ManifoldPanel(Panel):
    """A click on a tile moves the cursor there; hovering looks there. Other dimensions are those of the cursor."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.choice = ManifoldChoice()
        self.view = ManifoldView(self)
        self.mode_box = QComboBox(self)
        self.rows_box = NumberBox(FEWEST, MOST, whole=True, unit="rows", parent=self)
        self.percentile_box = NumberBox(0.001, 0.45, step=0.01, decimals=3, parent=self)
        self.limit_boxes = {name: NumberBox(-50, 50, step=0.5, parent=self) for name in LIMITS}
        self._note = QLabel(self)
        self._note.setProperty("role", "small")
        self._note.setWordWrap(True)
        self._request: Decode | None = None
        self._latent_grid = LatentGrid((0.0,), (0.0,))
        self._shown: LatentGrid | None = None
        self._images: Pixels | None = None
        self._asked = self._took = 0.0
        self._answered: tuple[str, int] | None = None
        self._throttle = Throttle(self)
        self._lay_out()
        self._connect()
        self._show_choice()

    def refresh(self) -> None:
        latent = self.explorer.latent
        self._latent_grid = self.choice.latent_grid(self.explorer.latent_dim)
        request = Decode.of(self._latent_grid.points(latent.cursor, latent.axes))
        if request != self._request or self._images is None:
            self._request = request
            self._ask()
        else:
            self._on_weights()
        self._show_selected()

    def set_model(self) -> None:
        self._request = self._images = self._answered = None
        self._throttle.cancel()
        self.view.grid.set_images(None)
        self._show_choice()

    def choices(self) -> dict[str, Scalar]:
        return as_values(self.choice)

    def choose(self, values: Values) -> None:
        self.set_choice(with_values(self.choice, values))

    def set_choice(self, choice: ManifoldChoice) -> None:
        """Show other points."""
        self.choice = choice
        self._show_choice()
        self._refresh_if_visible()

    # --- building -----------------------------------------------------------

    def _lay_out(self) -> None:
        self.view.grid.set_empty_text("The model is loading…")
        self.view.grid.setToolTip("Click a digit to move the cursor there")
        for name, text in MODES.items():
            self.mode_box.addItem(text, name)
        tips = {
            self.mode_box: "Equally likely neighbours under the prior, or equally distant ones",
            self.rows_box: "Digits in a row and in a column",
            self.percentile_box: "The lowest percentile; the highest is as far from 1. 0.05 is ±1.64",
            self.limit_boxes["x_low"]: "z at the left",
            self.limit_boxes["x_high"]: "z at the right",
            self.limit_boxes["y_low"]: "z at the bottom",
            self.limit_boxes["y_high"]: "z at the top",
        }
        for box, tip in tips.items():
            box.setToolTip(tip)
            box.setAccessibleName(tip)
        controls = QVBoxLayout()
        controls.setSpacing(8)
        for widget in (self.mode_box, self.rows_box, self.percentile_box):
            controls.addWidget(widget)
        for low, high in (LIMITS[:2], LIMITS[2:]):
            pair = QHBoxLayout()
            pair.addWidget(self.limit_boxes[low])
            pair.addWidget(self.limit_boxes[high])
            controls.addLayout(pair)
        controls.addWidget(self._note)
        controls.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 8)
        layout.setSpacing(16)
        layout.addWidget(self.view, 1)
        layout.addLayout(controls)
        for box in tips:
            box.setFixedWidth(76 if box in self.limit_boxes.values() else 160)
        self._note.setFixedWidth(160)

    def _connect(self) -> None:
        self.mode_box.activated.connect(self._on_mode)
        self.rows_box.value_changed.connect(self._on_rows)
        self.percentile_box.value_changed.connect(partial(self._change, "lowest"))
        for name, box in self.limit_boxes.items():
            box.value_changed.connect(partial(self._change, name))
        grid = self.view.grid
        grid.clicked.connect(self._on_clicked)
        grid.hovered.connect(self._on_hovered)
        grid.menu_requested.connect(self._on_menu)
        grid.copy_requested.connect(self._on_copy)
        self._throttle.due.connect(self._ask)
        self.context.training.snapshot_changed.connect(self._on_weights)
        self.explorer.timeline_entry_changed.connect(self._on_weights)

    # --- showing ------------------------------------------------------------

    def _show_choice(self) -> None:
        choice, flat = self.choice, self.explorer.latent_dim == 1
        self.mode_box.setCurrentIndex(list(MODES).index(choice.mode))
        self.rows_box.set_value(choice.rows)
        self.percentile_box.set_value(choice.lowest)
        self.percentile_box.setVisible(choice.mode == PERCENTILE)
        for name, box in self.limit_boxes.items():
            box.set_value(getattr(choice, name))
            box.setVisible(choice.mode == RANGE and not (flat and name.startswith("y")))
        notes = []
        if choice.mode == PERCENTILE:
            notes.append(f"Up to percentile {1 - choice.lowest:g}; not linear in z: see the ticks.")
        if flat:
            notes.append("One dimension: one row.")
        elif self.explorer.latent_dim > 2:
            notes.append("Other dimensions are held at the cursor.")
        self._note.setText(" ".join(notes))

    def _ask(self) -> None:
        if self.isVisible() and self._request is not None:
            self._asked = time.monotonic()
            self.ask("manifold", self._request, self._show)

    def _show(self, answer: Answer[Pixels]) -> None:
        if answer.request != self._request:
            return
        if len(answer.value) > MAX_BATCH:
            self.forget("manifold")  # many images are asked for again after a rest
        self._took = time.monotonic() - self._asked
        self._answered = (answer.run_id, answer.step)
        self._images, self._shown = answer.value, self._latent_grid
        x, y = self.explorer.latent.axes
        names = f"z{x + 1}", f"z{y + 1}" if self.explorer.latent_dim > 1 else ""
        self.view.set_latent_grid(self._latent_grid, answer.value, names)
        self._show_selected()

    def _on_weights(self) -> None:
        snapshot = self.explorer.snapshot
        if snapshot is None or not self.isVisible():
            return
        if self._answered != (snapshot.run_id, snapshot.step):
            self._throttle.after_rest(max(REST_SECONDS, SHARE * self._took))

    def _show_selected(self) -> None:
        """A frame around the tile of the cursor, where it lies on the lattice."""
        latent_grid = self._shown
        if latent_grid is None or self._images is None:
            return
        x, y = on_plane(self.explorer.latent.cursor, self.explorer.latent.axes)
        inside = (
            latent_grid.x[0] <= x <= latent_grid.x[-1]
            and latent_grid.y[-1] <= y <= latent_grid.y[0]
        )
        self.view.grid.set_selected(latent_grid.nearest(x, y) if inside else None)

    # --- events -------------------------------------------------------------

    def _z_of(self, index: int) -> Z:
        assert self._shown is not None
        latent = self.explorer.latent
        return tuple(self._shown.points(latent.cursor, latent.axes)[index].tolist())

    def _on_mode(self) -> None:
        self.set_choice(replace(self.choice, mode=self.mode_box.currentData()))

    def _on_rows(self, rows: float) -> None:
        self.set_choice(replace(self.choice, rows=round(rows)))

    def _change(self, name: str, value: float) -> None:
        try:
            self.set_choice(replace(self.choice, **{name: value}))  # type: ignore[arg-type]
        except UserError as error:
            self.explorer.failed.emit(str(error))
            self._show_choice()

    def _on_clicked(self, index: int) -> None:
        if self._shown is not None:
            self.explorer.move_cursor(self._z_of(index))

    def _on_hovered(self, index: int) -> None:
        known = index >= 0 and self._shown is not None
        self.explorer.set_hover_point(self._z_of(index) if known else None)

    def _on_menu(self, index: int, position: QPoint) -> None:
        if self._images is not None:
            image = np.asarray(self._images[index])
            show_digit_menu(self, self.context, image, self._z_of(index), position)

    def _on_copy(self, index: int) -> None:
        if self._images is not None:
            copy_digit(self._images[index], self._z_of(index))
