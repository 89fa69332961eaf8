"""Runs: whatever crosses the reading of a folder, the runs, their folder and their labels belong together."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QThread

from tests.runtime.conftest import Collector
from vae_gui.core.sweeps import rows
from vae_gui.core.sweeps.folder import MANIFEST, SweepFolder
from vae_gui.core.sweeps.labels import LABELS, read_labels
from vae_gui.core.sweeps.rows import DONE, RunRow
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.runs import Runs


@pytest.fixture
def jobs(qtbot, notices: Notices) -> Iterator[Jobs]:
    jobs = Jobs(notices)
    yield jobs
    jobs.shutdown()


@pytest.fixture
def told(notices: Notices) -> list[object]:
    collector = Collector(notices)
    notices.published.connect(collector.take)
    return collector.values


@pytest.fixture
def runs(jobs: Jobs, notices: Notices) -> Iterator[Runs]:
    runs = Runs(jobs, Library(jobs), notices, jobs)
    yield runs
    runs.shutdown()


@pytest.fixture
def a(tmp_path: Path) -> SweepFolder:
    return made(tmp_path / "a")


@pytest.fixture
def b(tmp_path: Path) -> SweepFolder:
    return made(tmp_path / "b")


def made(path: Path) -> SweepFolder:
    path.mkdir()
    (path / MANIFEST).write_text("{}")
    sweep = SweepFolder(path)
    sweep.results.append([RunRow(path.name, DONE, "s3-mlp", "digits")])
    return sweep


def keys(runs: Runs) -> list[str]:
    return [run.key for run in runs.runs]


def show(qtbot, runs: Runs, folder: SweepFolder) -> None:
    runs.open_folder(folder.path)
    qtbot.waitUntil(lambda: runs.folder == folder.path)


def read_unheard(jobs: Jobs) -> None:
    """Let the newest job end without the window hearing of it yet."""
    QCoreApplication.processEvents()
    assert jobs.running[-1].wait(20_000)


@pytest.mark.parametrize("is_read", [False, True], ids=["before it is read", "as it was read"])
def test_the_folder_that_was_asked_for_last_is_shown(
    qtbot, runs: Runs, jobs: Jobs, a: SweepFolder, b: SweepFolder, is_read: bool
) -> None:
    runs.open_folder(a.path)
    if is_read:
        read_unheard(jobs)
    runs.open_folder(b.path)
    qtbot.waitUntil(lambda: runs.folder == b.path)
    qtbot.waitUntil(lambda: not jobs.running)
    assert keys(runs) == ["b"]
    runs.tag(["a", "b"], "mine")
    assert list(read_labels(b.path)) == ["b"] and not (a.path / LABELS).exists()


@pytest.mark.parametrize("is_read", [False, True], ids=["before it is read", "as it was read"])
def test_models_that_are_read_late_are_not_put_into_another_folder(
    qtbot, runs: Runs, jobs: Jobs, tmp_path: Path, b: SweepFolder, is_read: bool
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "broken.vae").touch()
    runs.open_folder(models)
    if is_read:
        read_unheard(jobs)
    runs.open_folder(b.path)
    qtbot.waitUntil(lambda: runs.folder == b.path and not jobs.running)
    assert keys(runs) == ["b"]


def test_a_label_is_written_into_the_folder_whose_runs_are_shown(
    qtbot, runs: Runs, a: SweepFolder, b: SweepFolder
) -> None:
    show(qtbot, runs, a)
    runs.open_folder(b.path)
    runs.tag(["a"], "mine")
    assert read_labels(a.path)["a"].tag == "mine" and not (b.path / LABELS).exists()
    qtbot.waitUntil(lambda: runs.folder == b.path)
    assert keys(runs) == ["b"] and not runs.undo_stack.canUndo()


@pytest.mark.parametrize("is_read", [False, True], ids=["before it is read", "as it was read"])
def test_a_folder_that_is_closed_while_it_is_read_stays_closed(
    qtbot, runs: Runs, jobs: Jobs, a: SweepFolder, is_read: bool
) -> None:
    runs.open_folder(a.path)
    if is_read:
        read_unheard(jobs)
    runs.close_folder()
    qtbot.waitUntil(lambda: not jobs.running)
    assert runs.folder is None and keys(runs) == []
    runs.tag(["a"], "mine")
    runs.rename("a", "best")
    runs.remove(["a"])
    assert not (a.path / LABELS).exists() and not runs.undo_stack.canUndo()


def test_a_folder_that_cannot_be_read_leaves_the_one_that_is_shown(
    qtbot, runs: Runs, told: list[object], a: SweepFolder, b: SweepFolder
) -> None:
    show(qtbot, runs, a)
    b.results.path.write_bytes(b"nothing\n")
    runs.open_folder(b.path)
    qtbot.waitUntil(lambda: bool(told))
    assert runs.folder == a.path and keys(runs) == ["a"] and len(told) == 1


def test_a_label_that_is_given_while_the_folder_is_looked_at_is_kept(
    qtbot, runs: Runs, jobs: Jobs, a: SweepFolder
) -> None:
    show(qtbot, runs, a)
    a.results.append([RunRow("new", DONE, "s3-mlp", "digits")])
    runs.look()
    read_unheard(jobs)
    runs.tag(["a"], "mine")
    qtbot.waitUntil(lambda: keys(runs) == ["a", "new"])
    assert runs.label("a").tag == "mine"


def test_a_look_for_a_folder_that_was_left_changes_nothing(
    qtbot, runs: Runs, jobs: Jobs, a: SweepFolder, b: SweepFolder
) -> None:
    show(qtbot, runs, a)
    runs.open_folder(b.path)
    read_unheard(jobs)
    a.results.append([RunRow("new", DONE, "s3-mlp", "digits")])
    runs.look()
    read_unheard(jobs)
    qtbot.waitUntil(lambda: runs.folder == b.path and not jobs.running)
    assert keys(runs) == ["b"]


def test_a_folder_in_which_nothing_is_new_is_not_read_again(
    qtbot, runs: Runs, jobs: Jobs, a: SweepFolder
) -> None:
    show(qtbot, runs, a)
    qtbot.waitUntil(lambda: not jobs.running)
    runs.look()
    assert not jobs.running


def test_the_window_reads_no_table_on_its_own_thread(
    qtbot, runs: Runs, a: SweepFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[object] = []
    opened = rows.open_checked

    def noticed(path: Path, largest: int) -> object:
        threads.append(QThread.currentThread())
        return opened(path, largest)

    with monkeypatch.context() as patched:
        patched.setattr(rows, "open_checked", noticed)
        show(qtbot, runs, a)
    a.results.append([RunRow("new", DONE, "s3-mlp", "digits")])
    monkeypatch.setattr(rows, "open_checked", noticed)
    runs.look()
    qtbot.waitUntil(lambda: keys(runs) == ["a", "new"])
    assert len(threads) == 2 and QThread.currentThread() not in threads


def test_a_table_that_is_damaged_meanwhile_is_closed_in_a_sentence(
    qtbot, runs: Runs, told: list[object], a: SweepFolder
) -> None:
    show(qtbot, runs, a)
    with a.results.path.open("ab") as file:
        file.write(b"nothing\n")
    runs.look()
    qtbot.waitUntil(lambda: bool(told))
    assert runs.folder is None and keys(runs) == []


def test_a_long_name_is_kept_as_far_as_it_can_be_read_again(
    qtbot, runs: Runs, a: SweepFolder
) -> None:
    show(qtbot, runs, a)
    runs.rename("a", "x" * 1000)
    assert read_labels(a.path)["a"].title == "x" * 300
