"""What is drawn above the pad's picture, in screen pixels: path, endpoints, cursor, and the digit beside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QRegion

from vae_gui.ui.images import draw_digit
from vae_gui.ui.theme import Theme, small_font
from vae_gui.ui.widgets.path_marks import PathLine, draw_keyframes, draw_lines, draw_names

MARKER_RADIUS = 11.0
CURSOR_RADIUS = 7.0
TILE = 68.0
TILE_GAP = 16.0
CAPTION = 18  # height of the line under a card
FADE, FADED = 44, 0.25  # pixels around the pointer where class names are fainter, and how faint

Point = tuple[float, float]
ToPixels = Callable[[Point], QPointF]


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """An encoding under the pointer: its image, drawn beside it with a caption in the colour of its class."""

    at: Point
    image: NDArray[np.uint8]
    caption: str
    color: str


@dataclass(frozen=True, slots=True)
class Marks:
    """Points in latent units. hover: where the pointer looks. tile: a digit drawn beside hover or cursor."""

    cursor: Point = (0.0, 0.0)
    hover: Point | None = None
    markers: tuple[tuple[str, Point], ...] = ()
    path: tuple[Point, ...] = ()
    lines: tuple[PathLine, ...] = ()
    keyframes: tuple[Point, ...] = ()
    labels: tuple[tuple[str, Point], ...] = ()
    tile: NDArray[np.uint8] | None = field(default=None, compare=False)
    card: Card | None = None

    @property
    def looks(self) -> Point:
        """Where the person looks: at the pointer, or else at the cursor."""
        return self.cursor if self.hover is None else self.hover


def draw_marks(
    painter: QPainter, marks: Marks, to_pixels: ToPixels, area: QRectF, theme: Theme
) -> None:
    """Draw all marks that lie in `area`; `to_pixels` maps latent units to the painter's."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    _draw_labels(painter, marks, to_pixels, theme)
    draw_lines(painter, marks.lines, to_pixels, theme)
    _draw_path(painter, [to_pixels(point) for point in marks.path], theme)
    draw_names(painter, marks.lines, to_pixels, theme)
    cursor, at = to_pixels(marks.cursor), to_pixels(marks.looks)
    _draw_crosshair(painter, cursor, area, theme)
    draw_keyframes(painter, marks.keyframes, to_pixels, theme)
    for name, point in marks.markers:
        _draw_marker(painter, name, to_pixels(point), theme)
    _draw_ring(painter, cursor, QColor(theme.accent), theme)
    if marks.hover is not None:
        _draw_ring(painter, at, QColor(theme.muted), theme)
    if marks.card is not None:
        _draw_card(painter, marks.card, to_pixels(marks.card.at), area, theme)
    if marks.tile is not None and area.contains(at):
        _draw_tile(painter, marks.tile, at, area, theme)


def moved_area(before: Marks, after: Marks, to_pixels: ToPixels, area: QRectF) -> QRegion | None:
    """What must be painted again where only cursor, hover, tile or card changed; None for everything."""
    still = all(
        getattr(before, name) == getattr(after, name)
        for name in ("markers", "path", "lines", "keyframes", "labels")
    )
    if not still:
        return None
    region = QRegion()
    for marks in (before, after):
        cursor = to_pixels(marks.cursor).toPoint()
        if before.cursor != after.cursor:
            region += QRect(round(area.left()), cursor.y() - 2, round(area.width()), 4)
            region += QRect(cursor.x() - 2, round(area.top()), 4, round(area.height()))
            region += _square(cursor, FADE)
        reach = round(max(TILE_GAP + TILE + 6, FADE))
        region += _square(to_pixels(marks.looks).toPoint(), reach)
        if marks.card is not None:
            region += _square(to_pixels(marks.card.at).toPoint(), reach + CAPTION)
    return region


def _square(middle: QPoint, reach: int) -> QRect:
    return QRect(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)


def _draw_labels(painter: QPainter, marks: Marks, to_pixels: ToPixels, theme: Theme) -> None:
    """Names step back where the person looks, and before A and B."""
    font = QFont(painter.font())
    font.setPixelSize(13)
    font.setBold(True)
    painter.setFont(font)
    busy = [to_pixels(point) for point in (marks.cursor, marks.looks)]
    busy += [to_pixels(point) for _, point in marks.markers]
    for text, point in marks.labels:
        rect = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(text) + 10, 18)
        rect.moveCenter(to_pixels(point))
        offsets = [at - rect.center() for at in busy]
        near = min(np.hypot(max(0, abs(o.x()) - rect.width() / 2), o.y()) for o in offsets)
        painter.setOpacity(max(FADED, min(1.0, near / FADE)))
        ground = QColor(theme.pad)
        ground.setAlpha(200)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 9, 9)
        painter.setPen(QColor(theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.setOpacity(1.0)


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
    painter.fillRect(QRectF(area.left(), round(at.y()), area.width(), 1), color)
    painter.fillRect(QRectF(round(at.x()), area.top(), 1, area.height()), color)


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


def _draw_card(painter: QPainter, card: Card, at: QPointF, area: QRectF, theme: Theme) -> None:
    """On the other side of the point than the tile."""
    color = QColor(card.color)
    painter.setPen(QPen(QColor(theme.pad), 3))
    painter.setBrush(color)
    painter.drawEllipse(at, 5, 5)
    height = TILE + CAPTION
    x = at.x() - TILE_GAP - TILE if at.x() + TILE_GAP + TILE < area.right() else at.x() + TILE_GAP
    if x < area.left():
        x = at.x() + TILE_GAP
    y = (
        at.y() + TILE_GAP
        if at.y() + TILE_GAP + height < area.bottom()
        else at.y() - TILE_GAP - height
    )
    painter.setPen(QPen(color, 1.5))
    painter.setBrush(QColor(theme.surface))
    painter.drawRoundedRect(QRectF(x, y, TILE, height), 6, 6)
    draw_digit(painter, QRectF(x + 4, y + 4, TILE - 8, TILE - 8), card.image)
    font = small_font(painter.font())
    font.setBold(False)
    painter.setFont(font)
    painter.setPen(QColor(theme.text))
    line = QRectF(x + 4, y + TILE - 2, TILE - 8, CAPTION)
    text = painter.fontMetrics().elidedText(
        card.caption, Qt.TextElideMode.ElideRight, int(line.width())
    )
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)


def draw_bubbles(
    painter: QPainter, ellipses: NDArray[np.floating], colors: list[str], to_pixels: ToPixels
) -> None:
    """ellipses: (n, 5), middle x, y and both half axes in latent units, the turn in radians."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    origin, unit = to_pixels((0.0, 0.0)), to_pixels((1.0, 1.0))
    scale_x, scale_y = unit.x() - origin.x(), origin.y() - unit.y()
    pens = {color: QPen(QColor(color), 1.2) for color in set(colors)}
    for (x, y, a, b, turn), color in zip(ellipses.tolist(), colors, strict=True):
        painter.setPen(pens[color])
        painter.save()
        painter.translate(origin.x() + x * scale_x, origin.y() - y * scale_y)
        painter.rotate(-math.degrees(turn))
        painter.drawEllipse(QPointF(), a * scale_x, b * scale_y)
        painter.restore()
