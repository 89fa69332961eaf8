"""A stroke on the canvas of the draw panel, as a hand makes it."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from vae_gui.ui.panels.draw.panel import DrawPanel


def draw(panel: DrawPanel, *points: tuple[float, float]) -> None:
    """With the mouse, from the first to the last."""
    square, button = panel.canvas.square(), Qt.MouseButton.LeftButton
    places = [(square.topLeft() + QPointF(x, y) * square.width()).toPoint() for x, y in points]
    QTest.mousePress(panel.canvas, button, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(panel.canvas, place)
    QTest.mouseRelease(panel.canvas, button, pos=places[-1])
