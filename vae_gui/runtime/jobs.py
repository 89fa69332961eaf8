"""Jobs: each runs one generator on a thread of its own, with progress and cancel."""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, QTimer, Signal

from vae_gui.core.support.errors import UserError, reason
from vae_gui.core.support.progress import Job
from vae_gui.runtime.deadline import FOREVER
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.overrides import qt_override
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request

log = logging.getLogger(__name__)


class JobThread(QThread):
    """A job that runs, and the `request` that its end answers.

    Signals: `progressed(Progress)`; then, on the GUI thread and when the job is no longer in `Jobs.running`,
    one of `done(value)`, `failed(text)` and `cancelled()`.
    """

    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, title: str, make: Callable[[], Job[object]], parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self._make = make
        # A QThread forgets a request to interrupt it that comes before it has begun.
        self._stop = threading.Event()
        self.request: Request[object] = Request(self._stop.set)
        self._outcome: Answer[object] = Refused(self._failure())

    def cancel(self) -> None:
        """Ask the job to end at its next report; it cleans up after itself."""
        self.request.cancel()

    @qt_override
    def run(self) -> None:
        try:
            self._outcome = self._carry_out()
        except UserError as error:
            self._outcome = Refused(str(error))
        except Exception as error:
            self._outcome = Refused(self._failure(reason(error)))
            log.exception("the job “%s” failed", self.title)

    def _failure(self, why: str = "see the log") -> str:
        return f"{self.title or 'Work in the background'} failed: {why}"

    def _carry_out(self) -> Answer[object]:
        job = self._make()
        while not self._stop.is_set():
            try:
                self.progressed.emit(next(job))
            except StopIteration as stop:
                return Done(stop.value)
        job.close()
        return Cancelled()

    def give(self) -> None:
        """Answer the request with what came of the job, which has ended."""
        self.request.give(self._outcome if self.isFinished() else Cancelled())

    def announce(self) -> None:
        """Send the signal of the answer."""
        match self.request.answer:
            case Done(value):
                self.done.emit(value)
            case Refused(text):
                self.failed.emit(text)
            case Cancelled():
                self.cancelled.emit()


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
        """Run a job; without a title it is not shown. `done` and `failed` are bound methods of QObjects;
        without `failed` the person is told.

        It begins when the caller is back in the event loop, so that nothing is missed by who connects to
        what is returned. None after the shutdown has begun.
        """
        thread = self._start(title, make)
        if thread is not None:
            if done is not None:
                thread.done.connect(done)
            thread.failed.connect(self._notices.error if failed is None else failed)
        return thread

    def ask(self, title: str, make: Callable[[], Job[object]]) -> Request[object]:
        """Run a job for an owner, which tells the person itself; after the shutdown has begun it is cancelled."""
        thread = self._start(title, make)
        return Request.answered(Cancelled()) if thread is None else thread.request

    def shutdown(self, deadline: QDeadlineTimer = FOREVER) -> bool:
        """Cancel all jobs and wait for them; whether all have ended. Only their requests hear of it."""
        self._closed = True
        waiting, self._waiting = self._waiting, ()
        for thread in self.running:
            thread.cancel()
        ended = [thread for thread in self.running if thread in waiting or thread.wait(deadline)]
        self.running = tuple(thread for thread in self.running if thread not in ended)
        for thread in ended:
            thread.give()
        return not self.running

    def _start(self, title: str, make: Callable[[], Job[object]]) -> JobThread | None:
        if self._closed:
            return None
        thread = JobThread(title, make, self)
        thread.finished.connect(self._tidy)
        self.running = (*self.running, thread)
        self._waiting = (*self._waiting, thread)
        self.started.emit(thread)
        QTimer.singleShot(0, self._begin)
        return thread

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, ()
        for thread in waiting:
            thread.start()

    def _tidy(self) -> None:
        """Answer what has ended. A slot of the answer may open a dialog, and then this runs within itself."""
        for thread in self.running:
            if thread.isFinished() and thread in self.running:
                self.running = tuple(other for other in self.running if other is not thread)
                self.ended.emit(thread)
                thread.give()
                thread.announce()
                # Not yet this one: slots of its `finished` may still be waiting for their turn.
                if self._spent is not None:
                    self._spent.deleteLater()
                self._spent = thread
