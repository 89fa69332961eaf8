"""A module runs in a process of its own, by the interpreter and by the app in the place of one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
