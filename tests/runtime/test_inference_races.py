"""What the GUI thread asks and the inference thread takes is read and changed under one lock."""

import threading
from collections.abc import Iterator

import numpy as np

from tests.runtime.conftest import Collector, snapshots
from vae_gui.core.inference.requests import MAX_BATCH, Decode
from vae_gui.runtime.inference_thread import InferenceThread


class Watched(dict[str, object]):
    """Notes whether its lock was held at every reading and change."""

    def __init__(self, lock: threading.Condition) -> None:
        super().__init__()
        self.lock, self.unguarded = lock, 0

    def look(self) -> None:
        self.unguarded += not self.lock._is_owned()

    def __iter__(self) -> Iterator[str]:
        self.look()
        return super().__iter__()

    def items(self):
        self.look()
        return super().items()

    def pop(self, *args):
        self.look()
        return super().pop(*args)

    def __setitem__(self, key: str, value: object) -> None:
        self.look()
        super().__setitem__(key, value)

    def __len__(self) -> int:
        self.look()
        return super().__len__()


def test_waiting_requests_are_looked_at_under_their_lock_alone(qtbot) -> None:
    thread = InferenceThread()
    pending = Watched(thread._changed)
    thread._pending = pending
    heard = Collector()
    thread.answered.connect(heard.take)
    thread.start()
    thread.adopt(snapshots(count=1)[0])
    short, long = Decode.of(np.zeros((2, 2))), Decode.of(np.zeros((2 * MAX_BATCH, 2)))
    for number in range(200):
        thread.ask(f"short {number}", short)
        thread.ask(f"long {number % 3}", long)
        thread.forget(f"long {(number + 1) % 3}")
    qtbot.waitUntil(lambda: len(heard.values) >= 200)
    thread.stop()
    assert pending.unguarded == 0
