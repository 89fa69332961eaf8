"""What is drawn above the pad's picture, in screen pixels: path, endpoints, cursor, and the digit beside it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from vae_gui.ui.images import draw_digit
from vae_gui.ui.theme import Theme

MARKER_RADIUS = 11.0
CURSOR_RADIUS = 7.0
TILE = 68.0
TILE_GAP = 16.0

Point = tuple[float, float]
ToPixels = Callable[[Point], QPointF]


@dataclass(frozen=True, slots=True)
class Marks:
    """Points in latent units. hover: where the pointer looks. tile: a digit drawn beside hover or cursor."""

    cursor: Point = (0.0, 0.0)
    hover: Point | None = None
    markers: tuple[tuple[str, Point], ...] = ()
    path: tuple[Point, ...] = ()
    labels: tuple[tuple[str, Point], ...] = ()
    tile: NDArray[np.uint8] | None = field(default=None, compare=False)


def draw_marks(
    painter: QPainter, marks: Marks, to_pixels: ToPixels, area: QRectF, theme: Theme
) -> None:
    """Draw all marks that lie in `area`; `to_pixels` maps latent units to the painter's."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(area)
    _draw_labels(painter, marks, to_pixels, theme)
    _draw_path(painter, [to_pixels(point) for point in marks.path], theme)
    cursor = to_pixels(marks.cursor)
    _draw_crosshair(painter, cursor, area, theme)
    for name, point in marks.markers:
        _draw_marker(painter, name, to_pixels(point), theme)
    _draw_ring(painter, cursor, QColor(theme.accent), theme)
    at = cursor
    if marks.hover is not None:
        at = to_pixels(marks.hover)
        _draw_ring(painter, at, QColor(theme.muted), theme)
    if marks.tile is not None and area.contains(at):
        _draw_tile(painter, marks.tile, at, area, theme)


def _draw_labels(painter: QPainter, marks: Marks, to_pixels: ToPixels, theme: Theme) -> None:
    font = QFont(painter.font())
    font.setPixelSize(13)
    font.setBold(True)
    painter.setFont(font)
    for text, point in marks.labels:
        box = painter.fontMetrics().boundingRect(text)
        rect = QRectF(0, 0, box.width() + 10, 18)
        rect.moveCenter(to_pixels(point))
        ground = QColor(theme.pad)
        ground.setAlpha(200)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 9, 9)
        painter.setPen(QColor(theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def _draw_path(painter: QPainter, points: list[QPointF], theme: Theme) -> None:
    if len(points) < 2:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((QColor(theme.pad), 4.0), (QColor(theme.text), 1.6)):
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF(points))
    painter.setPen(QPen(QColor(theme.pad), 1))
    painter.setBrush(QColor(theme.text))
    for point in points[1:-1]:
        painter.drawEllipse(point, 2.4, 2.4)


def _draw_crosshair(painter: QPainter, at: QPointF, area: QRectF, theme: Theme) -> None:
    color = QColor(theme.accent)
    color.setAlpha(90)
    painter.setPen(QPen(color, 1))
    painter.drawLine(QPointF(area.left(), at.y()), QPointF(area.right(), at.y()))
    painter.drawLine(QPointF(at.x(), area.top()), QPointF(at.x(), area.bottom()))


def _draw_ring(painter: QPainter, at: QPointF, color: QColor, theme: Theme) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ring, width in ((QColor(theme.pad), 5.0), (color, 2.2)):
        painter.setPen(QPen(ring, width))
        painter.drawEllipse(at, CURSOR_RADIUS, CURSOR_RADIUS)


def _draw_marker(painter: QPainter, name: str, at: QPointF, theme: Theme) -> None:
    painter.setPen(QPen(QColor(theme.pad), 2))
    painter.setBrush(QColor(theme.text))
    painter.drawEllipse(at, MARKER_RADIUS, MARKER_RADIUS)
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(theme.pad))
    box = QRectF(
        at.x() - MARKER_RADIUS, at.y() - MARKER_RADIUS, 2 * MARKER_RADIUS, 2 * MARKER_RADIUS
    )
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def _draw_tile(
    painter: QPainter, image: NDArray[np.uint8], at: QPointF, area: QRectF, theme: Theme
) -> None:
    """Right above the point, or on whichever side there is room."""
    x = at.x() + TILE_GAP if at.x() + TILE_GAP + TILE < area.right() else at.x() - TILE_GAP - TILE
    y = at.y() - TILE_GAP - TILE if at.y() - TILE_GAP - TILE > area.top() else at.y() + TILE_GAP
    tile = QRectF(x, y, TILE, TILE)
    painter.setPen(QPen(QColor(theme.accent), 1.5))
    painter.setBrush(QColor(theme.digit))
    painter.drawRoundedRect(tile, 6, 6)
    draw_digit(painter, tile.adjusted(4, 4, -4, -4), image)
