"""The app writes what its user chose, where they chose it, and its own files in its own folders (promise R16)."""

import os
from pathlib import Path

import pytest

from benchmarks.soak.app_process import AppProcess
from tests.conftest import REPOSITORY
from vae_gui.runtime.autosave import Pace

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the home is elsewhere there"),
]
OWN = {
    "config/vae-explorer/settings.json",
    "data/vae-explorer/logs/vae-explorer.log",
    "data/vae-explorer/logs/crash.log",
}


def files_in(folder: Path) -> set[str]:
    """All but what git, Python and the tools of the project keep for themselves."""
    kept = (".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")
    found = set()
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in kept]
        found |= {str((Path(place) / name).relative_to(folder)) for name in names}
    return found


def test_a_run_that_is_saved_leaves_its_file_and_the_apps_own(tmp_path: Path) -> None:
    repository = files_in(REPOSITORY)
    with AppProcess(tmp_path, Pace(first=0.2, rest=1.0)) as app:
        app.wait_for("ready")
        app.do("train")
        app.wait_for("saved")
        app.do(f"save {tmp_path / 'chosen.vae'}")
        app.wait_for("kept")
        app.do("close")
        assert app.exit_code() == 0, app.output
    assert files_in(tmp_path) == {"chosen.vae", *OWN}
    assert files_in(REPOSITORY) == repository
