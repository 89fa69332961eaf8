"""Work that costs much is done once things have settled, and again only after a rest."""

import time

from PySide6.QtCore import QObject, QTimer, Signal


class Throttle(QObject):
    """Signals: `due()`, when the work is to be done."""

    due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last = -1e9
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._fire)

    def settle(self, quiet_ms: int) -> None:
        """Due once nothing more happens for `quiet_ms`."""
        self._timer.start(quiet_ms)

    def after_rest(self, rest_seconds: float) -> None:
        """Due as soon as the last time is `rest_seconds` ago."""
        if not self._timer.isActive():
            wait = rest_seconds - (time.monotonic() - self._last)
            self._timer.start(max(0, round(1000 * wait)))

    def cancel(self) -> None:
        self._timer.stop()

    def _fire(self) -> None:
        self._last = time.monotonic()
        self.due.emit()
