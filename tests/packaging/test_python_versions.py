"""Which Pythons `make` takes: those that were tried, and they are named alike wherever they are named."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.test_dependencies import PROJECT
from vae_gui.cli.self_check import OLDEST_PYTHON

TRIED = [
    name.removeprefix("python")
    for name in runpy.run_path(str(REPOSITORY / "packaging" / "matrix.py"))["PYTHONS"]
]
OLDEST, NEWEST = TRIED[0], TRIED[-1]


def make_with(python: str | Path, path: str = os.environ["PATH"]) -> str:
    """Return what the check says before `make` installs anything; empty where it has nothing against this Python."""
    done = subprocess.run(
        ["/bin/sh", REPOSITORY / "packaging" / "system-packages.sh", "offscreen"],
        env={"PATH": path, "PYTHON": str(python)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode == 0) == (done.stderr == "") and "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    return tmp_path / "python3"


def says(stub: Path, version: str) -> Path:
    """Return an interpreter that says that it is of this version, and that nothing is missing."""
    stub.write_text(f'#!/bin/sh\n[ "$1" != -c ] || echo {version}\n', encoding="utf-8")
    stub.chmod(0o755)
    return stub


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")


@pytest.mark.parametrize("version", TRIED)
def test_each_python_that_was_tried_is_taken(stub: Path, version: str) -> None:
    assert make_with(says(stub, version)) == ""


def test_a_python_that_is_newer_than_any_that_was_tried_is_refused(stub: Path) -> None:
    newer = f"3.{int(NEWEST.split('.')[1]) + 1}"
    said = make_with(says(stub, newer))
    assert newer in said and f"Python {OLDEST} to {NEWEST}" in said
    assert f"make PYTHON=python{NEWEST} run" in said and said.count("\n") == 1


@pytest.mark.parametrize("version", ["2.7", "3.10", "4.0"])
def test_other_pythons_are_refused(stub: Path, version: str) -> None:
    assert f"this is {version}" in make_with(says(stub, version))


def test_no_python_is_answered_by_how_to_install_it(tmp_path: Path) -> None:
    for name in ("dirname", "uname", "id"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    said = make_with("python3", path=str(tmp_path))
    assert "there is no python3 here" in said and "install python3" in said
    assert said.count("\n") == 1


def test_the_versions_that_were_tried_are_named_alike() -> None:
    classifiers = [
        line.rsplit(" ", 1)[1] for line in PROJECT["classifiers"] if "Python :: 3." in line
    ]
    assert classifiers == TRIED
    assert ".".join(map(str, OLDEST_PYTHON)) == OLDEST
    assert PROJECT["requires-python"] == f">={OLDEST}", "an upper bound has pip take an old release"
    for page in ("README.md", "docs/guide/installing.md", "docs/CONTRIBUTING.md", "Makefile"):
        text = (REPOSITORY / page).read_text(encoding="utf-8")
        assert re.search(rf"{OLDEST} to {NEWEST}", text), page
