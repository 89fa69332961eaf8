"""Starts the real app as a desktop does, `python -m tests.journeys.desktop_app FILE`: a double click, a run, log-off.

It says “opened” when the file of the double click is shown, and “logged off” when the answer to that is given.
"""

import sys

from PySide6.QtCore import SIGNAL, QObject, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from vae_gui import app as the_app
from vae_gui.runtime.training import Phase
from vae_gui.ui.window.main_window import MainWindow

POLL_MS = 10


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Desktop(QObject):
    """Logs off once a run has taken a step."""

    def __init__(self) -> None:
        super().__init__()
        self.app = the_app.make_application()
        self.opened = False
        self.timer = QTimer(self, interval=POLL_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()

    def poll(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if not windows or windows[0].context.library.shown is None:
            return
        context = windows[0].context
        shown = context.library.shown
        if not self.opened and shown.path is not None and shown.path.name == "clicked.vae":
            self.opened = True
            say("opened")
            windows[0].run_bar.train()
        elif context.training.phase is Phase.RUNNING and context.training.steps_done > 0:
            self.timer.stop()
            # Only the system can make the session that the request is about.
            assert self.app.receivers(SIGNAL("commitDataRequest(QSessionManager&)")) == 1
            self.app.logging_off.emit()
            say(f"logged off, {context.training.phase.name}")


if __name__ == "__main__":
    desktop = Desktop()
    QApplication.sendEvent(desktop.app, QFileOpenEvent(QUrl.fromLocalFile(sys.argv[1])))
    sys.exit(the_app.main([]))
