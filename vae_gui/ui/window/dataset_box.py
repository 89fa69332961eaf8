"""The box of the data sets: those of the registry, and own images."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from vae_gui.core.datasets import DATASETS, title_of
from vae_gui.core.datasets.own.source import OwnImages, own_images
from vae_gui.runtime.context import Context
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.window.own_images_dialog import OwnImagesDialog

_ASK = ""
_MAX_CHARACTERS = 24


class DatasetBox(QComboBox):
    """The data of an entry is the data set's name; that of the last entry, which opens the dialog, is empty."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._stepping = False
        for name, entry in DATASETS.items():
            self._insert(self.count(), entry.title, name, entry.description)
        self._insert(self.count(), "Your images…", _ASK, "A folder, an IDX file or an NPZ file")
        self._name: str = self.itemData(0)
        self.setAccessibleName("Data set")
        self.setToolTip("Data set")
        self.activated.connect(self._on_activated)

    def name(self) -> str:
        """The name of the data set that is chosen."""
        return self._name

    def choose(self, name: str) -> None:
        """Choose a data set by name; own images get an entry, in the place of those that had one."""
        own = own_images(name)
        if own is not None and self.findData(name) < 0:
            self._replace_own(own)
        index = self.findData(name)
        if index >= 0 and name != _ASK:
            self._name = name
            self.setCurrentIndex(index)

    def open_dialog(self) -> None:
        """Ask for own images, beginning with those that are chosen."""
        dialog = OwnImagesDialog(self._context, own_images(self._name), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._on_chosen)
        dialog.open()

    def _insert(self, index: int, title: str, name: str, tip: str) -> None:
        self.insertItem(index, title, name)
        self.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)

    def _replace_own(self, own: OwnImages) -> None:
        for index in reversed(range(self.count())):
            if own_images(self.itemData(index)) is not None:
                self.removeItem(index)
        title = title_of(own.name)
        short = title if len(title) <= _MAX_CHARACTERS else f"{title[: _MAX_CHARACTERS - 1]}…"
        self._insert(self.count() - 1, short, own.name, f"{own.path} · {own.side} pixels")

    def _on_activated(self, index: int) -> None:
        name: str = self.itemData(index)
        if name != _ASK:
            self._name = name
            return
        self.setCurrentIndex(self.findData(self._name))
        if not self._stepping:
            self.open_dialog()

    def _on_chosen(self, own: OwnImages) -> None:
        self.choose(own.name)

    # Stepping through the closed box with the keys or the wheel must not open a dialog.

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._stepping = True
        super().keyPressEvent(event)
        self._stepping = False

    @qt_override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._stepping = True
        super().wheelEvent(event)
        self._stepping = False
