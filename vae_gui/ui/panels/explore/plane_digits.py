"""The plane of the traversal: every pair of values of two dimensions, decoded."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint

from vae_gui.core.inference.requests import Decode
from vae_gui.core.latent.traversal import nearest_tile, plane, plane_values
from vae_gui.core.support.types import Pixels, Z
from vae_gui.core.vae.encodings import Range
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.panels.explore.bar import TraversalBar
from vae_gui.ui.panels.explore.plane import PlaneView
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel

CHANNEL = "traversal-plane"


class PlaneDigits(QObject):
    """`panel` asks the questions; `view` shows the answers; `bar` has the axes and the options."""

    def __init__(self, panel: Panel, view: PlaneView, bar: TraversalBar) -> None:
        super().__init__(panel)
        self._panel, self._view, self._bar = panel, view, bar
        self._points: NDArray[np.float32] = np.zeros((0, 2), np.float32)
        self._images: Pixels | None = None
        grid = view.grid
        grid.setToolTip("Click a digit to move the cursor there")
        grid.clicked.connect(self._on_clicked)
        grid.menu_requested.connect(self._on_menu)
        grid.copy_requested.connect(self._on_copy)

    def ask(self, start: Z, codes: tuple[Range, Range] | None) -> None:
        """start: what the other dimensions are held at. codes: the reach of an autoencoder's codes."""
        axes = self._bar.axes
        xs, ys = plane_values(start, axes, self._bar.plane_form.value(), codes)
        request = Decode.of(plane(start, axes, xs, ys))
        self._points = request.z.array
        names = f"z{axes[0] + 1}", f"z{axes[1] + 1}"
        self._show_selected()
        self._panel.ask(CHANNEL, request, partial(self._show, request, names, (xs, ys)))

    def forget(self) -> None:
        self._panel.forget(CHANNEL)

    def clear(self) -> None:
        """Another model is shown."""
        self._images = None
        self._view.set_images(None)

    def _show(
        self,
        request: Decode,
        names: tuple[str, str],
        values: tuple[NDArray[np.float64], NDArray[np.float64]],
        answer: Answer[Pixels],
    ) -> None:
        """An answer to an older question would stand at the wrong values."""
        if answer.request == request:
            self._images = answer.value
            self._view.set_axes(names, *values)
            self._view.set_images(answer.value)
            self._show_selected()

    def _show_selected(self) -> None:
        """A frame around the digit next to the cursor."""
        at = None
        if self._view.grid.count() == len(self._points):
            cursor = self._panel.explorer.latent.cursor
            at = nearest_tile(cursor, self._bar.axes, self._points)
        self._view.grid.set_selected(at)

    def _z_of(self, index: int) -> Z:
        return tuple(self._points[index].tolist())

    def _on_clicked(self, index: int) -> None:
        self._panel.explorer.move_cursor(self._z_of(index))

    def _on_menu(self, index: int, position: QPoint) -> None:
        if self._images is not None:
            image, z = self._images[index], self._z_of(index)
            show_digit_menu(self._panel, self._panel.context, image, z, position)

    def _on_copy(self, index: int) -> None:
        if self._images is not None:
            copy_digit(self._images[index], self._z_of(index))
