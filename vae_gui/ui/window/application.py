"""The application as the desktop speaks to it: a file at a double click on macOS, and the end of the session."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from vae_gui.runtime.overrides import qt_override


class Application(QApplication):
    """Files that the desktop asks for before `deliver_files` are kept.

    Signals: `logging_off()`. On Windows the process may end as soon as that is answered.

    An event filter would be called for every event of every widget; these come to the application itself.
    """

    logging_off = Signal()

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._kept: list[Path] = []
        self._open: Callable[[Path], object] = self._kept.append
        self.commitDataRequest.connect(self.logging_off)

    def deliver_files(self, open_file: Callable[[Path], object]) -> None:
        """Hand over what has come, and from now on what comes."""
        kept, self._kept = self._kept, []
        self._open = open_file
        for path in kept:
            open_file(path)

    @qt_override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open(Path(event.file()))
            return True
        return super().event(event)
