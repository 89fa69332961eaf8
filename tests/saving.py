"""What a person does in the dialog that saves a model."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit, QMessageBox

from vae_gui.ui.window.save_dialog import SaveDialog


class Answering(QObject):
    """Types a path into each save dialog and presses Save, or Escape where there is none; `seen`: its check boxes.

    keep: whether to include the timeline; None leaves the box as it is.
    """

    def __init__(self, path: Path | None, keep: bool | None = None) -> None:
        super().__init__(QApplication.instance())
        self.seen: list[str] = []
        self._path, self._keep = path, keep
        self._answered: SaveDialog | None = None
        self._timer = QTimer(self, interval=10)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QMessageBox) and isinstance(dialog.parent(), SaveDialog):
            dialog.button(QMessageBox.StandardButton.Yes).click()  # it may replace the file
        if not isinstance(dialog, SaveDialog) or not dialog.isVisible():
            return
        if dialog is self._answered:
            return
        self._answered, box = dialog, dialog.timeline_box
        self.seen.append(f"{box.text()}: {'on' if box.isChecked() else 'off'}")
        if self._path is None:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            return
        if self._keep is not None and box.isChecked() != self._keep:
            box.click()
        dialog.findChild(QLineEdit).setText(str(self._path))
        buttons = dialog.findChild(QDialogButtonBox)
        # Not from here: a timer that is being answered does not fire again, and another question may come.
        QTimer.singleShot(0, buttons.button(QDialogButtonBox.StandardButton.Save).click)


Answer = Callable[..., Answering]
