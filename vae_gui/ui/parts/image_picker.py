"""Many images to choose one from, for a popup."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.support.types import Pixels
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.label import Label

COLUMNS, TILE, GAP = 16, 36, 4
MIN_ROWS = 3


class ImagePicker(QWidget):
    """A title, a note and a grid as tall as its images need; the popup scrolls.

    Signals
        chosen(int): the image that the person took.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = Label("Choose an image", self)
        title.setProperty("role", "title")
        self._note = Label(self)
        self._note.setProperty("role", "muted")
        self._note.setWordWrap(True)
        self.grid = ImageGrid(
            "Images to choose from", columns=COLUMNS, gap=GAP, largest_tile=TILE, parent=self
        )
        self.grid.clicked.connect(self.chosen)
        self.setFocusProxy(self.grid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (title, self._note, self.grid):
            layout.addWidget(widget)
        self.prepare(0, "", "")

    def prepare(self, count: int, note: str, empty: str) -> None:
        """Make room for `count` images that are about to come."""
        rows = max(MIN_ROWS, -(-count // COLUMNS))
        self.grid.set_images(None)
        self.grid.set_empty_text(empty)
        self.grid.setFixedSize(COLUMNS * (TILE + GAP) + 4, rows * (TILE + GAP) + 4)
        self._note.setText(note)

    def set_images(self, images: Pixels) -> None:
        """(n, s, s) uint8."""
        self.grid.set_images(images)

    @qt_override
    def sizeHint(self) -> QSize:
        grid = self.grid.minimumSize()
        return QSize(grid.width(), grid.height() + 56)
