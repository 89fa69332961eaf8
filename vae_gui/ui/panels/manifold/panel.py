"""The manifold panel: the latent plane as a square of decoded digits."""

from dataclasses import replace
from functools import partial
from typing import cast

import numpy as np
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from vae_gui.core.export.tables import export_images_csv
from vae_gui.core.inference.requests import Decode
from vae_gui.core.latent.grid import (
    MAX_ROWS,
    MIN_ROWS,
    PERCENTILE,
    RANGE,
    LatentGrid,
    ManifoldChoice,
)
from vae_gui.core.state.ui_state import Scalar, Values, as_values, with_values
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.types import Axes, Pixels, Z
from vae_gui.core.vae.encodings import Range, code_range
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_answer import LatestAnswer
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.manifold.view import ManifoldView
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.panel_export import PanelExport, digits_export
from vae_gui.ui.plane.mapping import on_plane
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.number_box import NumberBox
from vae_gui.ui.widgets.type_width import fix_width

CODES = "Over its codes"
NO_PRIOR = "An autoencoder has no prior: even steps over the range of its codes."
MODES = {PERCENTILE: "By percentile", RANGE: "Over a range"}
MIN_FITTED, MAX_FITTED, FITTED_TILE = 10, 20, 24  # rows, and pixels of a digit
LIMITS = ("x_low", "x_high", "y_low", "y_high")


class ManifoldPanel(Panel):
    """A click on a tile moves the cursor there; hovering looks there. Other dimensions are those of the cursor."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.choice = ManifoldChoice()
        self.view = ManifoldView(self)
        self.mode_box = QComboBox(self)
        self.rows_box = NumberBox(MIN_ROWS, MAX_ROWS, whole=True, unit="rows", parent=self)
        self.percentile_box = NumberBox(0.001, 0.45, step=0.01, decimals=3, parent=self)
        self.limit_boxes = {name: NumberBox(-50, 50, step=0.5, parent=self) for name in LIMITS}
        self._note = Label(self)
        self._note.setProperty("role", "small")
        self._note.setWordWrap(True)
        self._shown: LatentGrid | None = None
        self._images: Pixels | None = None
        self._deterministic = self._rows_chosen = False
        self._resized = QTimer(self, interval=30, singleShot=True)
        self._resized.timeout.connect(self._fit_rows)
        answer = LatestAnswer(self.explorer.questions, "manifold", self)
        self.live = Live[Pixels](self.explorer, context.training, answer, self._task)
        self.watch_while_visible(self.live)
        self._lay_out()
        self._connect()
        self._show_choice()

    def exports(self) -> tuple[PanelExport, ...]:
        pictures = digits_export(self.view.grid, "manifold")
        if self._shown is None or self._images is None:
            return pictures
        latent = self.explorer.latent
        z = self._shown.points(latent.cursor, latent.axes)
        make = partial(export_images_csv, z, self._images)
        return (*pictures, PanelExport("Table (CSV)", "manifold", ".csv", make))

    def refresh(self) -> None:
        self.live.touch()
        self._show_selected()

    def set_model(self) -> None:
        self._shown = self._images = None
        snapshot = self.explorer.weights.snapshot
        self._deterministic = snapshot is not None and snapshot.model.deterministic
        self.view.grid.set_images(None)
        self._show_choice()

    def state(self) -> dict[str, Scalar]:
        """Without the rows where they follow the room that there is."""
        values = as_values(self.choice)
        return values if self._rows_chosen else {k: v for k, v in values.items() if k != "rows"}

    def restore_state(self, values: Values) -> None:
        self._rows_chosen = "rows" in values
        self.set_choice(with_values(self.choice, values))
        self._fit_rows()

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    def _fit_rows(self) -> None:
        """As many as can be seen well, until a person chooses a number."""
        side = min(self.view.width(), self.view.height())
        rows = min(max(MIN_FITTED, side // FITTED_TILE), MAX_FITTED)
        if not self._rows_chosen and rows != self.choice.rows:
            self.choice = replace(self.choice, rows=rows)
            self._show_choice()
            self._refresh_if_visible()

    def set_choice(self, choice: ManifoldChoice) -> None:
        """Show other points."""
        self._rows_chosen = self._rows_chosen or choice.rows != self.choice.rows
        self.choice = choice
        self._show_choice()
        self._refresh_if_visible()

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
        controls = QHBoxLayout()
        controls.setSpacing(8)
        for widget in (self.mode_box, self.rows_box, self.percentile_box):
            controls.addWidget(widget)
        for name in LIMITS:
            controls.addWidget(self.limit_boxes[name])
        controls.addWidget(self._note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(controls)
        layout.addWidget(self.view, 1)
        for box in tips:
            fix_width(box, 160 if box is self.mode_box else 76)

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
        self.live.changed.connect(self._show)
        self.explorer.weights.changed.connect(self.live.touch)
        self.explorer.scatter.changed.connect(self.live.touch)

    def _show_choice(self) -> None:
        choice, flat = self.choice, self.explorer.latent_dim == 1
        self.mode_box.setCurrentIndex(list(MODES).index(choice.mode))
        self.rows_box.set_value(choice.rows)
        self.percentile_box.set_value(choice.lowest)
        by_percentile = choice.mode == PERCENTILE and not self._deterministic
        self.percentile_box.setVisible(by_percentile)
        self.mode_box.setItemText(0, CODES if self._deterministic else MODES[PERCENTILE])
        for name, box in self.limit_boxes.items():
            box.set_value(getattr(choice, name))
            box.setVisible(choice.mode == RANGE and not (flat and name.startswith("y")))
        notes = []
        if by_percentile:
            notes.append(f"Up to percentile {1 - choice.lowest:g}; not linear in z: see the ticks.")
        elif choice.mode == PERCENTILE:
            notes.append(NO_PRIOR)
        if flat:
            notes.append("One dimension: one row.")
        elif self.explorer.latent_dim > 2:
            notes.append("Other dimensions are held at the cursor.")
        self._note.setText(" ".join(notes))

    def _task(self) -> Task[Pixels] | None:
        latent = self.explorer.latent
        latent_grid = self.choice.latent_grid(self.explorer.latent_dim, self._codes())
        request = Decode.of(latent_grid.points(latent.cursor, latent.axes))
        return Task((latent_grid, latent.axes, request), self.explorer.weights.snapshot, request)

    def _codes(self) -> tuple[Range, Range] | None:
        """How far the codes of an autoencoder reach along both axes; None for a VAE, which has a prior."""
        if not self._deterministic:
            return None
        encodings, (x, y) = self.explorer.scatter.encodings, self.explorer.latent.axes
        return code_range(encodings, x), code_range(encodings, y)

    def _show(self) -> None:
        result = self.live.result
        if result is None or result.value is self._images:
            return
        self._shown, (x, y), _ = cast("tuple[LatentGrid, Axes, Decode]", result.task.of)
        self._images = result.value
        names = f"z{x + 1}", f"z{y + 1}" if self.explorer.latent_dim > 1 else ""
        self.view.set_latent_grid(self._shown, self._images, names)
        self._show_selected()

    def _show_selected(self) -> None:
        """A frame around the tile of the cursor, where it lies on the grid."""
        latent_grid = self._shown
        if latent_grid is None or self._images is None:
            return
        x, y = on_plane(self.explorer.latent.cursor, self.explorer.latent.axes)
        inside = (
            latent_grid.x[0] <= x <= latent_grid.x[-1]
            and latent_grid.y[-1] <= y <= latent_grid.y[0]
        )
        self.view.grid.set_selected(latent_grid.nearest(x, y) if inside else None)

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
            self.context.notices.error(str(error))
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
