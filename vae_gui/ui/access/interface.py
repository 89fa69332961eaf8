"""The interfaces of Qt's accessibility tree for the widgets that have a `Reading`.

An interface overrides role and text alone. In PySide 6.11 an override of `interface_cast` ends the process when
AT-SPI asks for it, whatever it returns, and a `QAccessibleValueInterface` beside `QAccessibleWidget` is seen from
Python and from nowhere else. So what has a number is a `QAbstractSlider`, whose interface is Qt's own.
"""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.access.reading import reading_of

_INSTALLED = "readings"  # property of the application


class ReadingInterface(QAccessibleWidget):
    """Owned by Qt's cache, which deletes it with the widget.

    It keeps no reference: PySide 6.11 never frees the Python part of an interface that Qt has deleted.
    """

    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role)

    @qt_override
    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value:
            reading = reading_of(self.object())
            return "" if reading is None else reading.words()
        return super().text(kind)


def install_readings(app: QApplication) -> None:
    """Let Qt ask for the readings; once is enough for an application."""
    if not app.property(_INSTALLED):
        QAccessible.installFactory(_interface)
        app.setProperty(_INSTALLED, True)


def _interface(_class_name: str, thing: QObject) -> ReadingInterface | None:
    if not isinstance(thing, QWidget):
        return None
    reading = reading_of(thing)
    return None if reading is None else ReadingInterface(thing, reading.role)
