"""The imports of heavy libraries: by one thread at a time, and torch before Qt where the order matters.

Import locks are per module, and Python breaks a circle of threads that wait for each other by handing
out a half-initialised module: torch in one thread and scikit-learn in another share many of them.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# torch 2.9 and newer cannot load its libraries once those of Qt are there (pytorch/pytorch#166628).
QT_SPOILS_TORCH = sys.platform == "win32"
_LOCK = threading.RLock()


@contextmanager
def import_lock() -> Iterator[None]:
    """Hold this around the first import of torch, scipy, scikit-learn, openTSNE or Pillow."""
    with _LOCK:
        yield


def load_torch_before_qt() -> None:
    """Import torch now if Qt would keep it from loading later; a process that will load Qt calls this first."""
    if QT_SPOILS_TORCH:
        import torch  # noqa: F401
