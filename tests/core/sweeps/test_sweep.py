"""A sweep on real worker processes: what is finished is kept, and a worker that dies costs its run alone."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import REPOSITORY
from tests.fake_windows import posix_only
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.errors import UserError
from vae_gui.core.sweeps.folder import SweepFolder
from vae_gui.core.sweeps.one_run import Order, images_of, train_one
from vae_gui.core.sweeps.plan import SweepPlan, plan_of
from vae_gui.core.sweeps.rows import DONE, FAILED, Finished, RunRow
from vae_gui.core.sweeps.sweep import TRIES, sweep
from vae_gui.core.sweeps.workers import LocalWorkers, WorkError

PLAN = plan_of(
    {
        "preset": "s3-mlp",
        "dataset": "digits",
        "settings": {"epochs": 1, "batch_size": 512},
        "grid": {"beta": [1, 4], "seed": [0, 1]},
    }
)

of_filelock = posix_only(
    "the fake runs filelock's part for POSIX, which removes a file that is open"
)


def orders(plan: SweepPlan = PLAN, kept: object = ()) -> list[Order]:
    return [Order(plan, run, Path(), 1) for run in plan.runs if run.name not in kept]


@pytest.fixture
def workers() -> Iterator[LocalWorkers]:
    two = LocalWorkers([{}, {}])
    yield two
    two.stop()


def dying(order: Order, marks: Path, times: int) -> Finished:
    """The second run kills its worker, as the system does that is out of memory."""
    if order.run == PLAN.runs[1]:
        count = len(list(marks.iterdir()))
        if count < times:
            (marks / str(count)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return train_one(order)


def losses(rows: list[RunRow]) -> dict[str, tuple[float, float]]:
    return {row.name: (row.reconstruction, row.kl) for row in rows}


def test_runs_on_workers_are_those_of_this_process(tmp_path: Path, workers: LocalWorkers) -> None:
    folder = SweepFolder(tmp_path / "sweep")
    assert folder.begin(PLAN) == {}
    rows = list(sweep(orders(), workers, folder))
    expected = [train_one(order).row for order in orders()]
    assert losses(rows) == losses(expected)
    assert {row.status for row in rows} == {DONE}
    for row in rows:
        workspace = files.load(folder.path / row.file)
        assert workspace.checkpoint.config.train.beta == row.beta
        assert not workspace.checkpoint.optimizer
    assert len(folder.evaluations.all_rows()) == 4


def test_a_run_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    folder.begin(PLAN)
    with ThreadPoolExecutor(1) as here:
        first = next(sweep(orders(), here, folder, stopped=lambda: False))
    before = {path: path.stat().st_mtime_ns for path in folder.path.glob("runs/*")}
    with (folder.path / "results.csv").open("a") as file:
        file.write("beta-4_seed-1,done,s3")  # as a kill leaves it
    again = SweepFolder(tmp_path)
    kept = again.begin(PLAN)
    assert list(kept) == [first.name]
    with ThreadPoolExecutor(1) as here:
        rows = list(sweep(orders(kept=kept), here, again))
    assert len(rows) == 3
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    assert set(SweepFolder(tmp_path).begin(PLAN)) == {run.name for run in PLAN.runs}


def test_a_file_that_is_gone_is_made_again(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    folder.begin(PLAN)
    folder.keep(train_one(orders()[0]))
    (tmp_path / "runs" / f"{PLAN.runs[0].name}.vae").unlink()
    assert SweepFolder(tmp_path).begin(PLAN) == {}


def test_a_worker_that_is_killed_costs_a_try_of_its_run(
    tmp_path: Path, workers: LocalWorkers
) -> None:
    (tmp_path / "marks").mkdir()
    folder = SweepFolder(tmp_path / "sweep")
    folder.begin(PLAN)
    work = partial(dying, marks=tmp_path / "marks", times=TRIES - 1)
    rows = {row.name: row.status for row in sweep(orders(), workers, folder, work=work)}
    assert rows == {run.name: DONE for run in PLAN.runs}


def test_a_run_that_fails_each_time_is_given_up(tmp_path: Path) -> None:
    tried: list[str] = []

    def failing(order: Order) -> Finished:
        tried.append(order.run.name)
        if order.run == PLAN.runs[1]:
            raise MemoryError("no room")
        return train_one(order)

    folder = SweepFolder(tmp_path)
    folder.begin(PLAN)
    with ThreadPoolExecutor(1) as here:
        rows = {row.name: row for row in sweep(orders(), here, folder, work=failing)}
    failed = rows[PLAN.runs[1].name]
    assert (failed.status, failed.error) == (FAILED, "MemoryError: no room")
    assert tried.count(failed.name) == TRIES and len(tried) == TRIES + 3
    assert failed.name not in SweepFolder(tmp_path).begin(PLAN)  # and is tried again later


def test_a_row_of_own_images_does_not_say_where_they_are(tmp_path: Path) -> None:
    images, labels = tmp_path / "mine" / "digits.npy", tmp_path / "mine" / "labels.csv"
    gone = OwnImages(images, labels=labels).name
    folder = SweepFolder(tmp_path / "sweep")
    folder.begin(replace(PLAN, dataset=gone))
    wrong = [replace(order, plan=replace(PLAN, dataset=gone)) for order in orders()[:1]]
    with ThreadPoolExecutor(1) as here:
        (row,) = sweep(wrong, here, folder)
    assert row.status == FAILED and row.dataset == "digits.npy" and "digits.npy" in row.error
    for path in folder.path.iterdir():
        content = path.read_text() if path.is_file() else ""
        assert str(tmp_path) not in content and quote(str(tmp_path), safe="") not in content


def test_settings_that_cannot_be_trained_cost_their_run_alone(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    folder.begin(PLAN)
    wrong = [replace(order, plan=replace(PLAN, dataset="gone")) for order in orders(PLAN)[:1]]
    with ThreadPoolExecutor(1) as here:
        rows = list(sweep(wrong + orders(PLAN)[1:], here, folder))
    assert [row.status for row in rows].count(FAILED) == 1
    (failed,) = [row for row in rows if row.status == FAILED]
    assert "There is no data set “gone”" in failed.error


def test_content_that_is_not_whole_is_not_kept(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    folder.begin(PLAN)
    finished = train_one(orders()[0])
    with pytest.raises(UserError, match="damaged"):
        folder.keep(replace(finished, content=finished.content[:-1] + b"\x7f"))
    assert folder.results.all_rows() == () and not list((tmp_path / "runs").iterdir())


class OpenInExcel:
    """A table of a sweep that nobody can write while a folder stands in its place."""

    def __init__(self, path: Path) -> None:
        self.path, self._aside = path, path.with_name("aside")

    def open(self) -> None:
        if self.path.exists():
            self.path.rename(self._aside)
        self.path.mkdir()

    def close(self) -> None:
        self.path.rmdir()
        if self._aside.exists():
            self._aside.rename(self.path)


@pytest.mark.parametrize("table", ["results.csv", "evaluations.csv"])
def test_rows_that_cannot_be_written_end_no_sweep_and_come_later(
    tmp_path: Path, table: str
) -> None:
    folder, excel = SweepFolder(tmp_path), OpenInExcel(tmp_path / table)
    folder.begin(PLAN)
    with ThreadPoolExecutor(1) as here:
        rows = sweep(orders(), here, folder)
        first = next(rows)
        assert folder.problem == ""
        excel.open()
        others = [next(rows), next(rows)]
        assert table in folder.problem
        excel.close()
        others += list(rows)
    assert folder.problem == ""
    names = [row.name for row in (first, *others)]
    assert [row.name for row in SweepFolder(tmp_path).results.all_rows()] == names
    assert [row.name for row in SweepFolder(tmp_path).evaluations.all_rows()] == names
    assert list(SweepFolder(tmp_path).begin(PLAN)) == names


def test_rows_that_never_can_be_written_are_there_when_the_sweep_goes_on(tmp_path: Path) -> None:
    folder, excel = SweepFolder(tmp_path), OpenInExcel(tmp_path / "results.csv")
    folder.begin(PLAN)
    excel.open()
    with ThreadPoolExecutor(1) as here:
        rows = list(sweep(orders(), here, folder))
    assert {row.status for row in rows} == {DONE} and "results.csv" in folder.problem
    excel.close()
    again = SweepFolder(tmp_path)
    assert set(again.begin(PLAN)) == {run.name for run in PLAN.runs}
    assert len(again.evaluations.all_rows()) == 4


def test_a_run_whose_file_cannot_be_kept_fails_alone(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    folder.begin(PLAN)
    (tmp_path / "runs" / f"{PLAN.runs[0].name}.vae").mkdir()
    with ThreadPoolExecutor(1) as here:
        rows = {row.name: row for row in sweep(orders(), here, folder)}
    failed = rows.pop(PLAN.runs[0].name)
    assert failed.status == FAILED and "is a folder" in failed.error
    assert {row.status for row in rows.values()} == {DONE}


def test_what_was_seen_of_a_run_that_is_made_again_stands_there_once(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    folder.begin(PLAN)
    for order in orders()[:2]:
        folder.keep(train_one(order))
    (tmp_path / "runs" / f"{PLAN.runs[0].name}.vae").unlink()
    again = SweepFolder(tmp_path)
    kept = again.begin(PLAN)
    assert list(kept) == [PLAN.runs[1].name]
    again.keep(train_one(orders()[0]))
    names = [row.name for row in again.evaluations.all_rows()]
    assert sorted(names) == sorted(run.name for run in PLAN.runs[:2])


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UserError, match="something else"):
        SweepFolder(tmp_path).begin(PLAN)
    (tmp_path / "letter.txt").unlink()
    SweepFolder(tmp_path).begin(PLAN)
    other = replace(PLAN, settings=(("epochs", 2),))
    with pytest.raises(UserError, match="another sweep"):
        SweepFolder(tmp_path).begin(other)


@of_filelock
def test_a_second_sweep_in_one_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sweep"
    with SweepFolder(path).held():
        SweepFolder(path).begin(PLAN)
        with (
            pytest.raises(UserError, match="Another sweep is at work"),
            SweepFolder(path).held(),
        ):
            pass
    with SweepFolder(path).held():
        assert SweepFolder(path).begin(PLAN) == {}


HOLDING = """
import sys, time
from pathlib import Path
from urllib.parse import quote
from vae_gui.core.sweeps.folder import SweepFolder
from vae_gui.core.sweeps.workers import LocalWorkers
workers = LocalWorkers([{}])
with SweepFolder(Path(sys.argv[1])).held():
    workers.submit(time.sleep, 0).result()
    workers.submit(time.sleep, 600)
    print("held", flush=True)
    time.sleep(600)
"""


@of_filelock
def test_a_sweep_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    line = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(line, cwd=REPOSITORY, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
            with pytest.raises(UserError, match="Another sweep"), SweepFolder(tmp_path).held():
                pass
        finally:
            holder.kill()
        holder.wait()
        with SweepFolder(tmp_path).held():
            assert SweepFolder(tmp_path).begin(PLAN) == {}


def test_a_folder_of_something_else_gets_no_lock(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UserError, match="something else"), SweepFolder(tmp_path).held():
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_workers_need_no_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where there is no /dev/shm."""

    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("_multiprocessing.SemLock", missing)
    monkeypatch.setattr("multiprocessing.synchronize._multiprocessing.SemLock", missing)
    one = LocalWorkers([{}])
    try:
        assert one.submit(os.getpid).result() != os.getpid()
    finally:
        one.stop()


def test_what_a_worker_raises_is_told(workers: LocalWorkers) -> None:
    with pytest.raises(WorkError, match="ValueError: invalid literal"):
        workers.submit(int, "x").result()
    with pytest.raises(UserError, match="There is no data set “gone”"):
        workers.submit(images_of, "gone", Path()).result()
    with pytest.raises(BrokenExecutor, match="ended from outside"):
        workers.submit(os._exit, 1).result()
    assert workers.submit(os.getpid).result() != os.getpid()
