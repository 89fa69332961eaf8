"""The paths that are compared on the pad, each in a line style of its own, and the keyframes."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from vae_gui.core.paths import LINES, PATHS
from vae_gui.ui.style.theme import Theme, small_font

KEYFRAME_RADIUS = 7.0
PEN_STYLES = dict(
    zip(
        LINES,
        (
            Qt.PenStyle.DashLine,
            Qt.PenStyle.DotLine,
            Qt.PenStyle.DashDotLine,
            Qt.PenStyle.DashDotDotLine,
        ),
        strict=True,
    )
)

Point = tuple[float, float]
ToPixels = Callable[[Point], QPointF]


@dataclass(frozen=True, slots=True)
class PathLine:
    """A path in latent units, one of PATHS. chosen: it is drawn by its frames, so only named here."""

    name: str
    points: tuple[Point, ...]
    chosen: bool = False


def draw_lines(
    painter: QPainter, lines: tuple[PathLine, ...], to_pixels: ToPixels, theme: Theme
) -> None:
    """Thin lines in styles that differ."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in lines:
        if not line.chosen and len(line.points) > 1:
            polygon = QPolygonF([to_pixels(point) for point in line.points])
            painter.setPen(QPen(QColor(theme.pad), 4.0))
            painter.drawPolyline(polygon)
            painter.setPen(QPen(QColor(theme.text), 1.6, PEN_STYLES[PATHS[line.name].line]))
            painter.drawPolyline(polygon)


def draw_names(
    painter: QPainter,
    lines: tuple[PathLine, ...],
    to_pixels: ToPixels,
    theme: Theme,
    taken: list[QRectF],
) -> None:
    """The name of each path on it, beside what is `taken`, which grows."""
    painter.setFont(small_font(painter.font()))
    for line in lines:
        if not line.points:
            continue
        title = PATHS[line.name].title
        at = to_pixels(_at(line.points, PATHS[line.name].label_at))
        rect = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(title) + 12, 18)
        rect.moveCenter(at)
        rect = free_place(rect, taken)
        painter.setPen(QPen(QColor(theme.text), 1, PEN_STYLES[PATHS[line.name].line]))
        if line.chosen:
            painter.setPen(QPen(QColor(theme.text), 1.2))
        painter.setBrush(QColor(theme.pad))
        painter.drawRoundedRect(rect, 9, 9)
        painter.setPen(QColor(theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, title)


def free_place(rect: QRectF, taken: list[QRectF], reach: int = 3) -> QRectF:
    """The rectangle, or the nearest one above or below it that touches nothing taken; it is taken then.

    reach: how many of its heights it may move.
    """
    step = rect.height() + 1
    rows = sorted(range(-reach, reach + 1), key=abs)
    moved = [rect.translated(0, row * step) for row in rows]
    free = (place for place in moved if not any(place.intersects(other) for other in taken))
    found = next(free, rect)
    taken.append(found)
    return found


def _at(points: tuple[Point, ...], part: float) -> Point:
    """Where `part` of the polyline's length lies."""
    pairs = list(pairwise(points))
    lengths = [((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 for (x0, y0), (x1, y1) in pairs]
    left = part * sum(lengths)
    for ((x0, y0), (x1, y1)), length in zip(pairs, lengths, strict=True):
        if left <= length and length > 0:
            t = left / length
            return x0 + t * (x1 - x0), y0 + t * (y1 - y0)
        left -= length
    return points[-1]


def draw_keyframes(
    painter: QPainter, keyframes: tuple[Point, ...], to_pixels: ToPixels, theme: Theme
) -> None:
    """Small diamonds, as one shape however many there are."""
    diamonds, r = QPainterPath(), KEYFRAME_RADIUS
    diamonds.setFillRule(Qt.FillRule.WindingFill)
    for point in keyframes:
        at = to_pixels(point)
        corners = [(0.0, -r), (r, 0.0), (0.0, r), (-r, 0.0), (0.0, -r)]
        diamonds.addPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))
    painter.setPen(QPen(QColor(theme.pad), 2))
    painter.setBrush(QColor(theme.text))
    painter.drawPath(diamonds)
