"""Ctrl-C in the terminal, SIGTERM and SIGHUP, told within the event loop."""

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # those that the system has


class TerminationSignals(QObject):
    """Built on the main thread. `is_received`: whether the app was told to end. Signals: `received()`, once.

    Python runs its handlers only between its own instructions, which an event loop at rest does not take;
    the interpreter's wakeup descriptor is written at once.
    """

    received = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_received = False
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)
        self._wakeup_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._before = {}
        for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
            if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                self._before[number] = signal.signal(number, _do_nothing)

    def close(self) -> None:
        """Everything as it was before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _on_signal(self) -> None:
        numbers = self._reader.recv(4096)
        if not self.is_received and any(number in self._before for number in numbers):
            self.is_received = True
            self.received.emit()


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Else the signal would end the process before the event loop hears of it."""
