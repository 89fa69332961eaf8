"""Where the window lies: within a screen, its title bar included, however large it was before."""

from PySide6.QtCore import QMargins, QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

FRAME = QMargins(8, 40, 8, 8)  # title bar and borders, which the system draws only after the window


def placed(wanted: QRect, screen: QRect, frame: QMargins = FRAME) -> QRect:
    """Return the rectangle nearest to `wanted` that lies within `screen` with `frame` around it."""
    room = screen.marginsRemoved(frame)
    size = wanted.size().boundedTo(room.size())
    left = min(max(wanted.x(), room.x()), room.x() + room.width() - size.width())
    top = min(max(wanted.y(), room.y()), room.y() + room.height() - size.height())
    return QRect(QPoint(left, top), size)


def place(window: QWidget) -> None:
    """Move a window that is not shown yet into the screen under its middle, or into the first one."""
    if window.isMaximized() or window.isFullScreen():
        return
    middle = window.geometry().center()
    screen = QGuiApplication.screenAt(middle) or QGuiApplication.primaryScreen()
    window.setGeometry(placed(window.geometry(), screen.availableGeometry()))
