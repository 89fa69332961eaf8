"""A fake Windows on Linux: what `sitecustomize.py` in this folder does to every Python that finds it at its start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parent.parent
SWITCH = "FAKE_WINDOWS"
SCANNER = "FAKE_SCANNER"  # how often the first replacing or removing of each file is refused
FAKED = os.environ.get(SWITCH) == "1"


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Mark a test of something that Windows does not have; the reason says what."""
    return pytest.mark.skipif(os.name != "posix" or FAKED, reason=f"of POSIX: {reason}")


def linux_only(reason: str) -> pytest.MarkDecorator:
    """Mark a test of something that Linux alone has; the reason says what."""
    return pytest.mark.skipif(sys.platform != "linux" or FAKED, reason=f"of Linux: {reason}")


def environment(scanner: int = 0) -> dict[str, str]:
    """Return the variables under which a Python, and all that it starts, believes to be on Windows."""
    path = os.pathsep.join([str(FOLDER), str(REPOSITORY)])
    return os.environ | {"PYTHONPATH": path, SWITCH: "1", SCANNER: str(scanner)}


def on_windows(
    script: str, *arguments: object, scanner: int = 0, **options: object
) -> "subprocess.CompletedProcess[str]":
    """Run a script under the fake Windows to its end; options: as of `subprocess.run`."""
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=environment(scanner),
        capture_output=True,
        encoding="utf-8",
        check=False,
        **options,  # type: ignore[call-overload]
    )


def said_on_windows(script: str, *arguments: object, scanner: int = 0) -> str:
    """Return what a script prints under the fake Windows; it has to end well."""
    done = on_windows(script, *arguments, scanner=scanner)
    assert done.returncode == 0, done.stderr
    return done.stdout
