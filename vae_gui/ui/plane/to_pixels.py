"""From latent units to pixels, as the view of a plane is now."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QTransform

from vae_gui.ui.plane.marks import ToPixels

FAR = 1e6  # pixels from the corner; no screen shows what is there


def to_pixels_of(box: pg.ViewBox, to_widget: QTransform | None = None) -> ToPixels:
    """To the scene, or to the widget by its transform.

    pyqtgraph's own way costs 20 µs a point, a move of the cursor maps dozens. What is out of all
    reach stays within FAR: Qt's rasterizer does not survive a point at 1e300.
    """
    origin, unit = (box.mapViewToScene(QPointF(at, at)) for at in (0.0, 1.0))
    if to_widget is not None:
        origin, unit = to_widget.map(origin), to_widget.map(unit)
    x0, y0 = origin.x(), origin.y()
    across, down = unit.x() - x0, unit.y() - y0
    return lambda point: QPointF(
        _within_reach(x0 + across * point[0]), _within_reach(y0 + down * point[1])
    )


def _within_reach(pixel: float) -> float:
    return min(FAR, max(-FAR, pixel))  # in this order: NaN is far away too
