"""The tiles of the draw panel (reconstruction, samples, error), its latent points, and its layout."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.analysis.image_posterior import SHOWN, ImagePosterior
from vae_gui.core.pictures.shading import Ramp
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.draw.canvas import Canvas
from vae_gui.ui.panels.draw.tile import Tile
from vae_gui.ui.widgets.flow_layout import FlowLayout
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.label import Label

# From ink that the model adds, over none, to ink that it misses.
ERROR: Ramp = (
    (120, 190, 255, 255),
    (30, 78, 140, 255),
    (0, 0, 0, 255),
    (150, 50, 30, 255),
    (255, 176, 110, 255),
)
CANVAS_FIRST = 1000  # stretch: the canvas grows to its greatest size before all else
GAP = 8
SAMPLED = 2.0  # widths of a tile that the samples take at least
PLACES = {
    "cursor": ("Cursor here", "Move the cursor to μ of the drawing"),
    "A": ("Set as A", "Begin the interpolation at μ of the drawing"),
    "B": ("Set as B", "End the interpolation at μ of the drawing"),
    "traversal": (
        "Traverse",
        "Move the cursor to μ of the drawing and start the traversal from there",
    ),
    "zoom": ("Zoom to it", "Show its posterior on the pad, as large as it fits"),
}


class DrawTiles(QWidget):
    """Signals: `chosen(z)`; `menu_requested(image, z or None, QPoint)`; `copy_requested(image, z or None)`."""

    chosen = Signal(object)
    menu_requested = Signal(object, object, QPoint)
    copy_requested = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prepared = Tile("Prepared image", "prepared")
        self.reconstruction = Tile("Reconstruction", "decode(μ)")
        self.error = Tile("Error map", "error", ERROR)
        self.samples = ImageGrid("Samples of q(z|x)", gap=4, largest_tile=128)
        self._found: ImagePosterior | None = None
        self._image: Pixels | None = None
        self.prepared.setToolTip("The image as it is encoded: centred, scaled, bright on dark")
        self.reconstruction.setToolTip("The mean of p(x|z) at μ; click to move the cursor there")
        self.error.setToolTip("Warm: ink that the model misses. Cool: ink that it adds")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.samples.setToolTip("z drawn from q(z|x), decoded; click to move the cursor there")
        caption = Label("samples z ~ q(z|x)", self)
        caption.setProperty("role", "small")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(0)
        top = Qt.AlignmentFlag.AlignTop
        for column, tile in enumerate((self.prepared, self.reconstruction, self.error)):
            tile.setFixedSize(tile.minimumSizeHint())
            grid.addWidget(tile, 0, column, 2, 1, top)
        grid.setRowStretch(4, 1)
        self.samples.setFixedHeight(self.prepared.least_side())
        self.sampled_caption, self._grid, self._tall = caption, grid, False
        self._place_samples()
        self._connect()

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Squares side by side at the top; the samples beside them, or below where there is room."""
        super().resizeEvent(event)
        caption, least = self.prepared.caption_height(), self.prepared.least_side()
        self.sampled_caption.setFixedHeight(caption)
        beside = round(min(self.height() - caption, (self.width() - 3 * GAP) / (3 + SAMPLED)))
        below = round((self.width() - 2 * GAP) / 3)
        tall = self.height() >= below * (1 + SAMPLED / 3) + 3 * caption
        side = max(least, below if tall else beside)
        for tile in (self.prepared, self.reconstruction, self.error):
            tile.setFixedSize(side, side + caption)
        left = self.height() - side - 2 * caption
        self.samples.setFixedHeight(min(left, round(side * SAMPLED / 2)) if tall else side)
        self.samples.set_columns(SHOWN // 2 if tall else None)
        if tall != self._tall:
            self._tall = tall
            self._place_samples()

    def _place_samples(self) -> None:
        row, column, span = (2, 0, 3) if self._tall else (0, 3, 1)
        self._grid.addWidget(self.sampled_caption, row, column, 1, span)
        self._grid.addWidget(self.samples, row + 1, column, 1, span)
        self._grid.setColumnStretch(3, 0 if self._tall else 1)

    @qt_override
    def minimumSizeHint(self) -> QSize:
        """The squares shrink again when the panel does."""
        least = self.prepared.least_side()
        return QSize(4 * least + 3 * GAP, least + self.prepared.caption_height())

    def show_input(self, image: Pixels) -> None:
        """(side, side) uint8, while the answer is on its way."""
        self._image = image
        self.prepared.set_image(image)

    def show_found(self, image: Pixels, found: ImagePosterior) -> None:
        self._found = found
        self.reconstruction.set_image(found.reconstruction)
        self.error.set_image(error_levels(image, found.reconstruction))
        self.samples.set_images(found.images)
        for widget in (self.samples, self.sampled_caption):
            widget.setVisible(found.sigma is not None)

    def set_faded(self, on: bool) -> None:
        """Dim what was made of an older drawing, or by older weights."""
        for widget in (self.reconstruction, self.error, self.samples):
            widget.set_faded(on)

    def clear(self) -> None:
        self._found = self._image = None
        for tile in (self.prepared, self.reconstruction, self.error):
            tile.set_image(None)
        self.samples.set_images(None)
        self.sampled_caption.hide()

    def _connect(self) -> None:
        self.prepared.menu_requested.connect(lambda at: self._menu(self._image, None, at))
        self.prepared.copy_requested.connect(lambda: self.copy_requested.emit(self._image, None))
        self.reconstruction.clicked.connect(self._on_clicked)
        self.reconstruction.menu_requested.connect(self._on_menu)
        self.reconstruction.copy_requested.connect(self._on_copy)
        self.samples.clicked.connect(self._on_sample)
        self.samples.menu_requested.connect(self._on_sample_menu)
        self.samples.copy_requested.connect(self._on_sample_copy)

    def _menu(self, image: Pixels | None, z: Z | None, at: QPoint) -> None:
        self.menu_requested.emit(image, z, at)

    def _on_clicked(self) -> None:
        if self._found is not None:
            self.chosen.emit(_point(self._found.mu))

    def _on_menu(self, at: QPoint) -> None:
        if self._found is not None:
            self._menu(self._found.reconstruction, _point(self._found.mu), at)

    def _on_copy(self) -> None:
        if self._found is not None:
            self.copy_requested.emit(self._found.reconstruction, _point(self._found.mu))

    def _on_sample(self, index: int) -> None:
        if self._found is not None:
            self.chosen.emit(_point(self._found.z[index]))

    def _on_sample_menu(self, index: int, at: QPoint) -> None:
        if self._found is not None:
            self._menu(self._found.images[index], _point(self._found.z[index]), at)

    def _on_sample_copy(self, index: int) -> None:
        if self._found is not None:
            self.copy_requested.emit(self._found.images[index], _point(self._found.z[index]))


class DrawPlaces(QWidget):
    """What μ of the drawing can become, and what else can be asked. Signals: `chosen(str)`: a key of PLACES."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, more: QPushButton) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        flow = FlowLayout(self, spacing=4)
        for name, (text, tip) in PLACES.items():
            button = self.buttons[name] = QPushButton(text, self)
            button.setToolTip(tip)
            button.clicked.connect(partial(self.chosen.emit, name))
            flow.addWidget(button)
        flow.addWidget(more)


def lay_out(panel: QWidget, canvas: Canvas, parts: tuple[QWidget, ...], note: QLabel) -> QWidget:
    """The canvas with its tools, beside it what the model makes of it, what can be read, what can be done.

    parts: tools, answer, tiles, completions, numbers, evidence, places. Returns the side of the canvas.
    """
    note.setProperty("role", "small")
    note.setWordWrap(True)
    note.hide()
    tools, answer, tiles, completions, numbers, asked, places = parts
    side, found = QWidget(panel), QVBoxLayout()
    drawn = QVBoxLayout(side)
    drawn.setContentsMargins(0, 0, 0, 0)
    drawn.addWidget(canvas, 1)
    drawn.addWidget(tools)
    drawn.addStretch()
    found.addWidget(answer)
    found.addWidget(tiles, 1)
    for part in (completions, numbers, asked, note, places):
        found.addWidget(part)
    row = QHBoxLayout(panel)
    row.setContentsMargins(8, 4, 8, 8)
    row.setSpacing(16)
    for column in (drawn, found):
        column.setSpacing(6)
    row.addWidget(side, CANVAS_FIRST)
    row.addLayout(found, 1)
    return side


def error_levels(image: Pixels, reconstruction: Pixels) -> NDArray[np.uint8]:
    """(s, s) uint8: 0 for ink that is only in the reconstruction, 255 only in the image, half where they agree."""
    difference = image.astype(np.float32) - reconstruction
    return np.asarray(np.rint((difference + 255) / 2), np.uint8)


def _point(z: NDArray[np.float32]) -> Z:
    return tuple(z.tolist())
