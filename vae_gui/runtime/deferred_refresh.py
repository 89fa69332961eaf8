"""Deferred refresh: the other panels follow a move of the cursor after its digit is decoded, throttled."""

import time

from PySide6.QtCore import QObject, QTimer, Signal

REST_SECONDS = 0.03  # from one time to the next
LATEST_MS = 35  # after a move, where no digit is decoded before


class DeferredRefresh(QObject):
    """Signals: `due()`, once for several moves."""

    due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted = False
        self._last = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._follow)

    def moved(self) -> None:
        """The cursor is elsewhere."""
        if not self._wanted:
            self._wanted = True
            self._timer.start(LATEST_MS)

    def answered(self) -> None:
        """All that was asked at once is answered: what others ask now delays no digit."""
        if self._wanted and time.monotonic() - self._last > REST_SECONDS:
            self._timer.start(0)  # after the paint of the digit

    def stop(self) -> None:
        self._timer.stop()

    def _follow(self) -> None:
        self._last, self._wanted = time.monotonic(), False
        self.due.emit()
