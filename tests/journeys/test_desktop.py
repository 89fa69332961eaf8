"""The real app between two sessions of a desktop: it opens what was double clicked, and log-off loses nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from vae_gui.core.storage.workspace import load
from vae_gui.resources import PRETRAINED, resources_dir


@pytest.mark.skipif(os.name != "posix", reason="XDG folders")
def test_log_off_asks_nothing_and_keeps_the_run_that_goes_on(tmp_path: Path) -> None:
    shutil.copy(resources_dir() / PRETRAINED, tmp_path / "clicked.vae")
    homes = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "CACHE")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.desktop_app", tmp_path / "clicked.vae"],
        cwd=REPOSITORY,
        env=os.environ | homes | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["opened", "logged off, IDLE"], done.stderr
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    (kept,) = (tmp_path / "DATA").rglob("autosave*/**/*.vae")
    assert load(kept).checkpoint.snapshot.step > 0
