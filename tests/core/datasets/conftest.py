"""What the tests of the data sets share: real files if there are any, and a server that misbehaves."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.datasets.io.servers import Server, serving

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def real_datasets() -> Path:
    """The folder for real data sets: VAE_DATASETS, else `shared/datasets` beside the repository.

    It need not be there: a test skips where `find` finds nothing in it.
    """
    return Path(os.environ.get("VAE_DATASETS", REPOSITORY.parent / "shared" / "datasets"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as running:
        yield running
