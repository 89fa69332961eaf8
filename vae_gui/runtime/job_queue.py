"""JobQueue: jobs that are carried out one after the other, in the order in which they were asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from vae_gui.core.support.progress import Job
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.request import Answer, Request


@dataclass(frozen=True, slots=True, eq=False)
class _Queued:
    title: str
    make: Callable[[], Job[object]]
    request: Request[object]


class JobQueue:
    """A failure or a cancelled job holds up none of those behind it."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._queued: tuple[_Queued, ...] = ()  # the first of them runs

    def put(self, title: str, make: Callable[[], Job[object]]) -> Request[object]:
        """Run a job when those before it have ended; without a title it is not shown."""
        queued = _Queued(title, make, Request())
        self._queued = (*self._queued, queued)
        if len(self._queued) == 1:
            self._begin(queued)
        return queued.request

    def _begin(self, queued: _Queued) -> None:
        self._jobs.ask(queued.title, queued.make).then(self._on_ended)

    def _on_ended(self, answer: Answer[object]) -> None:
        ended, *others = self._queued
        self._queued = tuple(others)
        if others:
            self._begin(others[0])  # before anybody is told, who may ask for more
        ended.request.give(answer)
