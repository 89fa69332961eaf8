"""Every exception is seen once, in words, and logged with its trace; the app goes on."""

import logging
import sys
import threading
from collections import deque
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from vae_gui.ui.window.errors import Report, describe_error

MAX_SEEN = 100  # traces that are not told again

log = logging.getLogger(__name__)


class ExceptionHook(QObject):
    """Signals: `caught(Report)`, in the thread of this object, whichever thread raised."""

    caught = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: deque[str] = deque(maxlen=MAX_SEEN)

    def install(self) -> None:
        """Take over from the interpreter, for slots, paint events and threads alike."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        report: Report = describe_error(error)
        if report.details in self._seen:  # a paint event fails again and again
            return
        if report.details:
            self._seen.append(report.details)
        log.error("uncaught exception", exc_info=(kind, error, trace))
        self.caught.emit(report)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)
