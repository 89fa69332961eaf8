"""Import lock: heavy libraries are imported by one thread at a time.

Import locks are per module, and Python breaks a circle of threads that wait for each other by handing
out a half-initialised module: torch in one thread and scikit-learn in another share many of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.RLock()


@contextmanager
def import_lock() -> Iterator[None]:
    """Hold this around the first import of torch, scipy, scikit-learn, openTSNE or Pillow."""
    with _LOCK:
        yield
