"""How the folder that was built is tried: with a stand-in for the app, which notes what it is asked to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")
APP = """#!/bin/sh
here=$(dirname "$0")
echo "$1 $(ls "$here/_internal")" >>"$here/asked"
for last in "$@"; do :; done
case "$1" in train | export) echo made >"$last" ;; esac
[ "$1" != "$(cat "$here/fails" 2>/dev/null)" ]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "_internal").mkdir()
    program = tmp_path / "vae-explorer"
    program.write_text(APP, encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


def use(folder: Path) -> "subprocess.CompletedProcess[str]":
    code = "import sys; from pathlib import Path; import build_bundle; build_bundle.use(Path(sys.argv[1]))"
    return subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=REPOSITORY / "packaging",
        capture_output=True,
        text=True,
    )


def asked(folder: Path) -> list[str]:
    return (folder / "asked").read_text(encoding="utf-8").splitlines()


def test_the_window_is_driven_by_a_module_that_is_not_shipped(folder: Path) -> None:
    done = use(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert asked(folder)[-1] == "--child drive.py"
    assert {line.strip() for line in asked(folder)[:-1]} == {
        *("--version", "self-check", "train", "export"),
    }
    assert list((folder / "_internal").iterdir()) == []


@pytest.mark.parametrize("command", ["self-check", "--child"])
def test_a_command_that_fails_ends_it_and_the_module_is_gone(folder: Path, command: str) -> None:
    (folder / "fails").write_text(command, encoding="utf-8")
    done = use(folder)
    assert done.returncode == 1 and f"('{command}'" in done.stderr
    assert list((folder / "_internal").iterdir()) == []
