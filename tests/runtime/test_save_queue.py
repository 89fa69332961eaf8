"""Saves are written one after the other, and each is answered once, whatever comes of the others."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.runtime.acting import answer_to
from tests.runtime.conftest import entry
from tests.waiting import WAIT_SECONDS
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.runtime import save_queue
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused
from vae_gui.runtime.save_queue import SaveQueue, Written


@pytest.fixture
def jobs(notices: Notices) -> Iterator[Jobs]:
    jobs = Jobs(notices)
    yield jobs
    jobs.shutdown()


@pytest.fixture
def queue(jobs: Jobs) -> SaveQueue:
    return SaveQueue(jobs)


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return entry("run").workspace


def test_a_save_that_is_asked_for_when_another_is_answered_displaces_none_that_waits(
    qtbot, queue: SaveQueue, workspace: Workspace, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.vae" for number in range(4)]
    told: list[Path] = []

    def tell(answer: Answer[Written]) -> None:
        assert isinstance(answer, Done)
        told.append(answer.value.path)

    def ask_for_another(answer: Answer[Written]) -> None:
        queue.put(workspace, paths[3]).then(tell)

    requests = [queue.put(workspace, path) for path in paths[:3]]
    requests[0].then(ask_for_another)
    for request in requests:
        request.then(tell)
    qtbot.waitUntil(lambda: len(told) == 4)
    assert told == paths
    assert all(path.is_file() for path in paths)


def test_the_next_one_has_begun_before_anybody_is_told(
    qtbot, jobs: Jobs, queue: SaveQueue, workspace: Workspace, tmp_path: Path
) -> None:
    """Who is told may open a dialog, and would hold it up."""
    running: list[tuple[str, ...]] = []
    first = queue.put(workspace, tmp_path / "1.vae", "first")
    second = queue.put(workspace, tmp_path / "2.vae", "second")
    first.then(lambda _: running.append(tuple(job.title for job in jobs.running)))
    answer_to(qtbot, second)
    assert running == [("second",)]


def test_a_save_that_fails_or_is_cancelled_is_answered_and_holds_up_none(
    qtbot, jobs: Jobs, queue: SaveQueue, workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "in the way.vae").mkdir()
    failed = queue.put(workspace, tmp_path / "in the way.vae")
    cancelled = queue.put(workspace, tmp_path / "cancelled.vae", "cancelled")
    last = queue.put(workspace, tmp_path / "last.vae")
    failed.then(lambda _: jobs.running[0].cancel())  # it has not begun yet
    assert isinstance(answer_to(qtbot, last), Done)
    assert isinstance(failed.answer, Refused) and "is a folder" in failed.answer.text
    assert cancelled.answer == Cancelled()
    assert not (tmp_path / "cancelled.vae").exists()
    assert files.load(tmp_path / "last.vae").title == workspace.title


def test_what_waits_when_the_app_ends_is_cancelled_and_nothing_is_half_written(
    qtbot, jobs: Jobs, queue: SaveQueue, workspace: Workspace, tmp_path: Path, monkeypatch
) -> None:
    begun, go = threading.Event(), threading.Event()

    def save(workspace: Workspace, path: Path) -> None:
        begun.set()
        assert go.wait(WAIT_SECONDS)
        files.save(workspace, path)

    monkeypatch.setattr(save_queue, "files", SimpleNamespace(save=save))
    requests = [queue.put(workspace, tmp_path / f"{number}.vae") for number in range(3)]
    qtbot.waitUntil(begun.is_set)
    go.set()  # the second one begins in the event loop, which this test does not return to
    jobs.shutdown()
    requests.append(queue.put(workspace, tmp_path / "3.vae"))
    for number, request in enumerate(requests):
        path = tmp_path / f"{number}.vae"
        assert request.answer is not None
        assert path.exists() == isinstance(request.answer, Done)
    assert [request.answer for request in requests[1:]] == [Cancelled()] * 3
    assert [path for path in tmp_path.iterdir() if path.suffix != ".vae"] == []
