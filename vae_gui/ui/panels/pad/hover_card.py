"""The card of the encoding under the pointer: its own image, or else what its μ decodes to."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from vae_gui.core.inference.requests import Decode
from vae_gui.core.support.types import Pixels
from vae_gui.core.vae.encodings import Encodings
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.marks import HoverCard
from vae_gui.ui.plane.scatter import PadScatter

REACH_PX = 8


class HoverCardSource(QObject):
    """Signals: `changed()` when `card` is."""

    changed = Signal()

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.card: HoverCard | None = None
        self._panel = panel
        self._index: int | None = None
        self._decoding: HoverCard | None = None

    def look(self, scatter: PadScatter, x: float, y: float, units_per_pixel: float) -> None:
        """Show the encoding within reach of a point of the plane, if there is one."""
        index = scatter.nearest(x, y, REACH_PX * units_per_pixel)
        if index is None:
            self.hide()
            return
        if index == self._index:
            return
        self._index = index
        encodings = scatter.encodings
        at = (float(scatter.points[index, 0]), float(scatter.points[index, 1]))
        name = encodings.class_name(index)
        image = self._image(encodings, index)
        if image is not None:
            self._put(HoverCard(at, image, name or "image", scatter.color(index)))
            return
        self._decoding = HoverCard(
            at, np.zeros((1, 1), np.uint8), f"{name} decoded".strip(), scatter.color(index)
        )
        self._panel.ask("pad-card", Decode.of(self._z_of(encodings, index)), self._show_decoded)

    def hide(self) -> None:
        """Nothing is under the pointer."""
        self._index = None
        self._panel.forget("pad-card")
        if self.card is not None:
            self.card = None
            self.changed.emit()

    def _show_decoded(self, answer: Answer[Pixels]) -> None:
        if self._decoding is not None:
            self._put(replace(self._decoding, image=answer.value[0]))

    def _z_of(self, encodings: Encodings, index: int) -> NDArray[np.floating]:
        """Before it was turned for the pad."""
        alignment, mu = self._panel.explorer.weights.alignment, encodings.mu[index]
        return mu if alignment is None else alignment.to_latent(mu)

    def _put(self, card: HoverCard) -> None:
        self.card = card
        self.changed.emit()

    def _image(self, encodings: Encodings, index: int) -> Pixels | None:
        """The image that was encoded, where the data is in memory and is what the encodings are of."""
        split = self._panel.explorer.scatter.split_of(encodings)
        return None if split is None else np.asarray(split.images[index])
