"""A guard that names where a left-over thread, timer, window or temporary file of a test was started."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

GRACE_SECONDS = 2.0  # for a thread that is about to end
_HERE = __file__
_OWN = ("vae_gui", "tests")


class Origins:
    """Where each thread, timer, window and temporary file was started, for as long as it lives."""

    def __init__(self) -> None:
        self.threads: WeakKeyDictionary[threading.Thread, str] = WeakKeyDictionary()
        self.objects: WeakKeyDictionary[QObject, str] = WeakKeyDictionary()
        self.files: dict[str, str] = {}

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what is started during the block."""
        start = _noting(threading.Thread.start, self.threads)
        with (
            patch.object(threading.Thread, "start", start),
            patch.object(tempfile, "mkdtemp", self._noting_path(tempfile.mkdtemp)),
            _qt_noted(self.objects),
        ):
            yield

    def _noting_path(self, make: Any) -> Any:
        def noting(*args: Any, **keywords: Any) -> str:
            path: str = make(*args, **keywords)
            self.files[path] = place()
            return path

        return noting

    def left(self) -> list[str]:
        """What is still there, each with its place."""
        found = [
            f"thread “{thread.name}” started at {where}"
            for thread, where in list(self.threads.items())
            if _outlives(thread)
        ]
        found += [f"temporary file {path} made at {where}" for path, where in self.files.items()
                  if Path(path).exists()]  # fmt: skip
        return found + _qt_left(self.objects)


def place() -> str:
    """The line of the project that called: the innermost outside this file and the libraries."""
    frames = [frame for frame in traceback.extract_stack() if frame.filename != _HERE]
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    own = [frame for frame in own if not frame.filename.startswith(sys.base_prefix)]
    frame = (own or frames)[-1]
    return f"{os.path.relpath(frame.filename)}:{frame.lineno}"


def _outlives(thread: threading.Thread) -> bool:
    thread.join(GRACE_SECONDS)
    return thread.is_alive() and not thread.daemon


def _noting(start: Any, places: WeakKeyDictionary[Any, str]) -> Any:
    def noting(self: Any, *args: Any) -> None:
        places[self] = place()
        start(self, *args)

    return noting


@contextmanager
def _qt_noted(places: WeakKeyDictionary[QObject, str]) -> Iterator[None]:
    if "PySide6.QtWidgets" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QThread, QTimer
    from PySide6.QtWidgets import QWidget

    with (
        patch.object(QThread, "start", _noting(QThread.start, places)),
        patch.object(QTimer, "start", _noting(QTimer.start, places)),
        patch.object(QWidget, "show", _noting(QWidget.show, places)),
    ):
        yield


def _qt_left(places: WeakKeyDictionary[QObject, str]) -> list[str]:
    """Threads that run, timers that tick and windows that are seen."""
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    import shiboken6
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
    from PySide6.QtWidgets import QWidget

    if QCoreApplication.instance() is not None:  # what is already to be deleted is no leak
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = []
    for one, where in list(places.items()):
        if not shiboken6.isValid(one):
            continue
        if isinstance(one, QThread) and not one.wait(round(1000 * GRACE_SECONDS)):
            found.append(f"{type(one).__name__} started at {where}")
        elif isinstance(one, QTimer) and one.isActive() and not one.isSingleShot():
            found.append(f"timer started at {where}")
        elif isinstance(one, QWidget) and one.isWindow() and one.isVisible():
            found.append(f"window {type(one).__name__} shown at {where}")
    return found


def delete_left_objects() -> None:
    """Delete the Qt objects of the app and the tests that nobody owns any more.

    A lambda that is connected to a signal of what it refers to keeps it in Qt, where no collection looks, and with it
    its models and data. Objects that were frozen (`gc.freeze`) are from before the test and stay.
    """
    import shiboken6
    from PySide6.QtCore import QObject, QThread

    for one in gc.get_objects():
        # By its type: isinstance() asks the object for its class, which some of torch answer with a warning.
        kind = type(one)
        if not issubclass(kind, QObject) or kind.__module__.split(".")[0] not in _OWN:
            continue
        if not shiboken6.isValid(one) or one.parent() is not None:
            continue
        if isinstance(one, QThread) and one.isRunning():
            continue  # it is named as left; deleting it would end the process
        shiboken6.delete(one)
