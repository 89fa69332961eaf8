"""On Windows torch cannot be loaded after Qt: every process of ours that loads both loads torch first.

Tried here in processes in which torch refuses to come after Qt.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.waiting import WAIT_SECONDS
from vae_gui.cli.self_check import library_checks

# Each loads Qt; what follows is what such a process does once it runs.
PROGRAMS = {
    "the driver of what was installed": "import runpy; runpy.run_path('packaging/drive.py')",
    "the benchmarks": "import benchmarks.window",
    "the benchmark of the start": "import benchmarks.start as start; exec(start.APP.partition('app =')[0])",
    "an app that a test starts": "import tests.journeys.closing_app",
}


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Which processes, of those that are started from now on, wanted torch after Qt; no file where none did."""
    stub = str(REPOSITORY / "tests" / "qt_spoils_torch")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((stub, str(REPOSITORY))))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("REFUSED", str(tmp_path / "refused.txt"))
    return tmp_path / "refused.txt"


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )


def test_torch_refuses_to_come_after_qt(refused: Path) -> None:
    done = python("-c", "import PySide6.QtCore, torch")
    assert "WinError 1114" in done.stderr and refused.exists()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_loads_torch_before_qt(refused: Path, program: str) -> None:
    done = python(
        "-c", f"{PROGRAMS[program]}; import sys, torch; assert 'PySide6.QtCore' in sys.modules"
    )
    assert (done.returncode, done.stderr) == (0, "") and not refused.exists()


def test_the_app_loads_torch_before_qt(refused: Path) -> None:
    code = (
        "import sys; from types import SimpleNamespace; from vae_gui.__main__ import main;"
        "window = SimpleNamespace(main=lambda files: 0 if 'torch' in sys.modules else 1);"
        "sys.modules['vae_gui.app'] = window; sys.exit(main([]))"
    )
    assert python("-c", code).returncode == 0 and not refused.exists()


def test_the_self_check_loads_torch_before_qt(refused: Path) -> None:
    assert [check for check in library_checks() if not check.ok] == []
    assert not refused.exists()


def test_the_tests_load_torch_before_qt(refused: Path) -> None:
    code = (
        "import pytest, sys; pytest.main(['--collect-only', 'tests/ui/style/test_theme.py']);"
        "assert 'PySide6.QtCore' in sys.modules; import torch"
    )
    done = python("-c", code)
    assert (done.returncode, done.stderr) == (0, "") and not refused.exists()
