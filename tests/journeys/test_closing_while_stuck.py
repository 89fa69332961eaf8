"""Closing the window ends the process although threads wait for what cannot be cancelled."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.waiting import WAIT_SECONDS


def test_an_import_that_never_ends_does_not_keep_the_app_alive(tmp_path: Path) -> None:
    homes = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "CACHE")}
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.journeys.stuck_app"],
        env=os.environ | homes | {"QT_QPA_PLATFORM": "offscreen"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    assert done.stdout == "closed\n", done.stderr
    assert done.returncode == 0, done.stderr
    assert "destroyed while" not in done.stderr.lower()
