"""What a person does in the dialogs that save a model."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
)

from vae_gui.ui.window.save_dialog import QUESTION, TITLE

BUTTON = QMessageBox.StandardButton


class Answering(QObject):
    """Types a path into each dialog that saves a model and presses Save, or Escape where there is none; then
    answers the question for the timeline, and replaces what is there.

    keep: whether to include the timeline; None presses Return. cancels: the question, and with it the save.
    places: how many dialogs asked for a file. seen: the questions, and what Return would answer.
    """

    def __init__(self, path: Path | None, keep: bool | None = None, cancels: bool = False) -> None:
        super().__init__(QApplication.instance())
        self.places, self.seen = 0, list[str]()
        self._path, self._keep, self._cancels = path, keep, cancels
        self._answered: QDialog | None = None
        self._timer = QTimer(self, interval=10)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog) or dialog is self._answered or not dialog.isVisible():
            return
        if isinstance(dialog, QFileDialog) and dialog.windowTitle() == TITLE:
            self._name(dialog)
        elif isinstance(dialog, QMessageBox) and dialog.text() == QUESTION:
            self._choose(dialog)
        elif isinstance(dialog, QMessageBox) and isinstance(dialog.parent(), QFileDialog):
            dialog.button(BUTTON.Yes).click()
        elif isinstance(dialog, QMessageBox) and dialog.windowTitle() == TITLE:
            dialog.button(BUTTON.Yes).click()  # another name than the one that was typed

    def _name(self, dialog: QFileDialog) -> None:
        self._answered, self.places = dialog, self.places + 1
        if self._path is None:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            return
        dialog.findChild(QLineEdit).setText(str(self._path))
        save = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
        # Not from here: a timer that is being answered does not fire again, and another question may come.
        QTimer.singleShot(0, save.click)

    def _choose(self, box: QMessageBox) -> None:
        self._answered = box
        self.seen.append(f"{box.informativeText()} → {box.defaultButton().text()}")
        answers = {True: BUTTON.Yes, False: BUTTON.No}
        button = BUTTON.Cancel if self._cancels else answers.get(self._keep)
        if button is None:
            QTest.keyClick(box, Qt.Key.Key_Return)
        else:
            box.button(button).click()


Answer = Callable[..., Answering]
