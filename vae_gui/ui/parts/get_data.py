"""The button that brings the images of the shown model into memory."""

from PySide6.QtWidgets import QPushButton, QWidget

from vae_gui.core.datasets import DATASETS
from vae_gui.runtime.context import Context


class GetDataButton(QPushButton):
    """Says what it gets and how much that is; shown only where there is something to get."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setToolTip("Download the images, or read them from your data folder")
        self.clicked.connect(self._get)
        self.hide()

    def offer(self) -> None:
        """Show it where the images, or all but a few of them, are not in memory and can be had."""
        entry = self._context.library.shown
        data = DATASETS.get(entry.config.dataset) if entry is not None else None
        images = self._context.explorer.scatter.images
        self.setVisible(data is not None and (images is None or images.is_sample))
        if data is not None:
            size = f" ({data.download_bytes / 1e6:.0f} MB)" if data.download_bytes else ""
            self.setText(f"Get {data.title}{size}")

    def _get(self) -> None:
        entry = self._context.library.shown
        if entry is not None:
            self._context.datasets.load(entry.config.dataset, download=True)
