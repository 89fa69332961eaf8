"""Throttle and debounce: when work that costs much is done, so that it is neither late nor done too often."""

import time
from collections.abc import Hashable

from PySide6.QtCore import QObject, QTimer, Signal


class Throttle(QObject):
    """`work_seconds`: how long the last work took.

    Signals: `due()`, when the work is to be done.
    """

    due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.work_seconds = 0.0
        self._begun = self._ended = -1e9
        self._wanted: Hashable = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._fire)

    def debounce(self, quiet_ms: int, wanted: Hashable) -> None:
        """Due once nothing else has been wanted for `quiet_ms`."""
        if not self._timer.isActive() or wanted != self._wanted:
            self._wanted = wanted
            self._timer.start(quiet_ms)

    def throttle(self, rest_seconds: float) -> None:
        """Due as soon as the last work ended `rest_seconds` ago; what is due already stays so."""
        if not self._timer.isActive():
            wait = rest_seconds - (time.monotonic() - self._ended)
            self._timer.start(max(0, round(1000 * wait)))

    def rest(self) -> None:
        """The work has ended: the rest begins."""
        self._ended = time.monotonic()
        self.work_seconds = self._ended - self._begun

    def _fire(self) -> None:
        self._begun = self._ended = time.monotonic()
        self.due.emit()
