"""A dock whose title maximises it on a double click."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels import PanelEntry
from vae_gui.ui.parts.export_file import export_file
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.panel_export import PanelExport, picture_exports
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.popup import Popup
from vae_gui.ui.window.explanation import Explanation, has_explanation


class DockTitle(QWidget):
    """The panel's name and what can be done with its dock. Presses fall through, so that it can be dragged."""

    double_clicked = Signal()

    def __init__(self, title: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = Label(title, self)
        self._name.setProperty("role", "title")
        self.hint = Label(self)
        self.hint.setProperty("role", "small")
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hint = hint
        self.explain_button = QToolButton(self)
        self.explain_button.setIcon(icon("info", "muted"))
        self.explain_button.setAutoRaise(True)
        self.explain_button.setToolTip("What am I looking at?")
        self.explain_button.setAccessibleName(f"Explain {title}")
        self.export_button = QToolButton(self)
        self.export_button.setIcon(icon("export", "muted"))
        self.export_button.setAutoRaise(True)
        self.export_button.setToolTip("Export this panel…")
        self.export_button.setAccessibleName(f"Export {title}")
        self.maximise_button = QToolButton(self)
        self.maximise_button.setAutoRaise(True)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(12, 4, 4, 0)
        self.row.setSpacing(6)
        self.row.addWidget(self._name)
        self.row.addWidget(self.hint, 1)
        # Aligned, they do not cap the row: in large type an icon is lower than text.
        for button in (self.export_button, self.explain_button, self.maximise_button):
            self.row.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.show_maximised(False)

    def add_tools(self, tools: tuple[QWidget, ...]) -> None:
        """Controls of the panel, before those of the dock."""
        for tool in tools:
            at = self.row.indexOf(self.export_button)
            self.row.insertWidget(at, tool, alignment=Qt.AlignmentFlag.AlignVCenter)

    def show_name(self, on: bool) -> None:
        self._name.setVisible(on)

    def show_hint(self, hint: str) -> None:
        """Another one; where it does not fit, it is left out rather than cut."""
        self._hint = hint
        self._fit_hint()

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_hint()

    def _fit_hint(self) -> None:
        self.row.activate()
        fits = self.hint.fontMetrics().horizontalAdvance(self._hint) <= self.hint.width()
        self.hint.setText(self._hint if fits else "")

    def show_maximised(self, on: bool) -> None:
        self.maximise_button.setIcon(icon("restore" if on else "maximise", "muted"))
        tip = "Back to the other panels" if on else "Maximise (double click on the title)"
        self.maximise_button.setToolTip(tip)
        self.maximise_button.setAccessibleName(tip)

    @qt_override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.double_clicked.emit()


class Dock(QDockWidget):
    """Signals: `maximise_toggled(Dock)`."""

    maximise_toggled = Signal(object)

    def __init__(self, entry: PanelEntry, panel: Panel, parent: QWidget) -> None:
        super().__init__(entry.title, parent)
        self.setObjectName(entry.stored_name)
        self._entry = entry
        self.setWidget(panel)
        self.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.title = DockTitle(entry.title, entry.hint, self)
        self.title.add_tools(panel.title_tools)
        self.setTitleBarWidget(self.title)
        panel.hint_changed.connect(self.title.show_hint)
        self.title.double_clicked.connect(self._toggle)
        self.title.maximise_button.clicked.connect(self._toggle)
        self.title.explain_button.clicked.connect(self.explain)
        self._panel, self._exports = panel, QMenu(self)
        self.title.export_button.clicked.connect(self.open_exports)
        self.title.explain_button.setVisible(has_explanation(entry.name))
        # Qt only moves the docks of other tabs out of the window, where a panel would go on asking
        # and the keyboard would walk through buttons that nobody sees.
        for part in (panel, self.title):
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # else the dock would change its size with its tab
            part.setSizePolicy(policy)
            self.visibilityChanged.connect(part.setVisible)

    def explain(self) -> None:
        """Say what the panel shows, out of the way of its content."""
        popup = Popup(Explanation(self._entry.name), self)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.open_under(self.title.explain_button)

    def open_exports(self) -> None:
        """Offer what the panel can be written as."""
        self._exports.clear()
        for export in (*picture_exports(self._panel, self._entry.name), *self._panel.exports()):
            action = self._exports.addAction(f"{export.title}…")
            action.setData(export)
            action.triggered.connect(self._on_export)
        button = self.title.export_button
        self._exports.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _on_export(self) -> None:
        export: PanelExport = self.sender().data()  # type: ignore[attr-defined]
        kind = export.title
        export_file(self, self._panel.context, export.name, export.suffix, kind, export.make)

    def _toggle(self) -> None:
        self.maximise_toggled.emit(self)
