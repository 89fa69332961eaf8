"""The owners of threads end within a deadline, and say which work goes on beyond it."""

import threading

from PySide6.QtCore import QDeadlineTimer

from tests.runtime.conftest import Held, snapshots
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.inference_thread import InferenceThread
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.notices import Notices

NOW = QDeadlineTimer(0)


def test_a_job_that_does_not_listen_outlives_the_deadline_and_is_waited_for_later(
    qtbot, notices: Notices
) -> None:
    begun, go = threading.Event(), threading.Event()

    def stuck() -> Job[None]:
        yield Progress(0, None, "Loading")
        begun.set()
        go.wait()

    jobs = Jobs(notices)
    jobs.start("Load", stuck)
    qtbot.waitUntil(begun.is_set)
    assert not jobs.shutdown(NOW)
    go.set()
    assert jobs.shutdown()


def test_an_answer_that_takes_long_outlives_the_deadline(qtbot) -> None:
    thread, held = InferenceThread(), Held()
    thread.start()
    thread.adopt(snapshots(count=1)[0])
    thread.ask("held", held)
    held.wait_until_begun()
    assert not thread.stop(NOW)
    held.go.set()
    assert thread.stop()
