"""Standard streams that are closed, full, or read by nobody: no trace, and the exit code says it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from vae_gui.cli import parser

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")

COMMANDS = {
    "json": ["datasets", "--json"],
    "help": ["--help"],
    "refused": ["info", "gone.vae"],
    "no command": ["gone.vae"],
}
REFUSED = ("refused", "no command")


def shell(redirection: str, arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command with its streams redirected as the shell does it, buffered as usual."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        ["sh", "-c", f'exec "$0" -m vae_gui "$@" {redirection}', sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_stdout_is_said_and_a_failure_of_its_own(name: str) -> None:
    done = shell(">/dev/full", COMMANDS[name])
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    if name in REFUSED:
        assert done.returncode == parser.BAD_INPUT
    else:
        assert done.returncode == parser.LOST_OUTPUT
        assert "No space left" in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&- >&- 2>&-", ">&- 2>/dev/full"])
def test_closed_streams_and_a_full_stderr_change_nothing_else(name: str, redirection: str) -> None:
    done = shell(redirection, COMMANDS[name])
    assert done.returncode == (parser.BAD_INPUT if name in REFUSED else 0)
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert bool(done.stdout) == (">&-" not in redirection.split() and name not in REFUSED)


def test_with_stdout_closed_a_file_that_is_written_is_not_taken_for_it(tmp_path: Path) -> None:
    out = tmp_path / "shipped.png"
    arguments = ["export", "samples", "resources/pretrained.vae", "--frames", "4", "--out"]
    assert shell(">&-", [*arguments, str(out)]).returncode == 0
    with Image.open(out) as image:
        image.verify()


def test_a_home_that_is_not_known_is_no_trace() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE_WITHOUT_HOME, "datasets", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "XDG_DATA_HOME"},
    )
    assert done.returncode == 0 and done.stderr == "" and '"digits"' in done.stdout


CODE_WITHOUT_HOME = """
import os, sys
os.environ.pop("HOME", None)
os.getuid = lambda: 10**6  # a container's user that no file knows
from vae_gui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
