"""What a worker's allocations leave behind is destroyed on the GUI thread."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject

from vae_gui.ui.window.gc_policy import collect_on_this_thread


class Loop(QObject):
    """An object that only the collector can take away."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def test_a_cycle_dies_on_the_thread_of_the_window_whoever_allocates(qtbot) -> None:
    gc.enable()
    collector = collect_on_this_thread()
    died_on: list[int] = []
    weakref.finalize(Loop(), lambda: died_on.append(threading.get_ident()))
    kept: list[object] = []
    worker = threading.Thread(target=lambda: kept.extend([n] for n in range(50_000)))
    worker.start()
    worker.join()
    assert not died_on
    qtbot.waitUntil(lambda: bool(died_on))
    assert died_on == [threading.get_ident()]
    del collector
