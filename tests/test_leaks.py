"""The leak guard: it finds what a test leaves and names the line that started it."""

import gc
import inspect
import tempfile
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, QTimer, Signal
from PySide6.QtWidgets import QWidget

from tests import leaks
from tests.leaks import Origins


def line() -> str:
    """The place of the caller's line."""
    frame = inspect.currentframe().f_back
    return f"{Path(__file__).relative_to(Path.cwd())}:{frame.f_lineno}"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "GRACE_SECONDS", 0.01)


def test_what_has_ended_is_not_left(qtbot, tmp_path: Path) -> None:
    origins = Origins()
    with origins.noted():
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
        timer = QTimer(interval=1000)
        timer.start()
        timer.stop()
        with tempfile.TemporaryDirectory(dir=tmp_path):
            pass
        widget = QWidget()
        widget.show()
        widget.hide()
    assert origins.left() == []


def test_a_thread_that_still_runs_is_named_with_its_place() -> None:
    origins, go = Origins(), threading.Event()
    with origins.noted():
        thread = threading.Thread(target=go.wait, name="waiter")
        thread.start(); at = line()  # fmt: skip  # noqa: E702
    assert origins.left() == [f"thread “waiter” started at {at}"]
    go.set()
    thread.join()


def test_a_temporary_folder_is_named_with_its_place(tmp_path: Path) -> None:
    origins = Origins()
    with origins.noted():
        folder = tempfile.mkdtemp(dir=tmp_path); at = line()  # fmt: skip  # noqa: E702
    assert origins.left() == [f"temporary file {folder} made at {at}"]
    Path(folder).rmdir()


class Waiting(QThread):
    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def run(self) -> None:
        self.go.wait()


def test_threads_timers_and_windows_of_qt_are_named_with_their_place(qtbot) -> None:
    origins, owner, window, thread = Origins(), QObject(), QWidget(), Waiting()
    timer = QTimer(owner, interval=1000)
    with origins.noted():
        thread.start(); started = line()  # fmt: skip  # noqa: E702
        timer.start(); ticks = line()  # fmt: skip  # noqa: E702
        window.show(); shown = line()  # fmt: skip  # noqa: E702
    assert set(origins.left()) == {
        f"Waiting started at {started}",
        f"timer started at {ticks}",
        f"window QWidget shown at {shown}",
    }
    thread.go.set()
    thread.wait()
    timer.stop()
    window.hide()


class Owned:
    """Stands for a model."""


class Telling(QObject):
    told = Signal()


def test_an_object_that_its_own_signal_keeps_is_deleted_with_what_it_holds(qapp: object) -> None:
    """Without it the owners of the models that a test trained stay, each with its weights and data."""
    held = Owned()
    kept = weakref.ref(held)
    owner, child = Telling(), QObject()
    child.setParent(owner)
    owner.told.connect(lambda one=owner, with_it=held: None)
    del owner, child, held
    gc.collect()
    assert kept() is not None
    leaks.delete_left_objects()
    gc.collect()
    assert kept() is None


def test_a_thread_that_runs_is_not_deleted(qtbot) -> None:
    thread = Waiting()
    thread.start()
    leaks.delete_left_objects()
    assert thread.isRunning()
    thread.go.set()
    thread.wait()
