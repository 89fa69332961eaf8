"""Whatever ends a run or its saves, what was learned is kept; with real signals and real faults."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL
from tests.fake_windows import linux_only
from tests.waiting import WAIT_SECONDS
from vae_gui.cli import parser
from vae_gui.core.storage.workspace import load

resource = pytest.importorskip("resource")  # not on Windows

ROOT = Path(__file__).parent.parent.parent
pytestmark = [
    linux_only("signals, limits and prlimit"),
]
UNLIMITED = resource.RLIM_INFINITY
TOO_SMALL = 64 * 1024  # bytes; a model is larger
# An autosave after every epoch; the first argument is the largest file that may be written, 0 for any.
TRAIN = """
import resource, sys
from vae_gui.cli import train
from vae_gui.__main__ import main
train.AUTOSAVE_SECONDS = -1.0 if sys.argv[2] == "autosave" else 1e9
if int(sys.argv[1]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(main(sys.argv[3:]))
"""


def heed_sighup() -> None:
    """Under nohup the tests would hand on that it is ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Run:
    """A run of many epochs in a process of its own, whose app folder is `home`."""

    def __init__(
        self, data: tuple[str, ...], out: Path, home: Path, limit: int = 0, autosave: bool = False
    ) -> None:
        options = ["--preset", "s3-mlp", *data, *SMALL[2:], "--epochs", "10000", "--json"]
        how = [str(limit), "autosave" if autosave else "none"]
        self.out, self.home = out, home
        self.process = subprocess.Popen(
            [sys.executable, "-c", TRAIN, *how, "train", *options, "--out", str(out)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"XDG_DATA_HOME": str(home)},
            preexec_fn=heed_sighup,
        )
        self.wait_for_an_epoch()

    def close(self) -> None:
        self.process.kill()
        with self.process:
            pass  # which closes its pipes

    def wait_for_an_epoch(self) -> None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line.startswith('{"start"'):
            line = self.process.stdout.readline()
        assert line.startswith('{"epoch"')

    def wait_for_a_complaint(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def end(self, number: int = signal.SIGTERM) -> str:
        """Send a signal; what is on stderr once the process has ended."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=WAIT_SECONDS)
        assert "Traceback" not in err
        return err


@pytest.fixture
def start(
    data: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[..., Run]:
    def begin(**options: object) -> Run:
        out = tmp_path / "out" / "run.vae"
        out.parent.mkdir()
        run = Run(data, out, tmp_path / "home", **options)  # type: ignore[arg-type]
        request.addfinalizer(run.close)
        return run

    return begin


def test_a_polite_kill_keeps_what_was_learned(start: Callable[..., Run]) -> None:
    run = start()
    assert run.end(signal.SIGTERM) == ""
    assert run.process.returncode == parser.SIGNALLED + signal.SIGTERM
    assert load(run.out).checkpoint.snapshot.step >= 2
    assert load(run.out).checkpoint.optimizer


def test_a_terminal_that_closes_may_send_sighup_twice(start: Callable[..., Run]) -> None:
    run = start()
    run.process.send_signal(signal.SIGHUP)
    run.end(signal.SIGHUP)
    assert run.process.returncode == parser.SIGNALLED + signal.SIGHUP
    assert load(run.out).checkpoint.snapshot.step >= 2


def test_a_reader_that_goes_away_ends_the_run_and_keeps_it(start: Callable[..., Run]) -> None:
    run = start()
    assert run.process.stdout is not None and run.process.stderr is not None
    run.process.stdout.close()
    assert run.process.stderr.read() == ""
    assert run.process.wait(WAIT_SECONDS) == parser.BROKEN_PIPE
    assert load(run.out).checkpoint.snapshot.step >= 2


def test_a_folder_that_vanished_leaves_the_run_in_the_apps_own(start: Callable[..., Run]) -> None:
    run = start()
    shutil.rmtree(run.out.parent)
    err = run.end()
    (kept,) = (run.home / "vae-explorer" / "rescued").iterdir()
    assert err.count("\n") == 1 and "is not there" in err and str(kept) in err
    assert kept.name.startswith("run-") and load(kept).checkpoint.snapshot.step >= 2
    assert run.process.returncode == parser.SIGNALLED + signal.SIGTERM


def test_a_full_disk_at_an_autosave_is_a_warning_and_the_run_goes_on(
    start: Callable[..., Run],
) -> None:
    run = start(limit=TOO_SMALL, autosave=True)
    warning = run.wait_for_a_complaint()
    assert "There is no room" in warning and "goes on" in warning
    run.wait_for_an_epoch()
    run.wait_for_an_epoch()
    assert list(run.out.parent.iterdir()) == []
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))
    assert run.end() == "", "the warning comes once"
    assert load(run.out).checkpoint.snapshot.step >= 6


def test_a_full_disk_everywhere_is_said_in_a_line_and_the_old_file_stays(
    start: Callable[..., Run],
) -> None:
    run = start(autosave=True)
    run.wait_for_an_epoch()
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (TOO_SMALL, UNLIMITED))
    err = run.end()
    assert run.process.returncode == parser.BAD_INPUT
    assert "There is no room" in err and "Nor could it be kept" in err
    assert load(run.out).checkpoint.snapshot.step >= 2
    assert list(run.out.parent.iterdir()) == [run.out]
