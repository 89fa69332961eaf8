"""Ctrl-C in the terminal, SIGTERM and SIGHUP, told within the event loop."""

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # those that the system has


class TerminationSignals(QObject):
    """Built on the main thread; until `watch`, which needs the application, what comes is kept. `is_received`:
    whether the app was told to end. Signals: `received()`, once.

    Python runs its handlers only between its own instructions, which an event loop at rest does not take;
    the interpreter's wakeup descriptor is written at once.
    """

    received = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_received = False
        self._notifier: QSocketNotifier | None = None
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        known = (getattr(signal, name) for name in NAMES if hasattr(signal, name))
        # One that is ignored, as under nohup, stays so.
        self._taken = [number for number in known if signal.getsignal(number) != signal.SIG_IGN]
        for number in self._taken:
            signal.signal(number, _do_nothing)

    def watch(self) -> None:
        """Tell what has come and what comes within the event loop."""
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)

    def close(self) -> None:
        """Ignore the signals from now on: the app ends, and a second Ctrl-C would only break that off."""
        for number in self._taken:
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        if self._notifier is not None:
            self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _on_signal(self) -> None:
        numbers = self._reader.recv(4096)
        if not self.is_received and any(number in self._taken for number in numbers):
            self.is_received = True
            self.received.emit()


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Else the signal would end the process before the event loop hears of it."""
