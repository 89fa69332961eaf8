"""Drops on the window, and pastes: a workspace is opened, a picture is encoded."""

from PySide6.QtCore import QMimeData

from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.ui.panels.draw.panel import DrawPanel
from vae_gui.ui.panels.draw.source import dropped_file, is_picture
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.window.docks import Docks
from vae_gui.ui.window.file_actions import FileActions


class Drops:
    """Brings the panel Draw to the front for a picture."""

    def __init__(self, docks: Docks, files: FileActions) -> None:
        self._docks, self._files = docks, files
        self._panel = docks.panel(DrawPanel)
        self._panel.zoom_requested.connect(docks.panel(PadPanel).zoom_to_drawing)
        self._panel.traverse_requested.connect(lambda: docks.bring_up("explore"))

    @staticmethod
    def accepts(mime: QMimeData) -> bool:
        return is_picture(mime)

    def take(self, mime: QMimeData) -> None:
        """Open a model, or show a picture on the canvas."""
        path = dropped_file(mime)
        if path is not None and path.suffix.lower() == SUFFIX:
            self._files.open_path(path)
        elif self._panel.take(mime):
            self._docks.bring_up("draw")

    def paste(self) -> None:
        """Show the picture in the clipboard."""
        self._docks.bring_up("draw")
        self._panel.paste()
