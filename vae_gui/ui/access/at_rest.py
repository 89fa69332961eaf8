"""Once what moves has come to rest: a drag is one thing to say, not a hundred."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

REST_MS = 300


class AtRest(QObject):
    """Calls `act` when `restart` was not called for REST_MS."""

    def __init__(self, act: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=REST_MS, singleShot=True)
        self._timer.timeout.connect(act)

    def restart(self) -> None:
        self._timer.start()
