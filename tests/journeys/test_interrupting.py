"""Ctrl-C, at any moment and as often as it comes, ends the real app orderly."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a signal of another kind there")

BETWEEN_SECONDS = 0.02  # from one Ctrl-C to the next


def started(moment: str, folder: Path) -> subprocess.Popen[str]:
    homes = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "CACHE")}
    command = ["-X", "faulthandler", "-m", "tests.journeys.interrupted_app", moment]
    return subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | homes | {"QT_QPA_PLATFORM": "offscreen"},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupt_until_it_ends(process: subprocess.Popen[str]) -> None:
    while process.returncode is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(BETWEEN_SECONDS)
        except subprocess.TimeoutExpired:
            continue


@pytest.mark.parametrize("moment", ["start", "autosave"])
def test_ctrl_c_again_and_again_ends_the_app_by_itself(moment: str, tmp_path: Path) -> None:
    with started(moment, tmp_path) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            assert process.stdout.readline() == f"{moment}\n"
            interrupt_until_it_ends(process)
            errors = process.stderr.read()
        finally:
            process.kill()
    assert process.returncode in (0, 130), errors
    assert "Traceback" not in errors and "destroyed while" not in errors.lower()
