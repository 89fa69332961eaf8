"""The marks of the pad that stand still while the cursor moves: class names, paths, keyframes, A and B."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QApplication

from vae_gui.ui.plane.marks import Marks, ToPixels
from vae_gui.ui.plane.path_marks import draw_keyframes, draw_lines, draw_names, free_place
from vae_gui.ui.plane.scene import PlaneScene
from vae_gui.ui.style.painting import saved
from vae_gui.ui.style.theme import Theme

MARKER_RADIUS = 11.0
NEAR, FADED = 22, 0.45  # pixels around the pointer where class names are fainter, and how faint


def draw_class_names(painter: QPainter, scene: PlaneScene) -> None:
    """The overlay “Class names”; those that step back are faint."""
    painter.setFont(_bold(13))
    for text, point in scene.marks.labels:
        rect = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(text) + 10, 18)
        rect.moveCenter(scene.to_pixels(point))
        rect = free_place(rect, scene.taken, reach=1)
        painter.setOpacity(FADED if text in scene.faint else 1.0)
        background = QColor(scene.theme.pad)
        background.setAlpha(200)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
        painter.drawRoundedRect(rect, 9, 9)
        painter.setPen(QColor(scene.theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def draw_paths(painter: QPainter, scene: PlaneScene) -> None:
    """The overlay “Path, A and B”: the compared paths, the strip's frames, keyframes, and both ends."""
    marks, to_pixels, theme = scene.marks, scene.to_pixels, scene.theme
    draw_lines(painter, marks.lines, to_pixels, theme)
    _draw_path(painter, [to_pixels(point) for point in marks.path], theme)
    draw_names(painter, marks.lines, to_pixels, theme, scene.taken)
    draw_keyframes(painter, marks.keyframes, to_pixels, theme)
    for name, point in marks.markers:
        at = to_pixels(point)
        painter.setOpacity(FADED if _is_over_drawing(at, scene) else 1.0)
        _draw_marker(painter, name, at, theme)


def _is_over_drawing(at: QPointF, scene: PlaneScene) -> bool:
    """Whether a marker would hide where the drawing lies."""
    if scene.posterior is None:
        return False
    offset = scene.to_pixels(scene.posterior.middle) - at
    return math.hypot(offset.x(), offset.y()) < 2 * MARKER_RADIUS


def faint_labels(marks: Marks, to_pixels: ToPixels) -> frozenset[str]:
    """The class names that lie where the person looks, or under A or B."""
    points = [marks.cursor, marks.focus_point, *(point for _, point in marks.markers)]
    busy = [(at.x(), at.y()) for at in map(to_pixels, points)]
    faint = set()
    for text, point in marks.labels:
        middle, half = to_pixels(point), 5 + 4 * len(text)
        x, y = middle.x(), middle.y()
        if any(math.hypot(max(0.0, abs(x - bx) - half), y - by) < NEAR for bx, by in busy):
            faint.add(text)
    return frozenset(faint)


def _bold(pixels: int) -> QFont:
    font = QApplication.font()
    font.setPixelSize(pixels)
    font.setBold(True)
    return font


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


def _draw_marker(painter: QPainter, name: str, at: QPointF, theme: Theme) -> None:
    painter.setPen(QPen(QColor(theme.pad), 2))
    painter.setBrush(QColor(theme.text))
    painter.drawEllipse(at, MARKER_RADIUS, MARKER_RADIUS)
    painter.setFont(_bold(12))
    painter.setPen(QColor(theme.pad))
    box = QRectF(
        at.x() - MARKER_RADIUS, at.y() - MARKER_RADIUS, 2 * MARKER_RADIUS, 2 * MARKER_RADIUS
    )
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def draw_posterior_ellipses(painter: QPainter, scene: PlaneScene) -> None:
    """The overlay “Posterior ellipses”."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    origin, unit = scene.to_pixels((0.0, 0.0)), scene.to_pixels((1.0, 1.0))
    scale_x, scale_y = unit.x() - origin.x(), origin.y() - unit.y()
    shapes, colors = scene.ellipses.shapes, scene.ellipses.colors
    pens = {color: QPen(QColor(color), 1.2) for color in set(colors)}
    for (x, y, a, b, turn), color in zip(shapes.tolist(), colors, strict=True):
        painter.setPen(pens[color])
        with saved(painter):
            painter.translate(origin.x() + x * scale_x, origin.y() - y * scale_y)
            painter.rotate(-math.degrees(turn))
            painter.drawEllipse(QPointF(), a * scale_x, b * scale_y)
