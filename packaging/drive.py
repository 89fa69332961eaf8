"""Starts the installed app and uses it: downloads, drags on the pad, trains, and closes; exits with its exit code.

    python packaging/drive.py

It finds `vae_gui` where Python finds it, so that it tries what was installed and not the checkout. A bundle that it
was put into runs it as `vae-explorer --child drive`.
"""

import hashlib
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from vae_gui.core.support.imports import load_torch_before_qt

if "PySide6.QtCore" in sys.modules:
    sys.exit("Qt was loaded before the first line of the app: on Windows torch would fail.")
load_torch_before_qt()

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QMouseEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget  # noqa: E402

import vae_gui  # noqa: E402
from vae_gui import app as the_app  # noqa: E402
from vae_gui.core.datasets.io.download import Digest  # noqa: E402
from vae_gui.core.datasets.io.download import download as fetch_verified  # noqa: E402
from vae_gui.core.support.progress import finish  # noqa: E402
from vae_gui.ui.window.main_window import MainWindow  # noqa: E402

POLL_MS, MAX_SECONDS = 50, 120
STEPS = 20  # that a run takes before the window closes
FAILED = 3


def mouse(widget: QWidget, kind: QEvent.Type, at: QPoint) -> None:
    """The left button; a bundle has no QTest."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held = none if kind == QEvent.Type.MouseButtonRelease else left
    place, shift = QPointF(at), Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, place, QPointF(widget.mapToGlobal(at)), button, held, shift)
    QApplication.sendEvent(widget, event)


class Driver(QObject):
    """Each method that returns True was done; the next one follows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tasks = [self.drag, self.train, self.close]
        self.timer = QTimer(self, interval=POLL_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()
        QTimer.singleShot(1000 * MAX_SECONDS, self.give_up)

    def poll(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if windows and self.tasks and self.tasks[0](windows[0]):
            print(f"{self.tasks.pop(0).__name__}: done", flush=True)

    def drag(self, window: MainWindow) -> bool:
        """Drag the cursor to another digit."""
        explorer, view = window.context.explorer, window.docks.panels["pad"].view
        if not explorer.questions.reply_ms:
            return False
        before, at = explorer.latent.cursor, QPoint(view.width() // 3, view.height() // 3)
        mouse(view.viewport(), QEvent.Type.MouseButtonPress, at)
        mouse(view.viewport(), QEvent.Type.MouseMove, at + QPoint(30, 20))
        mouse(view.viewport(), QEvent.Type.MouseButtonRelease, at + QPoint(30, 20))
        return explorer.latent.cursor != before

    def train(self, window: MainWindow) -> bool:
        """A few steps on the digits that are inside."""
        training = window.context.training
        if training.run is None and not window.context.session.waiting_run.is_there:
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


def download() -> None:
    """Download from a server of this machine, in the process that the app keeps for it."""
    content = bytes(range(256)) * 1000
    with tempfile.TemporaryDirectory() as name:
        served, target = Path(name) / "served", Path(name) / "got"
        served.mkdir()
        (served / "file").write_bytes(content)
        handler = partial(SimpleHTTPRequestHandler, directory=str(served))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        digest = Digest("sha256", hashlib.sha256(content).hexdigest())
        url = f"http://127.0.0.1:{server.server_port}/file"
        finish(fetch_verified([url], target, digest, len(content)))
        server.shutdown()
        assert target.read_bytes() == content
    print("download: done", flush=True)


def main(arguments: list[str]) -> int:
    """Use the app; returns its exit code."""
    print(f"driving {Path(vae_gui.__file__).parent}", flush=True)
    download()
    driver = Driver(the_app.make_application())
    code = the_app.main(arguments)
    del driver
    return code


if __name__ == "__main__":
    sys.exit(main([]))
