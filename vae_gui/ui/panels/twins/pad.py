"""The pad of the second model: its encodings, and its cursor."""

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.state.drag import DragId
from vae_gui.core.support.types import Axes
from vae_gui.runtime.twin import Twin
from vae_gui.ui.plane.mapping import place_to_z, shown_encodings, shown_place
from vae_gui.ui.plane.marks import Marks, Point
from vae_gui.ui.plane.scatter import ClassCentres, PadScatter, reach_of
from vae_gui.ui.plane.view import PadView


class TwinPad(QWidget):
    """A drag moves its cursor; `axes` gives those of the first pad."""

    def __init__(self, twin: Twin, axes: Callable[[], Axes], parent: QWidget) -> None:
        super().__init__(parent)
        self._twin, self._axes_of_first = twin, axes
        self.view = PadView(self)
        self.view.setAccessibleName("Latent pad of the second model")
        self._scatter: PadScatter | None = None
        self._centres = ClassCentres()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.view.dragged.connect(self._on_dragged)
        self.view.nudged.connect(self._on_nudged)
        self.view.view_settled.connect(self.draw)

    @property
    def axes(self) -> Axes:
        """Those of the first pad where it has them too."""
        x, y = self._axes_of_first()
        dims = len(self._twin.cursor)
        return (x, y) if max(x, y) < dims else (0, min(1, max(0, dims - 1)))

    def show_model(self) -> None:
        """Another model, or more is known of it."""
        x, y = self.axes
        turned = " turned" if self._twin.alignment is not None else ""
        self.view.set_axes(
            f"z{x + 1}{turned}", f"z{y + 1}{turned}" if len(self._twin.cursor) > 1 else ""
        )
        encodings = shown_encodings(self._twin.encodings, self._twin.alignment)
        self._scatter = None
        if (
            encodings is not None
            and len(encodings)
            and encodings.latent_dim == len(self._twin.cursor)
        ):
            classes = tuple(range(len(encodings.class_names)))
            self._scatter = PadScatter.of(encodings, (x, y), classes, self._twin.alignment)
            self.view.fit(*reach_of(encodings, (x, y)))
        self.draw()

    def draw(self) -> None:
        view, picture = self.view.view, None
        if self._scatter is not None:
            picture = self._scatter.picture(view, self.devicePixelRatioF())
        self.view.set_scatter(picture, view)
        self.show_cursor()

    def show_cursor(self) -> None:
        if not self._twin.cursor:
            return
        labels: tuple[tuple[str, Point], ...] = ()
        if self._scatter is not None:
            labels = self._scatter.labels(self._centres.of(self._scatter.encodings), self.view.view)
        place = shown_place(self._twin.cursor, self.axes, self._twin.alignment)
        self.view.set_marks(Marks(cursor=place, labels=labels))

    def restyle(self) -> None:
        self.view.restyle()
        self.show_model()

    def _on_dragged(self, x: float, y: float, drag_id: DragId) -> None:
        if self._twin.cursor:
            z = place_to_z(self._twin.cursor, self.axes, x, y, self._twin.alignment)
            self._twin.drag(z, drag_id)

    def _on_nudged(self, dx: float, dy: float) -> None:
        x, y = np.add(self.view.marks.cursor, (dx, dy)).tolist()
        self._on_dragged(x, y, DragId())
