"""On the pad: q(z|x) of the drawing as ellipses to scale, over its exact p(z|x)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform

from vae_gui.ui.plane.marks import Point, ToPixels
from vae_gui.ui.style.painting import saved
from vae_gui.ui.style.theme import Theme, small_font

if TYPE_CHECKING:
    from vae_gui.ui.plane.scene import PlaneScene

GAP = 6.0
MIN_APART = 12.0  # pixels between two labels on lines of their own


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorMark:
    """middle: μ on the plane. ellipses: (label, closed line (n, 2)) in latent units, from the inside out.

    picture covers `extent` (x0, x1, y0, y1) of the latent space, row 0 at the top; matrix (2, 2)
    turns that onto the plane: plane = z @ matrix.
    """

    middle: Point
    ellipses: tuple[tuple[str, NDArray[np.float64]], ...] = ()
    picture: QImage | None = None
    extent: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    matrix: NDArray[np.float64] | None = None


def draw_posterior(painter: QPainter, scene: PlaneScene) -> None:
    """The overlay “Your drawing”."""
    mark, to_pixels, theme = scene.posterior, scene.to_pixels, scene.theme
    if mark is None:
        return
    if mark.picture is not None and mark.matrix is not None:
        _draw_picture(painter, mark, to_pixels)
    lines = [
        (label, QPolygonF([to_pixels((x, y)) for x, y in line.tolist()]))
        for label, line in mark.ellipses
    ]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((QColor(theme.pad), 4.0), (QColor(theme.warning), 1.6)):
        for _, line in lines:
            painter.setPen(QPen(color, width))
            painter.drawPolyline(line)
    painter.setPen(QPen(QColor(theme.pad), 1.5))
    painter.setBrush(QColor(theme.warning))
    painter.drawEllipse(to_pixels(mark.middle), 3, 3)
    _draw_labels(painter, [(label, line.boundingRect()) for label, line in lines], theme)


def _draw_picture(painter: QPainter, mark: PosteriorMark, to_pixels: ToPixels) -> None:
    assert mark.picture is not None and mark.matrix is not None
    x0, x1, y0, y1 = mark.extent
    corners = np.array([(x0, y1), (x1, y1), (x0, y0)]) @ mark.matrix
    top, right, bottom = (to_pixels((x, y)) for x, y in corners.tolist())
    across = (right - top) / mark.picture.width()
    down = (bottom - top) / mark.picture.height()
    turned = QTransform(across.x(), across.y(), down.x(), down.y(), top.x(), top.y())
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(turned, True)
        painter.drawImage(QPointF(0, 0), mark.picture)


def _draw_labels(painter: QPainter, boxes: list[tuple[str, QRectF]], theme: Theme) -> None:
    """Each right of the top of its ellipse; in one line where the ellipses are too small for that."""
    if not boxes:
        return
    font = small_font(painter.font())
    font.setBold(False)
    painter.setFont(font)
    apart = boxes[-1][1].width() - boxes[0][1].width()
    if apart < 2 * MIN_APART:
        outer = boxes[-1][1]
        text = " · ".join(f"{number}σ {label}" for number, (label, _) in enumerate(boxes, 1))
        _draw_label(painter, text, QPointF(outer.right() + GAP, outer.center().y()), theme)
        return
    for number, (label, box) in enumerate(boxes, 1):
        at = QPointF(
            box.center().x() + 0.36 * box.width() + GAP, box.center().y() - 0.36 * box.height()
        )
        _draw_label(painter, f"{number}σ {label}", at, theme)


def _draw_label(painter: QPainter, text: str, left: QPointF, theme: Theme) -> None:
    metrics = painter.fontMetrics()
    rect = QRectF(0, 0, metrics.horizontalAdvance(text) + 8, metrics.height() + 2)
    rect.moveTopLeft(QPointF(left.x(), left.y() - rect.height() / 2))
    ground = QColor(theme.pad)
    ground.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(QColor(theme.warning))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
