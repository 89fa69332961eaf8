"""LatestJob: one job at a time for one purpose; a newer one replaces the older, whose signals no longer arrive."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QObject

from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.jobs import Jobs, JobThread
from vae_gui.runtime.worker import Worker


class LatestJob(Worker):
    """Its work is a function that makes a job."""

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._thread: JobThread | None = None

    @property
    def busy(self) -> bool:
        return self._thread is not None

    def start(self, work: object, title: str = "") -> None:
        self.cancel()
        make = cast("Callable[[], Job[object]]", work)
        thread = self._thread = self._jobs.start(title, make, self._on_done, self._on_failed)
        if thread is not None:
            thread.progressed.connect(self._on_progressed)
            thread.cancelled.connect(self._on_cancelled)

    def cancel(self) -> None:
        if self._thread is not None:
            self._thread.cancel()
            self._thread = None

    def _is_newest(self) -> bool:
        return self.sender() is self._thread

    def _on_progressed(self, progress: Progress) -> None:
        if self._is_newest():
            self.progressed.emit(progress)

    def _on_done(self, value: object) -> None:
        if self._is_newest():
            self._thread = None
            self.done.emit(value)

    def _on_failed(self, text: str) -> None:
        if self._is_newest():
            self._thread = None
            self.failed.emit(text)

    def _on_cancelled(self) -> None:
        if self._is_newest():
            self._thread = None
            self.cancelled.emit()
