"""What tests of all layers share. Nothing here needs Qt before a fixture that does is asked for."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import memory, network
from tests.leaks import Origins, delete_left_objects
from tests.tiny import tiny_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.mnist import ENTRY as MNIST
from vae_gui.core.datasets.places import DATA_VARIABLE
from vae_gui.core.support.progress import Job, Progress, finish

if TYPE_CHECKING:
    from tests.patient_bot import PatientBot
    from tests.saving import Answer
    from vae_gui.runtime.context import Context
    from vae_gui.ui.window.main_window import MainWindow

REPOSITORY = Path(__file__).parent.parent

# Tests that are started in the background inherit that Ctrl-C is ignored, and so would their children.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The screen of the offscreen platform is smaller than the window of the first start, which fits itself to it.
if os.environ.get("QT_QPA_PLATFORM") == "offscreen" and os.name == "posix":
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(__file__).parent / 'screen.json'}"

# An example may take as long as the machine needs, and all of a test share its fixtures.
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("patient")

network.watch()
memory.save()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """The last test of a file fails if the process holds too much memory after it."""
    yield
    if nextitem is None or nextitem.path != item.path:
        memory.check(item.path)


@pytest.fixture(autouse=True)
def offline() -> Iterator[None]:
    """A test fails that asks anybody but this machine, whether or not somebody answers."""
    with network.nobody_asked() as asked:
        yield
    assert not asked


@pytest.fixture
def no_leaks() -> Iterator[None]:
    """A test fails that leaves a thread, a timer, a window or a temporary file; it says where that was started."""
    origins = Origins()
    with origins.noted():
        yield
    left = origins.left()
    assert not left, "\n".join(left)


@pytest.fixture(autouse=True)
def garbage(no_leaks: None) -> Iterator[None]:
    """With Qt, cycles are collected on this thread alone, as in the app; what survives is not looked at again.

    Frozen before a test, not after it: pytest still holds what the fixtures gave, and what is frozen stays.
    """
    if "PySide6.QtCore" not in sys.modules:
        yield
        return
    gc.disable()
    gc.collect()
    gc.freeze()
    yield
    delete_left_objects()
    gc.collect()


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The application of all tests is the app's own."""
    from vae_gui.ui.window.application import Application

    return Application


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> "PatientBot":
    """Waits of all tests end with what they wait for, within one bound."""
    from tests.patient_bot import PatientBot

    return PatientBot(request)


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    """The folder that holds MNIST: VAE_DATASETS, else `shared/datasets` beside the repository."""
    folder = Path(os.environ.get("VAE_DATASETS", REPOSITORY.parent / "shared" / "datasets"))
    if not MNIST.find(folder):
        pytest.skip(f"MNIST is not in {folder}: set VAE_DATASETS to the folder that holds it")
    return folder


@pytest.fixture(scope="session")
def mnist(mnist_folder: Path) -> ImageData:
    return finish(MNIST.load(mnist_folder, False))


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings, data and logs of the app go into an empty folder of this test."""
    from PySide6.QtCore import QSettings

    folder = tmp_path_factory.mktemp("home")
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "config"))
    return folder


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> ImageData:
    """The data set “digits” is a handful of made-up images."""
    data = tiny_data()
    replace_digits(monkeypatch, data)
    return data


def replace_digits(monkeypatch: pytest.MonkeyPatch, data: ImageData) -> None:
    """Have the data set “digits” be other images."""

    def load(folder: Path, download: bool) -> Job[ImageData]:
        yield Progress(0, None, "Opening the bars")
        return data

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))


@pytest.fixture
def saves_to(qapp: object) -> Iterator["Answer"]:
    """`saves_to(path, keep=True, cancels=False)`: what a person answers where a model is to be saved."""
    from tests.saving import Answering

    answering: list[Answering] = []

    def answer(path: Path | None, keep: bool | None = None, cancels: bool = False) -> Answering:
        answering.append(Answering(path, keep, cancels))
        return answering[-1]

    yield answer
    for each in answering:
        each.stop()
        each.deleteLater()


@pytest.fixture
def context(qapp: object, home: Path) -> Iterator["Context"]:
    """The owners of the app's state."""
    from vae_gui.app import build_context, make_application, shutdown

    make_application()
    built = build_context()
    yield built
    shutdown(built)


@pytest.fixture
def window_of(
    context: "Context", qtbot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., "MainWindow"]]:
    """Opens the real window on the model that ships, or a file, once it shows a digit; it is closed after the test."""
    import shiboken6
    from PySide6.QtWidgets import QApplication

    from tests.answers import wait_for_answers
    from vae_gui.app import open_window, shutdown
    from vae_gui.ui.style.theme import DARK, apply_theme

    # What the app spares from collections stays for as long as the process lives: every window of the tests.
    monkeypatch.setattr("vae_gui.app.spare_what_is_loaded", lambda: None)
    opened: list[MainWindow] = []

    def build(file: Path | None = None) -> "MainWindow":
        apply_theme(QApplication.instance(), DARK)
        window = open_window(context, file)
        opened.append(window)
        questions, banner = context.explorer.questions, window.banner
        qtbot.waitUntil(lambda: questions.reply_ms > 0 or banner.text() != "")
        assert banner.text() == ""
        wait_for_answers(qtbot, context)  # the first digit comes before torch
        qtbot.waitUntil(lambda: not context.jobs.running)
        return window

    yield build
    shutdown(context)
    for window in opened:
        window.hide()
        shiboken6.delete(window)  # a window that is left over is styled again by every later test


@pytest.fixture
def window(window_of: Callable[..., "MainWindow"]) -> "MainWindow":
    """The real window on the model that ships."""
    return window_of()
