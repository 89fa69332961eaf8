"""One tab for each model: the one shown before is always one click away."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from vae_gui.runtime.library import Library
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.label import plain_tip


class ModelTabs(QTabBar):
    """Signals: `close_requested(run_id)`."""

    close_requested = Signal(str)

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setDocumentMode(True)
        self.setUsesScrollButtons(True)
        self.setAccessibleName("Models")
        library.changed.connect(self._show)
        library.shown_changed.connect(self._show)
        self.currentChanged.connect(self._on_current)

    def _show(self) -> None:
        entries = self._library.models
        self.blockSignals(True)
        while self.count() > len(entries):
            self.removeTab(self.count() - 1)
        while self.count() < len(entries):
            self.addTab("")
        for index, entry in enumerate(entries):
            name = entry.path.name if entry.path is not None else ""
            title = entry.workspace.title + (" •" if entry.unsaved else "")
            self.setTabData(index, entry.run_id)
            self._show_close_button(index, len(entries) > 1)
            if self.tabText(index) != title:
                self.setTabText(index, title)
            tip = f"{name or 'not saved'} · {entry.config.preset}"
            self.setTabToolTip(index, plain_tip(tip))
            if entry is self._library.shown:
                self.setCurrentIndex(index)
        self.blockSignals(False)

    def _on_current(self, index: int) -> None:
        if index >= 0:
            self._library.show(self.tabData(index))

    def _show_close_button(self, index: int, on: bool) -> None:
        """The last model stays."""
        side = QTabBar.ButtonPosition.RightSide
        if on and self.tabButton(index, side) is None:
            button = QToolButton(self)
            button.setIcon(icon("close", "muted"))
            button.setIconSize(QSize(12, 12))
            button.setToolTip("Close this model")
            button.setAccessibleName("Close this model")
            button.clicked.connect(self._on_close)
            self.setTabButton(index, side, button)
        elif not on:
            self.setTabButton(index, side, None)

    def _on_close(self) -> None:
        side = QTabBar.ButtonPosition.RightSide
        for index in range(self.count()):
            if self.tabButton(index, side) is self.sender():
                self.close_requested.emit(self.tabData(index))
                return
