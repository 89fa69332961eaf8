"""Starts the real app and says when a moment has come; `python -m tests.journeys.interrupted_app MOMENT`."""

import sys
import threading
import time

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QApplication

from vae_gui import app as the_app
from vae_gui.runtime.training import Phase
from vae_gui.ui.window.main_window import MainWindow

POLL_MS = 10


def say_once_there(moment: str) -> None:
    sys.stdout.write(f"{moment}\n")
    sys.stdout.flush()


def start() -> None:
    """Once Qt is there: while owners and window are built."""

    def wait() -> None:
        while QCoreApplication.instance() is None:
            time.sleep(0.001)
        say_once_there("start")

    threading.Thread(target=wait, daemon=True).start()


class Saver(QObject):
    """Trains, and pauses after a step; says when the autosave begins that follows."""

    def __init__(self) -> None:
        super().__init__()
        self.began = self.paused = False
        self.timer = QTimer(self, interval=POLL_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()

    def poll(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if not windows or not windows[0].context.explorer.questions.reply_ms:
            return
        context = windows[0].context
        if not self.began:
            self.began = True
            windows[0].run_bar.train()
        elif context.training.phase is Phase.RUNNING and context.training.steps_done > 0:
            self.timer.stop()
            context.jobs.started.connect(lambda _: say_once_there("autosave"))
            context.training.pause()


if __name__ == "__main__":
    moment = sys.argv[1]
    if moment == "start":
        start()
    else:
        the_app.make_application()
        saver = Saver()
    sys.exit(the_app.main([]))
