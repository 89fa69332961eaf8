"""The plane of an embedding, which is pointed at, clicked and dragged on like the pad."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from vae_gui.core.analysis.embedding import Embedding
from vae_gui.core.latent.nearest_neighbour import nearest, next_towards
from vae_gui.core.pictures.scatter import rasterise
from vae_gui.core.support.types import Z
from vae_gui.ui.plane.marks import Point
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style.theme import class_color, current_theme, rgb

MANY, FEW = 5000, 1000  # points below which they are drawn larger
CROWD = 3  # points of a class from which its name is drawn
ROOM_FOR_AXES = 240  # height in pixels
MARGIN = 0.05  # of the extent, around all points


class EmbeddingView(PadView):
    """`shown` is the indices of the encodings whose class is not switched off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Embedding of the encodings")
        self.embedding: Embedding | None = None
        self.shown: NDArray[np.intp] = np.zeros(0, np.intp)
        self.labels: tuple[tuple[str, Point], ...] = ()
        self._fitted = True
        self.zoomed.connect(self._on_zoomed)
        self.view_settled.connect(self.draw)

    def set_embedding(self, embedding: Embedding | None, visible: tuple[int, ...]) -> None:
        """visible: the classes that are drawn; all encodings are where there are no labels."""
        self.embedding = embedding
        self.shown = np.zeros(0, np.intp)
        self.labels = ()
        if embedding is not None and len(embedding.points):
            labels = embedding.encodings.labels
            everything = np.arange(len(embedding.points))
            self.shown = everything if labels is None else everything[np.isin(labels, visible)]
            self.labels = _class_labels(embedding, visible)
            self.set_axes(*embedding.axes)
            if self._fitted:
                self.fit_all()
        self.draw()

    def fit_all(self) -> None:
        """Show every point, and go on doing so while the embedding moves."""
        self._fitted = True
        if self.embedding is None or not len(self.embedding.points):
            return
        low, high = self.embedding.points.min(axis=0), self.embedding.points.max(axis=0)
        margin = max(MARGIN * float((high - low).max()), 1e-9)
        (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
        self.fit(x0, x1, y0, y1)

    def draw(self) -> None:
        """Rasterise the points for what is visible."""
        self._show_axes()
        view = self.view
        if self.embedding is None or not len(self.shown):
            self.set_scatter(None, view)
            return
        points = self.embedding.points[self.shown]
        size = 1 + (len(points) < MANY) + (len(points) < FEW)
        radius = round(size * self.devicePixelRatioF())
        self.set_scatter(rasterise(points, self._colors()[self.shown], view, radius), view)

    def place_of(self, index: int) -> Point:
        """Where an encoding lies."""
        assert self.embedding is not None
        x, y = self.embedding.points[index].tolist()
        return x, y

    def z_of(self, index: int) -> Z:
        """The μ of an encoding."""
        assert self.embedding is not None
        return tuple(self.embedding.encodings.mu[index].tolist())

    def nearest_at(self, x: float, y: float) -> int | None:
        """The visible encoding nearest to a place of the embedding; None where there is none."""
        if self.embedding is None or not len(self.shown):
            return None
        return int(self.shown[nearest(self.embedding.points[self.shown], np.array([x, y]))])

    def nearest_in_space(self, z: Z) -> int | None:
        """The visible encoding nearest to a place of the latent space; None where there is none."""
        if self.embedding is None or not len(self.shown):
            return None
        return int(self.shown[nearest(self.embedding.encodings.mu[self.shown], np.array(z))])

    def next_towards(self, index: int, direction: Point) -> int:
        """The next visible encoding in a direction of the embedding."""
        assert self.embedding is not None
        at = int(np.flatnonzero(self.shown == index)[0])
        found = next_towards(self.embedding.points[self.shown], at, np.array(direction))
        return int(self.shown[found])

    def _show_axes(self) -> None:
        """Where there is little room, all of it is for the points."""
        for side in ("bottom", "left"):
            self.getPlotItem().showAxis(side, self.height() >= ROOM_FOR_AXES)

    def _colors(self) -> NDArray[np.float32]:
        assert self.embedding is not None
        encodings = self.embedding.encodings
        if encodings.labels is None:
            accent = np.array(rgb(current_theme().accent), np.float32)
            return np.tile(accent, (len(encodings), 1))
        count = len(encodings.class_names)
        palette = np.array([rgb(class_color(i, count)) for i in range(count)], np.float32)
        return palette[encodings.labels]

    def _on_zoomed(self) -> None:
        self._fitted = False


def _class_labels(embedding: Embedding, visible: tuple[int, ...]) -> tuple[tuple[str, Point], ...]:
    """The name of each visible class at the median of its points."""
    encodings = embedding.encodings
    if encodings.labels is None:
        return ()
    found = []
    for label in visible:
        members = embedding.points[encodings.labels == label]
        if len(members) >= CROWD:
            x, y = np.median(members, axis=0).tolist()
            found.append((encodings.class_names[label], (x, y)))
    return tuple(found)
