"""A module runs in a process of its own, by the interpreter and by the app in the place of one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_windows import said_on_windows
from vae_gui.core.support import child

MODULE = "vae_gui.cli.import_check"


@pytest.mark.parametrize("through_the_app", [False, True], ids=["interpreter", "app"])
def test_a_child_runs_wherever_it_is_started(tmp_path: Path, through_the_app: bool) -> None:
    """The bundled app is its own interpreter: `main` gets what a bundle would get."""
    line = child.command(MODULE, "json", "nosuchmodule")
    if through_the_app:
        line = [sys.executable, "-m", "vae_gui", child.FLAG, MODULE, "json", "nosuchmodule"]
    done = subprocess.run(
        line, cwd=tmp_path, env=child.environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    first, second = (text.split("\t") for text in done.stdout.splitlines())
    assert first == ["json", ""]
    assert "nosuchmodule" in second[1]


def test_a_child_writes_utf8_also_where_nothing_tells_it_to(tmp_path: Path) -> None:
    """As in a bundle, which reads no variables of Python, on a Windows with an old code page."""
    bare = child.environment() | {"PYTHONIOENCODING": "cp437"}
    line = child.command(MODULE, "json", "größe_σ")
    done = subprocess.run(line, cwd=tmp_path, env=bare, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "größe_σ" in done.stdout


PRIORITY = """
import ctypes
class Function:
    def __init__(self, answer):
        self.answer = answer
    def __call__(self, *arguments):
        print(*arguments)
        return self.answer
class Kernel:
    def __init__(self, name):
        self.GetCurrentProcess, self.SetPriorityClass = Function(7), Function(1)
ctypes.WinDLL = Kernel
from vae_gui.core.support import child
child.step_back(5)
"""


def test_a_child_gives_way_to_the_window_on_windows_too() -> None:
    assert f"7 {0x4000}" in said_on_windows(PRIORITY).splitlines()


def test_a_bundle_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child.command(MODULE, "json") == [sys.executable, child.FLAG, MODULE, "json"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks into /proc")
def test_without_a_console_the_errors_of_a_child_lead_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "__stderr__", None)
    with child.start("vae_gui.core.vae.run.child", stdout=subprocess.PIPE) as waits:
        errors = Path(f"/proc/{waits.pid}/fd/2").readlink()
        waits.kill()
    assert errors == Path(os.devnull)
