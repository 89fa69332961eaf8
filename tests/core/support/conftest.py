"""A file that tests of saving replace."""

from pathlib import Path

import pytest


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "run.vae"
    path.write_bytes(b"old")
    return path
