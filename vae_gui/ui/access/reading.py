"""What a screen reader is told of a widget that paints itself: its role, what it shows in words, and its moves."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.access.at_rest import AtRest


class Reading(QObject):
    """A child of the widget, found by `reading_of`. Name and description are the widget's own, as everywhere in Qt.

    words: what the widget shows now, in words; "" for nothing to say. It is called only when somebody listens.
    """

    def __init__(
        self, widget: QWidget, role: QAccessible.Role, words: Callable[[], str] = str
    ) -> None:
        if QAccessible.isActive():
            _forget_interface(widget)
        super().__init__(widget)
        self.role, self.words = role, words
        self._widget, self._said = widget, ""
        self._rest = AtRest(self._announce, self)
        widget.installEventFilter(self)

    def moved(self) -> None:
        """What the widget shows has changed: it is said at rest, where the keyboard is here."""
        if QAccessible.isActive() and self._widget.hasFocus():
            self._rest.restart()

    @qt_override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is there is said when the keyboard arrives: AT-SPI has no text for the value of a picture."""
        if event.type() == QEvent.Type.FocusIn:
            self._said = ""
            self.moved()
        return super().eventFilter(watched, event)

    def _announce(self) -> None:
        words = self.words()
        if words and words != self._said and self._widget.hasFocus():
            self._said = words
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._widget, words))


def _forget_interface(widget: QWidget) -> None:
    """Where somebody listens already, Qt made the widget's interface when its name was set, and keeps it."""
    interface = QAccessible.queryAccessibleInterface(widget)
    QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(interface))


def reading_of(widget: QObject) -> Reading | None:
    """The reading of a widget that has one."""
    return widget.findChild(Reading, options=Qt.FindChildOption.FindDirectChildrenOnly)
