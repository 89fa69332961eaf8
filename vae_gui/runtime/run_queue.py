"""RunQueue: runs that wait for their turn, one after the other."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from vae_gui.core.sweeps.vary import QueuedRun
from vae_gui.core.vae.run.messages import Ended
from vae_gui.runtime.request import Answer, Done
from vae_gui.runtime.session import Session
from vae_gui.runtime.training import Phase, Training


class RunQueue(QObject):
    """`waiting`: the next one first. `current`: the title of the one that trains, "" where it is not of the queue.

    A run that was stopped, failed or could not begin lets the queue wait until it is resumed.

    Signals: `changed()`.
    """

    changed = Signal()

    def __init__(
        self,
        training: Training,
        session: Session,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.waiting: tuple[QueuedRun, ...] = ()
        self.current = ""
        self.paused = False
        self._training, self._session = training, session
        self._next = QTimer(self, interval=0, singleShot=True)
        self._next.timeout.connect(self._start_next)
        training.phase_changed.connect(self._next.start)
        training.ended.connect(self._on_ended)
        session.waiting_run.changed.connect(self._next.start)

    def add(self, runs: Sequence[QueuedRun]) -> None:
        self.waiting += tuple(runs)
        self.set_paused(False)

    def set_paused(self, paused: bool) -> None:
        """The run that trains goes on; the next one waits."""
        self.paused = paused
        self.changed.emit()
        self._next.start()

    def reorder(self, runs: Sequence[QueuedRun]) -> None:
        """The same runs in another order, or fewer of them."""
        self.waiting = tuple(run for run in runs if run in self.waiting)
        self.changed.emit()

    def _start_next(self) -> None:
        idle = self._training.phase is Phase.IDLE and not self._session.waiting_run.is_there
        if idle and self.current:
            self.current = ""
            self.changed.emit()
        if idle and self.waiting and not self.paused:
            first, *others = self.waiting
            self.waiting, self.current = tuple(others), first.title
            self.changed.emit()
            request = self._session.train(first.config, title=first.title)
            request.then(partial(self._on_begun, first))

    def _on_ended(self, ended: Ended) -> None:
        if self.waiting and not ended.finished:
            self.paused = True
            self.changed.emit()

    def _on_begun(self, run: QueuedRun, answer: Answer[str]) -> None:
        """A run that could not begin is the next one again, and the queue waits for the person."""
        if not isinstance(answer, Done):
            self.waiting, self.current, self.paused = (run, *self.waiting), "", True
            self.changed.emit()
