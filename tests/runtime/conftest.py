"""What tests of the owners share: models of made-up images, and requests that tell what the threads do."""

import threading
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QObject

from tests.tiny import tiny_config, tiny_data
from tests.waiting import WAIT_SECONDS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.inference.engine import Engine
from vae_gui.core.inference.requests import Answering
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.history import History
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.notices import Notices


@pytest.fixture
def notices(qapp: object) -> Notices:
    """For an owner that is built alone."""
    return Notices()


class Collector(QObject):
    """Keeps what a signal sends, in the thread of the tests."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.values: list[object] = []

    def take(self, value: object = None) -> None:
        self.values.append(value)


@dataclass(frozen=True, eq=False)
class Held:
    """A request that stops after its first part until it is let go; its value is the steps it saw."""

    cost: int = 1
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

    cost: int = 1

    def answer(self, engine: Engine) -> Answering[None]:
        raise ValueError("no such place")
        yield


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


@pytest.fixture(autouse=True)
def made_up_digits(bars: ImageData) -> None:
    """No test of the owners reads the real digits."""
