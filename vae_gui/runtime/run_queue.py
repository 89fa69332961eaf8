"""RunQueue: runs that wait for their turn, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from vae_gui.core.sweeps.vary import QueuedRun
from vae_gui.core.vae.run.messages import Ended
from vae_gui.runtime.request import Answer, Cancelled, Done, Request
from vae_gui.runtime.session import Session
from vae_gui.runtime.training import Phase, Training


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """A run, and the request that its beginning answers with its id."""

    run: QueuedRun
    request: Request[str]


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
        self._waiting: tuple[_Waiting, ...] = ()
        self.current = ""
        self.paused = False
        self._training, self._session = training, session
        self._next = QTimer(self, interval=0, singleShot=True)
        self._next.timeout.connect(self._start_next)
        training.phase_changed.connect(self._next.start)
        training.ended.connect(self._on_ended)
        session.waiting_run.changed.connect(self._next.start)

    @property
    def waiting(self) -> tuple[QueuedRun, ...]:
        return tuple(waiting.run for waiting in self._waiting)

    def add(self, runs: Sequence[QueuedRun]) -> tuple[Request[str], ...]:
        """Queue runs; the request of each gives its id when it begins, and is cancelled where it is taken out."""
        added = tuple(_Waiting(run, Request()) for run in runs)
        self._waiting += added
        self.set_paused(False)
        return tuple(waiting.request for waiting in added)

    def set_paused(self, paused: bool) -> None:
        """The run that trains goes on; the next one waits."""
        self.paused = paused
        self.changed.emit()
        self._next.start()

    def reorder(self, runs: Sequence[QueuedRun]) -> None:
        """Put the waiting runs into another order, or take some of them out."""
        left, chosen = list(self._waiting), []
        for run in runs:
            found = next((waiting for waiting in left if waiting.run == run), None)
            if found is not None:
                left.remove(found)
                chosen.append(found)
        self._waiting = tuple(chosen)
        self.changed.emit()
        for waiting in left:
            waiting.request.give(Cancelled())

    def _start_next(self) -> None:
        idle = self._training.phase is Phase.IDLE and not self._session.waiting_run.is_there
        if idle and self.current:
            self.current = ""
            self.changed.emit()
        if idle and self._waiting and not self.paused:
            first, *others = self._waiting
            self._waiting, self.current = tuple(others), first.run.title
            self.changed.emit()
            request = self._session.train(first.run.config, title=first.run.title)
            request.then(partial(self._on_begun, first))

    def _on_ended(self, ended: Ended) -> None:
        if self._waiting and not ended.finished:
            self.paused = True
            self.changed.emit()

    def _on_begun(self, waiting: _Waiting, answer: Answer[str]) -> None:
        """A run that could not begin is the next one again, and the queue waits for the person."""
        if isinstance(answer, Done):
            waiting.request.give(answer)
            return
        self._waiting, self.current, self.paused = (waiting, *self._waiting), "", True
        self.changed.emit()
