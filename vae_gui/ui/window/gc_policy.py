"""Garbage collection policy: reference cycles are collected on the GUI thread alone.

Python collects on whichever thread allocates. A widget that dies on a worker's thread waits for the
interpreter with Qt's lock in its hand, while the GUI thread waits for that lock: the window hangs for
good (PySide6 6.11; the same trap in napari/napari#1029).
"""

import gc

from pyqtgraph.util.garbage_collector import GarbageCollector


def collect_on_this_thread() -> GarbageCollector:
    """From now on, every second; for as long as the value that is returned lives."""
    return GarbageCollector()


def spare_what_is_loaded() -> None:
    """Libraries stay: the collector need not look at their half million objects again."""
    gc.freeze()
