"""Starts the real app and closes its window at a moment; `python -m tests.journeys.closing_app MOMENT`.

The last line that it prints says at which moment the window was closed.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from vae_gui.app import main, make_application
from vae_gui.runtime.training import Phase
from vae_gui.ui.window.main_window import MainWindow

POLL_MS = 10


class Closer(QObject):
    """Does what leads to a moment and closes the window when it is there, discarding unsaved work."""

    def __init__(self, moment: str, parent: QObject) -> None:
        super().__init__(parent)
        self.moment = moment
        self.is_there: Callable[[MainWindow], bool] = getattr(self, moment)
        self.began = False
        self.closed = False
        self.polls_left = random.Random(moment).randrange(30)
        self.timer = QTimer(self, interval=POLL_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()

    def poll(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            box.button(QMessageBox.StandardButton.Discard).click()
            return
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if not windows or self.closed or not self.is_there(windows[0]):
            return
        if self.moment == "training" and self.polls_left:
            self.polls_left -= 1
            return
        self.closed = True
        sys.stdout.write(f"closed at {self.moment}\n")
        sys.stdout.flush()
        QTimer.singleShot(0, windows[0].close)  # not from here: a timer does not fire within itself

    def start(self, window: MainWindow) -> bool:
        return window.isVisible()

    def loading(self, window: MainWindow) -> bool:
        """While the data of the run is loaded or torch is imported."""
        if not self.began:
            self.began = True
            window.run_bar.train()
        return True

    def training(self, window: MainWindow) -> bool:
        if not self.began and window.context.explorer.questions.reply_ms:
            self.began = True
            window.run_bar.train()
        training = window.context.training
        return training.phase is Phase.RUNNING and training.steps_done > 0

    def export(self, window: MainWindow) -> bool:
        if not self.began and window.context.explorer.questions.reply_ms:
            self.began = True
            target = Path(sys.argv[2]) / "way.gif"
            QFileDialog.getSaveFileName = staticmethod(lambda *args: (str(target), ""))
            window.open_export()
            window.export_form.save_button.click()
        return any(job.title.startswith("Export") for job in window.context.jobs.running)


if __name__ == "__main__":
    app = make_application()
    closer = Closer(sys.argv[1], app)
    sys.exit(main([]))
