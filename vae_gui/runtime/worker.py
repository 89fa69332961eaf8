"""Worker: carries out one piece of work at a time for one purpose; the newest wins."""

from PySide6.QtCore import QObject, Signal


class Worker(QObject):
    """LatestJob, for a job, or LatestAnswer, for a request that the engine answers.

    Signals, of the newest work alone: `progressed(Progress)`, then one of `done(value)`, `failed(text)`
    and `cancelled()`, by whoever cancelled it but `cancel` and `start`.
    """

    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def start(self, work: object, title: str = "") -> None:
        """Begin in the place of what goes on; without a title it is not shown."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Give up what goes on; nothing more is heard of it."""
        raise NotImplementedError
