"""Handles at the edge of the pad for the cursor, A, B, keyframes and the drawing where they are out of view."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from vae_gui.core.vae.encodings import FARTHEST
from vae_gui.ui.plane.marks import Marks, Point, ToPixels
from vae_gui.ui.style.theme import Theme, small_font

CURSOR, DRAWING = "cursor", "drawing"
RADIUS, INSET = 9.0, 15.0
APART = 2 * RADIUS + 2  # of two handles that lead the same way
NAMES = {CURSOR: "○", DRAWING: "✎"}


@dataclass(frozen=True, slots=True)
class EdgeHandle:
    """Of what, where in the painter's pixels, in which direction (radians, down is positive), to which point."""

    name: str
    at: QPointF
    direction: float
    target: Point

    @property
    def tip(self) -> str:
        what = {CURSOR: "The cursor", DRAWING: "Your drawing"}.get(self.name, self.name)
        what = f"Keyframe {what}" if self.name.isdecimal() else what
        return f"{what} is out of view: click to go there"


def edge_handles(
    marks: Marks, drawing: Point | None, to_pixels: ToPixels, area: QRectF
) -> tuple[EdgeHandle, ...]:
    """One for each mark that is outside `area` and within reach; `to_pixels` maps latent units to the area's."""
    named = [(CURSOR, marks.cursor), *marks.markers]
    named += [(str(index + 1), point) for index, point in enumerate(marks.keyframes)]
    named += [] if drawing is None else [(DRAWING, drawing)]
    inner = area.adjusted(INSET, INSET, -INSET, -INSET)
    found: list[EdgeHandle] = []
    for name, point in named:
        away = to_pixels(point)
        if inner.isEmpty() or area.contains(away) or not is_within_reach(point):
            continue
        offset = away - inner.center()
        across = abs(offset.x()) / (inner.width() / 2)
        down = abs(offset.y()) / (inner.height() / 2)
        at = inner.center() + offset / max(across, down)
        at = _beside(at, along_x=down > across, taken=[other.at for other in found])
        found.append(EdgeHandle(name, at, math.atan2(offset.y(), offset.x()), point))
    return tuple(found)


def is_within_reach(point: Point) -> bool:
    """Whether the view can be moved there."""
    return all(abs(value) <= FARTHEST for value in point)


def handle_at(handles: tuple[EdgeHandle, ...], position: QPointF) -> EdgeHandle | None:
    """The one under the pointer."""
    for handle in handles:
        offset = handle.at - position
        if QPointF.dotProduct(offset, offset) <= (RADIUS + 4) ** 2:
            return handle
    return None


def draw_edge_handles(painter: QPainter, handles: tuple[EdgeHandle, ...], theme: Theme) -> None:
    """A disc with the mark's name, and an arrow head outside it."""
    font = small_font(painter.font())
    font.setBold(True)
    painter.setFont(font)
    for handle in handles:
        ink = QColor(theme.warning if handle.name == DRAWING else theme.accent)
        if handle.name not in (CURSOR, DRAWING):
            ink = QColor(theme.text)
        painter.setPen(QPen(QColor(theme.pad), 2))
        painter.setBrush(ink)
        painter.drawPolygon(_arrow(handle))
        painter.drawEllipse(handle.at, RADIUS, RADIUS)
        text = NAMES.get(handle.name, handle.name)
        painter.setPen(QColor(theme.pad))
        box = QFontMetricsF(font).tightBoundingRect(text)
        painter.drawText(handle.at - box.center(), text)


def handle_area(handle: EdgeHandle) -> QRect:
    """What is painted again where it moves."""
    reach = round(INSET) + 2
    middle = handle.at.toPoint()
    return QRect(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)


def _arrow(handle: EdgeHandle) -> QPolygonF:
    x, y = math.cos(handle.direction), math.sin(handle.direction)
    tip, side = QPointF(x, y) * (RADIUS + 6), QPointF(-y, x) * 5
    base = QPointF(x, y) * (RADIUS - 2)
    return QPolygonF([handle.at + tip, handle.at + base + side, handle.at + base - side])


def _beside(at: QPointF, along_x: bool, taken: list[QPointF]) -> QPointF:
    """The place, or the next one along the edge that is free."""
    step = QPointF(APART, 0) if along_x else QPointF(0, APART)
    while any((at - other).manhattanLength() < APART for other in taken):
        at = at + step
    return at
