"""A screen reader that listens."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent


class Listener:
    """Stands for Qt's `QAccessible` where readings announce; says on what is announced, and passes it on."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.active = True

    def isActive(self) -> bool:
        return self.active

    def __getattr__(self, name: str) -> object:
        return getattr(QAccessible, name)

    def updateAccessibility(self, event: QAccessibleEvent) -> None:
        assert isinstance(event, QAccessibleAnnouncementEvent)
        self.said.append(event.message())
        QAccessible.updateAccessibility(event)
