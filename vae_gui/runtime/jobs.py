"""Jobs: each runs one generator on a thread of its own, with progress and cancel."""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, QTimer, Signal

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job
from vae_gui.runtime.deadline import FOREVER
from vae_gui.runtime.notices import Notices

log = logging.getLogger(__name__)


class JobThread(QThread):
    """A running job. Signals: `progressed(Progress)`, then one of `done(value)`, `failed(text)`, `cancelled()`.

    Cancelling closes the generator, which cleans up after itself.
    """

    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, title: str, make: Callable[[], Job[object]], parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self._make = make
        self._cancelled = (
            threading.Event()
        )  # an interruption is forgotten by a thread that has not begun

    def cancel(self) -> None:
        """Ask the job to end at its next report."""
        self._cancelled.set()

    def run(self) -> None:
        try:
            job = self._make()
            while not self._cancelled.is_set():
                try:
                    self.progressed.emit(next(job))
                except StopIteration as stop:
                    self.done.emit(stop.value)
                    return
            job.close()
            self.cancelled.emit()
        except UserError as error:
            self.failed.emit(str(error))
        except Exception as error:
            log.exception("the job “%s” failed", self.title)
            self.failed.emit(f"{self.title} failed: {error}")


class Jobs(QObject):
    """All running jobs. Signals: `started(JobThread)`, `ended(JobThread)`."""

    started = Signal(object)
    ended = Signal(object)

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self.running: tuple[JobThread, ...] = ()
        self._waiting: tuple[JobThread, ...] = ()
        self._closed = False
        self._spent: JobThread | None = None

    def start(
        self,
        title: str,
        make: Callable[[], Job[object]],
        done: Callable[[object], object] | None = None,
        failed: Callable[[str], object] | None = None,
    ) -> JobThread | None:
        """Run a job; without a title it is not shown. `done` and `failed` are bound methods of QObjects and run
        in their thread; without `failed` the person is told.

        It begins when the caller is back in the event loop, so that nothing is missed by who connects to
        what is returned. None after the shutdown has begun.
        """
        if self._closed:
            return None
        thread = JobThread(title, make, self)
        if done is not None:
            thread.done.connect(done)
        thread.failed.connect(self._notices.error if failed is None else failed)
        thread.finished.connect(self._tidy)
        self.running = (*self.running, thread)
        self._waiting = (*self._waiting, thread)
        self.started.emit(thread)
        QTimer.singleShot(0, self._begin)
        return thread

    def shutdown(self, deadline: QDeadlineTimer = FOREVER) -> bool:
        """Cancel all jobs and wait for them; whether all have ended."""
        self._closed = True
        self._waiting = ()
        for thread in self.running:
            thread.cancel()
        return all(thread.wait(deadline) for thread in self.running)

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, ()
        for thread in waiting:
            thread.start()

    def _tidy(self) -> None:
        for thread in self.running:
            if thread.isFinished():
                self.running = tuple(other for other in self.running if other is not thread)
                self.ended.emit(thread)
                # Not yet this one: slots of its `finished` may still be waiting for their turn.
                if self._spent is not None:
                    self._spent.deleteLater()
                self._spent = thread
