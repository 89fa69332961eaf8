"""Starts the app that is installed and uses it: drags on the pad, trains, and closes; exits with its exit code.

    python packaging/drive.py

It finds `vae_gui` where Python finds it, so that it tries what was installed and not the checkout.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

import vae_gui
from vae_gui.app import main, make_application
from vae_gui.ui.window.main_window import MainWindow

POLL_MS, MOST_SECONDS = 50, 120
STEPS = 20  # that a run takes before the window closes
FAILED = 3


class Driver(QObject):
    """Each method that returns True was done; the next one follows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tasks = [self.drag, self.train, self.close]
        self.timer = QTimer(self, interval=POLL_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()
        QTimer.singleShot(1000 * MOST_SECONDS, self.give_up)

    def poll(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if windows and self.tasks and self.tasks[0](windows[0]):
            print(f"{self.tasks.pop(0).__name__}: done", flush=True)

    def drag(self, window: MainWindow) -> bool:
        """To another digit."""
        explorer, view = window.context.explorer, window.docks.panels["pad"].view
        if not explorer.questions.reply_ms:
            return False
        before, at = explorer.latent.cursor, QPoint(view.width() // 3, view.height() // 3)
        QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseMove(view.viewport(), at + QPoint(30, 20))
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at + QPoint(30, 20))
        return explorer.latent.cursor != before

    def train(self, window: MainWindow) -> bool:
        """A few steps on the digits that are inside."""
        training = window.context.training
        if training.run is None and not window.context.session.is_preparing:
            window.run_bar.train()
        return training.steps_done >= STEPS

    def close(self, window: MainWindow) -> bool:
        QTimer.singleShot(100, self.discard)
        QTimer.singleShot(0, window.close)
        return True

    def discard(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            box.button(QMessageBox.StandardButton.Discard).click()

    def give_up(self) -> None:
        print(f"gave up before: {[task.__name__ for task in self.tasks]}", flush=True)
        QApplication.exit(FAILED)


if __name__ == "__main__":
    print(f"driving {Path(vae_gui.__file__).parent}", flush=True)
    app = make_application()
    driver = Driver(app)
    sys.exit(main([]))
