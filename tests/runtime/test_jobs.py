"""A generator on a thread of its own: progress, result, failure, cancel, shutdown."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread

from tests.runtime.conftest import Collector
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.notices import Notice, NoticeKind, Notices
from vae_gui.runtime.request import Cancelled, Done, Refused


@pytest.fixture
def jobs(qtbot, notices: Notices) -> Iterator[Jobs]:
    jobs = Jobs(notices)
    yield jobs
    jobs.shutdown()


class Endless:
    """A job that reports until it is closed."""

    def __init__(self) -> None:
        self.begun, self.closed = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self) -> Job[None]:
        self.thread = threading.current_thread()
        try:
            while True:
                yield Progress(0, None, "On and on")
                self.begun.set()
        finally:
            self.closed.set()


def counting() -> Job[str]:
    yield Progress(1, 2, "One")
    yield Progress(2, 2, "Two")
    return "all"


def refused() -> Job[None]:
    yield Progress(0, 1, "Trying")
    raise UserError("Choose another folder.")


def broken() -> Job[None]:
    yield Progress(0, 1, "Trying")
    raise ZeroDivisionError("seven by nothing")


def test_a_job_reports_its_progress_and_then_its_result(qtbot, jobs) -> None:
    progress, results, started, ended = (Collector() for _ in range(4))
    jobs.started.connect(started.take)
    jobs.ended.connect(ended.take)
    job = jobs.start("Count", counting, results.take)
    job.progressed.connect(progress.take)
    assert jobs.running == (job,)
    qtbot.waitUntil(lambda: jobs.running == ())
    assert results.values == ["all"]
    assert [p.text for p in progress.values] == ["One", "Two"]
    assert started.values == ended.values == [job]


def test_a_job_runs_beside_the_window(qtbot, jobs) -> None:
    endless = Endless()
    jobs.start("Run on", endless)
    qtbot.waitUntil(endless.begun.is_set)
    assert endless.thread is not threading.main_thread()


def test_a_refusal_is_told_in_its_own_words(qtbot, jobs, caplog) -> None:
    results, failures = Collector(), Collector()
    jobs.start("Try", refused, results.take, failures.take)
    qtbot.waitUntil(lambda: jobs.running == ())
    assert (results.values, failures.values) == ([], ["Choose another folder."])
    assert not caplog.records


def test_an_error_of_the_program_names_the_job_and_is_logged(qtbot, jobs, caplog) -> None:
    failures = Collector()
    jobs.start("Divide", broken, failed=failures.take)
    qtbot.waitUntil(lambda: jobs.running == ())
    assert failures.values == ["Divide failed: seven by nothing"]
    assert "ZeroDivisionError: seven by nothing" in caplog.text


def test_cancelling_closes_the_job_which_cleans_up(qtbot, jobs) -> None:
    results, failures, endless = Collector(), Collector(), Endless()
    job = jobs.start("Run on", endless, results.take, failures.take)
    qtbot.waitUntil(endless.begun.is_set)
    with qtbot.waitSignal(job.cancelled):
        job.cancel()
    qtbot.waitUntil(lambda: jobs.running == ())
    assert endless.closed.is_set()
    assert results.values == failures.values == []


def test_one_job_is_cancelled_and_another_goes_on(qtbot, jobs) -> None:
    first, second = Endless(), Endless()
    one, other = jobs.start("One", first), jobs.start("Other", second)
    qtbot.waitUntil(first.begun.is_set)
    qtbot.waitUntil(second.begun.is_set)
    one.cancel()
    qtbot.waitUntil(lambda: jobs.running == (other,))
    assert first.closed.is_set()
    assert not second.closed.is_set()


def test_a_job_that_is_cancelled_before_it_began_does_nothing(qtbot, jobs) -> None:
    endless = Endless()
    job = jobs.start("Run on", endless)
    with qtbot.waitSignal(job.cancelled):
        job.cancel()
    assert not endless.begun.is_set()


def test_who_connects_to_a_job_that_was_started_misses_nothing(qtbot, jobs) -> None:
    for _ in range(20):
        job = jobs.start("Count", counting)
        with qtbot.waitSignal(job.finished):
            for _ in range(3):
                job.wait(1)


def test_shutting_down_cancels_all_jobs_and_waits_for_them(qtbot, jobs) -> None:
    endless = [Endless(), Endless()]
    threads = [jobs.start(f"Job {number}", make) for number, make in enumerate(endless)]
    for job in endless:
        qtbot.waitUntil(job.begun.is_set)
    jobs.shutdown()
    assert all(job.closed.is_set() for job in endless)
    assert all(thread.isFinished() for thread in threads)
    jobs.shutdown()


def test_a_job_that_had_not_begun_at_the_shutdown_never_does(qtbot, jobs) -> None:
    endless, thread = Endless(), QThread()
    jobs.start("Late", endless)
    jobs.shutdown()
    with qtbot.waitSignal(thread.finished):  # the event loop goes on
        thread.start()
        thread.quit()
    assert not endless.begun.is_set()


def test_after_the_shutdown_nothing_starts(jobs) -> None:
    jobs.shutdown()
    assert jobs.start("Late", counting) is None
    assert jobs.running == ()


def test_a_failure_that_nobody_asked_for_is_told_to_the_person(
    qtbot, jobs: Jobs, notices: Notices
) -> None:
    def refused() -> Job[None]:
        yield Progress(0, 1, "Trying")
        raise UserError("There is no room: free some space.")

    with qtbot.waitSignal(notices.published) as told:
        jobs.start("Try", refused)
    assert told.args[0] == Notice(NoticeKind.ERROR, "There is no room: free some space.")


def test_a_request_is_answered_once_its_job_is_no_longer_running(qtbot, jobs: Jobs) -> None:
    seen: list[tuple[object, int]] = []
    for make in (counting, refused, broken):
        jobs.ask("Try", make).then(lambda answer: seen.append((answer, len(jobs.running))))
        qtbot.waitUntil(lambda: jobs.running == ())
    assert seen == [
        (Done("all"), 0),
        (Refused("Choose another folder."), 0),
        (Refused("Try failed: seven by nothing"), 0),
    ]


def test_a_job_that_ends_before_it_hears_of_the_cancel_is_done(qtbot, jobs: Jobs) -> None:
    answers: list[object] = []
    begun, go = threading.Event(), threading.Event()

    def held() -> Job[str]:
        begun.set()
        assert go.wait(20)
        return (yield from counting())

    request = jobs.ask("Count", held)
    request.then(answers.append)
    (thread,) = jobs.running
    qtbot.waitUntil(begun.is_set)
    go.set()
    thread.wait()
    request.cancel()
    qtbot.waitUntil(lambda: jobs.running == ())
    assert answers == [Done("all")]


def test_the_shutdown_answers_every_request(qtbot, jobs: Jobs) -> None:
    answers: list[object] = []
    endless = Endless()
    jobs.ask("Run on", endless).then(answers.append)
    qtbot.waitUntil(endless.begun.is_set)
    jobs.ask("Not begun", counting).then(answers.append)
    jobs.shutdown()
    jobs.ask("Too late", counting).then(answers.append)
    assert answers == [Cancelled()] * 3
