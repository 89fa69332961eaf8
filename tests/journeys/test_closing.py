"""The real app, closed at several moments, ends by itself with exit code 0."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.waiting import WAIT_SECONDS

MOMENTS = ("start", "loading", "training", "export")


def started(moment: str, folder: Path) -> subprocess.Popen[str]:
    folder.mkdir()
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}
    (folder / "out").mkdir()
    return subprocess.Popen(
        [
            sys.executable,
            "-X",
            "faulthandler",
            "-m",
            "tests.journeys.closing_app",
            moment,
            str(folder / "out"),
        ],
        env=os.environ | homes | {"QT_QPA_PLATFORM": "offscreen"},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it wrote; one that does not end is killed, and says where it was."""
    try:
        return process.communicate(timeout=WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT if os.name == "posix" else signal.SIGTERM)
        return process.communicate()


@pytest.mark.parametrize("pair", [MOMENTS[:2], MOMENTS[2:]], ids="+".join)
def test_closing_at_any_moment_ends_the_app_cleanly(pair: tuple[str, str], tmp_path: Path) -> None:
    running = [(moment, started(moment, tmp_path / moment)) for moment in pair]
    for moment, process in running:
        output, errors = ended(process)
        assert process.returncode == 0, errors
        assert f"closed at {moment}" in output
        assert "destroyed while" not in errors.lower()
        assert "Traceback" not in errors
        assert not list((tmp_path / moment / "out").iterdir())
