"""What a person sees and does: painted pixels, and the mouse on the pad."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.window.main_window import MainWindow

Point = tuple[float, float]


def pixels(widget: QWidget) -> np.ndarray:
    """What is painted of a widget, (height, width, 4) uint8."""
    return as_array(widget.grab().toImage())


def as_array(image: QImage) -> np.ndarray:
    """(height, width, 4) uint8."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    size = image.height(), image.bytesPerLine() // 4, 4
    return np.array(image.constBits(), copy=True).reshape(size)[:, : image.width()]


def differs(widget: QWidget, before: np.ndarray) -> bool:
    now = pixels(widget)
    return now.shape == before.shape and not np.array_equal(now, before)


def panel(window: MainWindow, name: str) -> Panel:
    return window.docks.panels[name]


def pad_of(window: MainWindow) -> PadView:
    return panel(window, "pad").view


def place(view: PadView, point: Point) -> QPoint:
    return view.to_pixels(point).toPoint()


def click(qtbot, view: PadView, point: Point) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place(view, point))


def drag(qtbot, view: PadView, start: Point, *stops: Point) -> None:
    """Press at one place, move over others, let go at the last."""
    at = place(view, start)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    for stop in stops:
        at = place(view, stop)
        qtbot.mouseMove(view.viewport(), pos=at)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
