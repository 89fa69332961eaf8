"""LatestJob: the newest job of a purpose is the only one that is heard of."""

import threading
from collections.abc import Iterator

import pytest

from tests.runtime.conftest import Collector
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.notices import Notices


class Waiting:
    """A job that reports once and ends with `value` when it is let go."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.go, self.closed = threading.Event(), threading.Event()

    def __call__(self) -> Job[str]:
        try:
            yield Progress(0, 1, self.value)
            while not self.go.wait(0.001):
                yield Progress(0, 1, self.value)
            return self.value
        finally:
            self.closed.set()


def refused() -> Job[None]:
    yield Progress(0, 1, "Trying")
    raise UserError("Choose another folder.")


@pytest.fixture
def jobs(qtbot, notices: Notices) -> Iterator[Jobs]:
    jobs = Jobs(notices)
    yield jobs
    jobs.shutdown()


class Told:
    """What a LatestJob says."""

    def __init__(self, job: LatestJob) -> None:
        self._collectors = [Collector() for _ in range(4)]
        signals = (job.progressed, job.done, job.failed, job.cancelled)
        for signal, collector in zip(signals, self._collectors, strict=True):
            signal.connect(collector.take)
        self.progress, self.done, self.failed, self.cancelled = (
            collector.values for collector in self._collectors
        )


@pytest.fixture
def latest(jobs: Jobs) -> LatestJob:
    return LatestJob(jobs, jobs)


@pytest.fixture
def told(latest: LatestJob) -> Told:
    return Told(latest)


def test_a_job_tells_its_progress_and_its_value(qtbot, jobs, latest, told) -> None:
    job = Waiting("one")
    latest.start(job, "Wait")
    assert latest.busy and [thread.title for thread in jobs.running] == ["Wait"]
    qtbot.waitUntil(lambda: told.progress != [])
    job.go.set()
    qtbot.waitUntil(lambda: told.done == ["one"])
    assert not latest.busy and told.failed == told.cancelled == []


def test_of_an_older_job_nothing_more_is_heard(qtbot, jobs, latest, told) -> None:
    old, new = Waiting("old"), Waiting("new")
    latest.start(old)
    qtbot.waitUntil(lambda: told.progress != [])
    told.progress.clear()
    latest.start(new)
    qtbot.waitUntil(old.closed.is_set)
    new.go.set()
    qtbot.waitUntil(lambda: jobs.running == ())
    assert told.done == ["new"] and told.cancelled == []
    assert {progress.text for progress in told.progress} <= {"new"}


def test_an_older_job_that_has_ended_already_is_not_heard_of_either(
    qtbot, jobs, latest, told
) -> None:
    old, new = Waiting("old"), Waiting("new")
    latest.start(old)
    (thread,) = jobs.running
    qtbot.waitUntil(lambda: told.progress != [])
    old.go.set()
    thread.wait()  # its value is on the way
    latest.start(new)
    new.go.set()
    qtbot.waitUntil(lambda: jobs.running == ())
    assert told.done == ["new"]


def test_a_job_that_is_given_up_says_nothing(qtbot, jobs, latest, told) -> None:
    job = Waiting("one")
    latest.start(job)
    qtbot.waitUntil(lambda: told.progress != [])
    latest.cancel()
    assert not latest.busy
    qtbot.waitUntil(lambda: jobs.running == ())
    assert job.closed.is_set() and told.done == told.cancelled == []


def test_a_job_that_somebody_else_cancels_says_so(qtbot, jobs, latest, told) -> None:
    latest.start(Waiting("one"))
    (thread,) = jobs.running
    thread.cancel()
    qtbot.waitUntil(lambda: len(told.cancelled) == 1)
    assert not latest.busy and told.done == []


def test_a_refusal_is_told_in_its_own_words(qtbot, latest, told) -> None:
    latest.start(refused)
    qtbot.waitUntil(lambda: told.failed == ["Choose another folder."])
    assert not latest.busy and told.done == []


def test_a_job_may_be_started_from_the_end_of_another(qtbot, latest, told) -> None:
    first, second = Waiting("first"), Waiting("second")
    latest.done.connect(lambda value: latest.start(second) if value == "first" else None)
    first.go.set()
    second.go.set()
    latest.start(first)
    qtbot.waitUntil(lambda: told.done == ["first", "second"])


def test_after_the_shutdown_nothing_begins(qtbot, jobs, latest) -> None:
    jobs.shutdown()
    latest.start(Waiting("one"))
    assert not latest.busy
    latest.cancel()
