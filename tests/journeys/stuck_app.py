"""The real app whose training and load wait for an import that never ends; its window is closed then."""

import sys
import threading

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

import vae_gui.app
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.ui.window.main_window import MainWindow

NEVER = threading.Event()


def import_for_ever() -> None:
    with import_lock():
        NEVER.wait()


class Closer(QObject):
    """Has an import hang once the window is there, presses Train, and closes the window while both wait."""

    def __init__(self) -> None:
        super().__init__()
        self.began = False
        self.timer = QTimer(self, interval=10)
        self.timer.timeout.connect(self.poll)
        self.timer.start()

    def poll(self) -> None:
        window = next(
            (w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)), None
        )
        if window is None or not window.isVisible():
            return
        if not self.began:
            self.began = True
            threading.Thread(target=import_for_ever, daemon=True).start()
            window.context.jobs.start("Load", self.load)
            window.run_bar.train()
        elif window.context.jobs.running:
            self.timer.stop()
            sys.stdout.write("closed\n")
            sys.stdout.flush()
            QTimer.singleShot(0, window.close)

    @staticmethod
    def load() -> Job[None]:
        yield Progress(0, None, "Loading")
        NEVER.wait()


if __name__ == "__main__":
    app = vae_gui.app.make_application()
    closer = Closer()
    sys.exit(vae_gui.app.main([]))
