"""Marks above the pad's picture, in screen pixels: those that follow the pointer, and all of them as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from vae_gui.ui.plane.path_marks import PathLine
from vae_gui.ui.style.images import draw_digit
from vae_gui.ui.style.theme import Theme, small_font

if TYPE_CHECKING:
    from vae_gui.ui.plane.scene import PlaneScene

CURSOR_RADIUS = 7.0
TILE = 68.0
TILE_GAP = 16.0
TILE_REACH = round(TILE_GAP + TILE) + 6
CAPTION = 18  # height of the line under a card

Point = tuple[float, float]
ToPixels = Callable[[Point], QPointF]


@dataclass(frozen=True, slots=True, eq=False)
class HoverCard:
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
    card: HoverCard | None = None

    @property
    def focus_point(self) -> Point:
        """Where the person looks: at the pointer, or else at the cursor."""
        return self.cursor if self.hover is None else self.hover

    @property
    def still(self) -> Marks:
        """What does not follow the pointer."""
        return replace(self, cursor=(0.0, 0.0), hover=None, tile=None, card=None)


def draw_moving_marks(
    painter: QPainter, marks: Marks, to_pixels: ToPixels, area: QRectF, theme: Theme
) -> None:
    """Cursor, pointer and hover card; `to_pixels` maps latent units to the painter's."""
    cursor, at = to_pixels(marks.cursor), to_pixels(marks.focus_point)
    _draw_crosshair(painter, cursor, area, theme)
    _draw_ring(painter, cursor, QColor(theme.accent), theme)
    if marks.hover is not None:
        _draw_ring(painter, at, QColor(theme.muted), theme)
    if marks.card is not None:
        _draw_hover_card(painter, marks.card, to_pixels(marks.card.at), area, theme)


def draw_focus(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """A frame around the plane while the keys act on it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.accent), 1.5))
    painter.drawRect(area.adjusted(1, 1, -1, -1))


def moved_area(before: Marks, after: Marks, to_pixels: ToPixels, area: QRectF) -> QRegion:
    """What must be painted again where only cursor, hover, tile or card changed."""
    region = QRegion()
    for marks in (before, after):
        cursor = to_pixels(marks.cursor).toPoint()
        if before.cursor != after.cursor:
            region += QRect(round(area.left()), cursor.y() - 2, round(area.width()), 4)
            region += QRect(cursor.x() - 2, round(area.top()), 4, round(area.height()))
            region += _square(cursor, round(CURSOR_RADIUS) + 4)
        region += tile_area(marks, to_pixels)
        if marks.card is not None:
            region += _square(to_pixels(marks.card.at).toPoint(), TILE_REACH + CAPTION)
    return region


def tile_area(marks: Marks, to_pixels: ToPixels) -> QRect:
    """Where the tile may be, on whichever side of the point there is room."""
    return _square(to_pixels(marks.focus_point).toPoint(), TILE_REACH)


def _square(middle: QPoint, reach: int) -> QRect:
    return QRect(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)


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


def draw_tile(painter: QPainter, scene: PlaneScene) -> None:
    """The overlay “Digit at the cursor”: right above the point, or on whichever side there is room."""
    image, area, theme = scene.marks.tile, scene.area, scene.theme
    at = scene.to_pixels(scene.marks.focus_point)
    if image is None or not area.contains(at):
        return
    x = at.x() + TILE_GAP if at.x() + TILE_GAP + TILE < area.right() else at.x() - TILE_GAP - TILE
    y = at.y() - TILE_GAP - TILE if at.y() - TILE_GAP - TILE > area.top() else at.y() + TILE_GAP
    tile = QRectF(x, y, TILE, TILE)
    painter.setPen(QPen(QColor(theme.accent), 1.5))
    painter.setBrush(QColor(theme.digit))
    painter.drawRoundedRect(tile, 6, 6)
    draw_digit(painter, tile.adjusted(4, 4, -4, -4), image)


def _draw_hover_card(
    painter: QPainter, card: HoverCard, at: QPointF, area: QRectF, theme: Theme
) -> None:
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
