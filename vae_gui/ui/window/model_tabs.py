"""One tab for each model: the one shown before is always one click away, and a name can be typed anew."""

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QTabBar, QToolButton, QWidget

from vae_gui.core.vae.presets import recipe_title
from vae_gui.runtime.library import Library, OpenModel
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.widgets.label import plain_tip
from vae_gui.ui.widgets.tool_button import tool_button

MAX_LETTERS = 80  # of a name that is typed


class ModelTabs(QWidget):
    """The tabs, and beside them a list of all models.

    Signals: `close_requested(run_id)`; from the menu of a tab `vary_requested(run_id)` and
    `compare_requested(run_id, the other's)`.
    """

    close_requested = Signal(str)
    vary_requested = Signal(str)
    compare_requested = Signal(str, str)

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self.bar = TabBar(library, self)
        self.bar.close_requested.connect(self.close_requested)
        self.bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.bar.customContextMenuRequested.connect(self._show_tab_menu)
        self.list_button = QToolButton(self)
        self.list_button.setText("All models")
        self.list_button.setToolTip(with_keys("All open models ({key:Ctrl+Tab} goes to the next)"))
        self.list_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.list_button.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.addWidget(self.bar, 1)
        row.addWidget(self.list_button)
        library.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.list_button.setVisible(len(self._library.models) > 1)

    def _fill_menu(self) -> None:
        self._menu.clear()
        for entry in self._library.models:
            action = self._menu.addAction(_tab_text(entry).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(entry is self._library.shown)
            action.setData(entry.run_id)
            action.triggered.connect(self._on_listed)

    def _show_tab_menu(self, at: QPoint) -> None:
        index = self.bar.tabAt(at)
        if index < 0:
            return
        run_id = self.bar.tabData(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        compare = menu.addMenu("Compare with…")
        for entry in self._library.models:
            if entry.run_id != run_id:
                text = _tab_text(entry).replace("&", "&&")
                compare.addAction(text, partial(self.compare_requested.emit, run_id, entry.run_id))
        compare.setEnabled(bool(compare.actions()))
        menu.addAction("Vary one setting…", partial(self.vary_requested.emit, run_id))
        if len(self._library.models) > 1:
            menu.addAction("Close", partial(self.close_requested.emit, run_id))
        menu.popup(self.bar.mapToGlobal(at))

    def _on_listed(self) -> None:
        self._library.show(self.sender().data())  # type: ignore[attr-defined]


class TabBar(QTabBar):
    """A double click on a name edits it. Signals: `close_requested(run_id)`."""

    close_requested = Signal(str)

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._renamed = ""  # the run whose name is typed
        self.name_edit = QLineEdit(self)
        self.name_edit.setMaxLength(MAX_LETTERS)
        self.name_edit.setAccessibleName("Name of the model")
        self.name_edit.hide()
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setDocumentMode(True)
        self.setUsesScrollButtons(True)
        self.setAccessibleName("Models")
        library.changed.connect(self._show)
        library.shown_changed.connect(self._show)
        self.currentChanged.connect(self._on_current)
        self.name_edit.editingFinished.connect(self._on_named)

    def rename_shown(self) -> None:
        """Type the name of the model that is shown, in its tab."""
        entry = self._library.shown
        if entry is not None:
            self._renamed = entry.run_id
            self.name_edit.setText(entry.workspace.title)
            self.name_edit.setGeometry(self.tabRect(self.currentIndex()))
            self.name_edit.show()
            self.name_edit.selectAll()
            self.name_edit.setFocus()

    @qt_override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.tabAt(event.position().toPoint()) == self.currentIndex() >= 0:
            self.rename_shown()

    def _on_named(self) -> None:
        if self.name_edit.isVisible():
            self.name_edit.hide()
            self._library.rename(self._renamed, self.name_edit.text())

    def _show(self) -> None:
        entries = self._library.models
        self.blockSignals(True)
        while self.count() > len(entries):
            self.removeTab(self.count() - 1)
        while self.count() < len(entries):
            self.addTab("")
        for index, entry in enumerate(entries):
            self.setTabData(index, entry.run_id)
            self._show_close_button(index, len(entries) > 1)
            text = _tab_text(entry).replace("&", "&&")
            if self.tabText(index) != text:
                self.setTabText(index, text)
            name = entry.path.name if entry.path is not None else "not saved"
            self.setTabToolTip(index, plain_tip(f"{name} · {recipe_title(entry.config.preset)}"))
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
            button = tool_button("close", "Close this model", self, "muted")
            button.setIconSize(QSize(12, 12))
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


def _tab_text(entry: OpenModel) -> str:
    return entry.workspace.title + (" •" if entry.unsaved else "")
