"""The owners of the app's state without a window, and what tests of threads need to be exact."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.inference.engine import Engine
from vae_gui.core.inference.requests import Answering
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.history import History
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.datasets import Datasets
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.session import Session
from vae_gui.runtime.settings import Settings
from vae_gui.runtime.training import Training

WAIT_SECONDS = 20


class Collector(QObject):
    """Keeps what a signal sends, in the thread of the tests."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[object] = []

    def take(self, value: object = None) -> None:
        self.values.append(value)


@dataclass(frozen=True, eq=False)
class Held:
    """A request that stops after its first part until it is let go; its value is the steps it saw."""

    images: int = 1
    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def answer(self, engine: Engine) -> Answering[tuple[int, ...]]:
        first = engine.snapshot.step
        self.begun.set()
        assert self.go.wait(WAIT_SECONDS)
        yield
        return first, engine.snapshot.step

    def wait_until_begun(self) -> None:
        assert self.begun.wait(WAIT_SECONDS)


@dataclass(frozen=True)
class Failing:
    """A request that cannot be answered."""

    images: int = 1

    def answer(self, engine: Engine) -> Answering[None]:
        raise ValueError("no such place")
        yield


@dataclass(frozen=True)
class Owners:
    """What `vae_gui.app.build_context` builds."""

    settings: Settings
    jobs: Jobs
    datasets: Datasets
    library: Library
    training: Training
    explorer: Explorer
    session: Session

    def shutdown(self) -> None:
        self.training.shutdown()
        self.jobs.shutdown()
        self.explorer.shutdown()


def snapshots(
    run_id: str = "run", count: int = 3, config: RunConfig | None = None
) -> list[Snapshot]:
    """The weights of one run at steps 0, 1, 2, …"""
    trainer = Trainer(config or tiny_config(learning_rate=1e-2), tiny_data(), run_id)
    taken = [trainer.snapshot()]
    while len(taken) < count:
        trainer.step()
        taken.append(trainer.snapshot())
    return taken


def entry(run_id: str = "run", steps: int = 0, config: RunConfig | None = None) -> OpenModel:
    """A model of `tiny_data` that was trained a little."""
    trainer = Trainer(config or tiny_config(), tiny_data(), run_id)
    for _ in range(steps):
        trainer.step()
    return OpenModel(Workspace(f"Model {run_id}", trainer.checkpoint()), History())


@pytest.fixture
def owners(qapp: object, home: Path, bars: ImageData) -> Iterator[Owners]:
    settings, jobs, library = Settings(), Jobs(), Library()
    datasets, training = Datasets(jobs, settings.data_folder), Training()
    explorer = Explorer(library)
    session = Session(settings, jobs, datasets, library, training, explorer)
    built = Owners(settings, jobs, datasets, library, training, explorer, session)
    yield built
    built.shutdown()
