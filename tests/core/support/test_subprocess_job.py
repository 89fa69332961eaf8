"""A function in a process of its own, which is gone with its files however the job ends."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from tests.core.support import subprocess_work as child_work
from tests.fake_windows import posix_only
from tests.waiting import WAIT_SECONDS
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish
from vae_gui.core.support.subprocess_job import Arrays, run_in_subprocess

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """All temporary folders of the test are made here."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def is_alive(pid: int) -> bool:
    """Whether the process is there, a zombie included."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def started(seen: list[int]) -> object:
    """A job that hangs, driven until its child has told its process id."""

    def remember(progress: Progress, arrays: Arrays) -> Progress:
        seen.append(int(arrays["pid"]))
        return progress

    job = run_in_subprocess(child_work.hang, {}, remember)
    while not seen:
        next(job)
    return job


def test_arrays_and_text_go_there_and_back(temporary: Path) -> None:
    seen: list[tuple[Progress, Arrays]] = []

    def keep(progress: Progress, arrays: Arrays) -> Progress:
        seen.append((progress, arrays))
        return progress

    given: Arrays = {"x": np.arange(6, dtype=np.float32).reshape(2, 3), "name": np.array("μ")}
    result = finish(run_in_subprocess(child_work.double, given, keep))

    assert np.array_equal(result["x"], given["x"] * 2) and result["x"].dtype == np.float32
    assert str(result["name"]) == "μ"
    assert int(result["pid"]) != os.getpid()
    assert all(progress == Progress(1, 2, "halfway") for progress, _ in seen)
    assert list(temporary.iterdir()) == []


def test_closing_the_job_kills_a_child_that_hangs(temporary: Path) -> None:
    seen: list[int] = []
    job = started(seen)

    job.close()  # type: ignore[attr-defined]

    assert not is_alive(seen[0])
    assert list(temporary.iterdir()) == []


def test_a_job_goes_on_without_a_report() -> None:
    """So that it can be closed: a child that hangs reports nothing more."""
    job = started([])

    assert next(job) == Progress(0, None, "stuck")  # type: ignore[call-overload]

    job.close()  # type: ignore[attr-defined]


def test_what_the_child_refuses_is_refused_in_its_words(temporary: Path) -> None:
    with pytest.raises(UserError, match="Choose more than “one” image"):
        finish(run_in_subprocess(child_work.refuse, {}))
    assert list(temporary.iterdir()) == []


def test_an_error_in_the_child_is_an_error_here() -> None:
    with pytest.raises(RuntimeError, match="ValueError: the numbers do not add up"):
        finish(run_in_subprocess(child_work.break_down, {}))


@posix_only("signals")
def test_a_child_that_is_killed_from_outside_says_what_to_do() -> None:
    with pytest.raises(UserError, match="choose fewer images"):
        finish(run_in_subprocess(child_work.end_suddenly, {}))


@posix_only("signals")
def test_the_child_ends_with_a_parent_that_was_killed(temporary: Path) -> None:
    code = (
        f"import tempfile; tempfile.tempdir = {str(temporary)!r}\n"
        "from tests.core.support import subprocess_work as child_work\n"
        "from vae_gui.core.support.subprocess_job import run_in_subprocess\n"
        "def tell(progress, arrays):\n"
        "    print(arrays['pid'], flush=True)\n"
        "    return progress\n"
        "for _ in run_in_subprocess(child_work.hang, {}, tell): pass\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()

    deadline = time.monotonic() + WAIT_SECONDS
    while is_alive(pid) and time.monotonic() < deadline:
        os.sched_yield()

    assert not is_alive(pid)
    assert list(temporary.iterdir()) == []
