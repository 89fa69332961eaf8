"""The real window as the benchmarks and the screenshots drive it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPointF, QStandardPaths, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from vae_gui.app import build_context, make_application, open_window, shutdown
from vae_gui.core.inference.requests import Decode
from vae_gui.runtime.context import Context
from vae_gui.runtime.settings import default_settings_path
from vae_gui.ui.style.theme import DARK, LIGHT, apply_theme
from vae_gui.ui.window.gc_policy import collect_on_this_thread
from vae_gui.ui.window.main_window import SIZE, MainWindow


@contextmanager
def app_window(theme: str = "dark") -> Iterator[MainWindow]:
    """A window with settings of its own, closed properly at the end."""
    QStandardPaths.setTestModeEnabled(True)
    app = make_application()
    apply_theme(app, LIGHT if theme == "light" else DARK)
    default_settings_path().unlink(missing_ok=True)  # those of the window before
    context = build_context(in_process=True)
    window = open_window(context, None)
    window.resize(*SIZE)  # also where a made-up screen is smaller
    garbage = collect_on_this_thread()
    try:
        _wait_for_the_thread(context)
        yield window
    finally:
        shutdown(context)
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del garbage


def _wait_for_the_thread(context: Context) -> None:
    """The first digit comes before torch; what else the window shows comes with it."""
    answered: list[object] = []
    pair = Decode.of(np.zeros((2, context.explorer.latent_dim)))
    context.explorer.questions.ask_once("opened", pair, answered.append)
    wait_until(lambda: answered, 60)


def wait(seconds: float) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def wait_until(true: Callable[[], object], seconds: float) -> None:
    """Let the window live until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the window did not get there in time"
        wait(0.01)


def mouse(widget: QWidget, kind: QEvent.Type, at: QPointF, down: bool = True) -> None:
    """Send one mouse event with the left button, as the system would."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    event = QMouseEvent(
        kind,
        at,
        QPointF(widget.mapToGlobal(at.toPoint())),
        button,
        left if down else none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)
