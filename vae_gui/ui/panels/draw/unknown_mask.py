"""The part of the canvas that is marked as unknown: tinted and hatched, over the drawing."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPainterPathStroker

from vae_gui.core.pictures.unknown import UNKNOWN_BRUSH
from vae_gui.core.state.latent import Stroke
from vae_gui.ui.style.theme import DARK

TINT, HATCH = 70, 170  # alpha of 255
_DOT = 1e-3  # pixels: a line of no length has no outline


def paint_unknown(painter: QPainter, square: QRectF, strokes: tuple[Stroke, ...]) -> None:
    """square: the canvas, black in both themes; what of a mark lies beside it is for the painter's clip."""
    marked = _outline(square, strokes)
    color = QColor(DARK.accent)
    color.setAlpha(TINT)
    painter.fillPath(marked, color)
    color.setAlpha(HATCH)
    painter.fillPath(marked, QBrush(color, Qt.BrushStyle.BDiagPattern))


def _outline(square: QRectF, strokes: tuple[Stroke, ...]) -> QPainterPath:
    """What the broad brush has passed over."""
    stroker = QPainterPathStroker()
    stroker.setWidth(UNKNOWN_BRUSH * square.width())
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    outline = QPainterPath()
    outline.setFillRule(Qt.FillRule.WindingFill)
    for stroke in filter(None, strokes):
        first, *others = (square.topLeft() + QPointF(*point) * square.width() for point in stroke)
        line = QPainterPath(first)
        for point in others or [first + QPointF(_DOT, 0)]:
            line.lineTo(point)
        outline.addPath(stroker.createStroke(line))
    return outline
