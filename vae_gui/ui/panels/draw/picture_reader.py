"""Reads a picture from a file, from the clipboard, or from what is dropped, beside the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from vae_gui.core.pictures.drawing import Picture
from vae_gui.core.support.progress import Job
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.ui.panels.draw.source import load_picture, read_file

FILTER = "Pictures (*.png *.jpg *.jpeg *.gif *.bmp *.webp *.tif *.tiff *.ppm *.pgm);;All files (*)"
NO_PICTURE = "There is no picture in the clipboard: copy one first."


class PictureReader(QObject):
    """What cannot be read is told to the person. Signals: `read(Picture)`."""

    read = Signal(object)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._window = context, parent
        self._reading = LatestJob(context.jobs, self)
        self._reading.done.connect(self.read)
        self._reading.failed.connect(context.notices.error)

    def take(self, mime: QMimeData) -> bool:
        """What was dropped or pasted; False where that is no picture."""
        make = load_picture(mime)
        if make is None:
            return False
        self._start(make)
        return True

    def paste(self) -> None:
        """The picture in the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        if mime is None or not self.take(mime):  # None: the clipboard is empty
            self._context.notices.error(NO_PICTURE)

    def open_file(self, path: Path) -> None:
        self._start(lambda: read_file(path))

    def choose(self) -> None:
        """Ask for a file."""
        folder = str(self._context.settings.last_folder)
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a picture", folder, FILTER)
        if name:
            self.open_file(Path(name))

    def _start(self, make: Callable[[], Job[Picture]]) -> None:
        self._reading.start(make, "Read the picture")
