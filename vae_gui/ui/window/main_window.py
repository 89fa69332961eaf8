"""The main window: run controls, one tab for each model, the panels as docks, a status line."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QToolBar, QVBoxLayout, QWidget

from vae_gui.core.datasets import DATASETS, title_of
from vae_gui.core.datasets.own.source import own_images, own_reference
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.vae.config import RunConfig
from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.runtime.context import Context
from vae_gui.runtime.notices import Notice, NoticeKind
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.bookmarks.panel import BookmarksPanel
from vae_gui.ui.panels.interpolation.panel import InterpolationPanel
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.widgets.popup import Popup
from vae_gui.ui.window.appearance import Appearance
from vae_gui.ui.window.banner import Banner, MessageKind
from vae_gui.ui.window.comparing import Comparing
from vae_gui.ui.window.docks import Docks
from vae_gui.ui.window.drops import Drops
from vae_gui.ui.window.errors import Report
from vae_gui.ui.window.export_form import ExportChoice, ExportForm
from vae_gui.ui.window.file_actions import FileActions
from vae_gui.ui.window.lessons.lesson_dock import LessonDock
from vae_gui.ui.window.menu_bar import MenuBar
from vae_gui.ui.window.model_tabs import ModelTabs
from vae_gui.ui.window.own_images_dialog import OwnImagesDialog
from vae_gui.ui.window.placing import place
from vae_gui.ui.window.presentation import Presentation
from vae_gui.ui.window.recovery_offer import RecoveryOffer
from vae_gui.ui.window.run_bar import RunBar
from vae_gui.ui.window.show_file import show_file
from vae_gui.ui.window.status_line import StatusLine
from vae_gui.ui.window.timeline_bar import TimelineBar
from vae_gui.ui.window.tour import Tour

SIZE = (1280, 800)
MAX_CLOSED = 20  # files of closed tabs
DONE_MS = 4000  # for which the status line says what is done


class MainWindow(QMainWindow):
    """Signals: `closed()`, once, when the app is to end."""

    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context: Context = context
        self.files = FileActions(self, context, self._ui_state)
        self.run_bar: RunBar = RunBar(context, self)
        self.tabs = ModelTabs(context.library, self)
        self.banner = Banner(self)
        RecoveryOffer(context.recovery, self.banner)
        self.timeline_bar: TimelineBar = TimelineBar(context, self)
        self.docks: Docks = Docks(self, context)
        self.drops = Drops(self.docks, self.files)
        self.comparing = Comparing(self)
        self.lesson_dock = LessonDock(self)
        self.tour = Tour(self)
        self.appearance = Appearance(context.settings, self.docks.restyle, self)
        self.presentation = Presentation(self)
        self._export_button = self.docks.panel(InterpolationPanel).export_button
        self.export_form = ExportForm()
        self._export_popup = Popup(self.export_form, self)
        self._ends_unasked = False
        self._closed_files: tuple[Path, ...] = ()
        view = self.docks.panel(PadPanel).view
        self.setStatusBar(StatusLine(context, lambda: view.frame_ms, self))
        self.setAcceptDrops(True)
        self.resize(*SIZE)
        self._build_top()
        MenuBar(self)
        self._connect()
        self._restore()
        self._show_title()

    def _build_top(self) -> None:
        top = QWidget(self)
        layout = QVBoxLayout(top)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.run_bar, self.tabs):
            layout.addWidget(widget)
        bar = QToolBar("Run controls", self)
        bar.setObjectName("run-bar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.addWidget(top)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, bar)
        self.banner.keep_above(self.docks.docks["interpolation"], self.statusBar())
        below = QToolBar("Timeline", self)
        below.setObjectName("timeline-bar")
        below.setMovable(False)
        below.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        below.addWidget(self.timeline_bar)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, below)

    def _connect(self) -> None:
        context = self.context
        context.notices.published.connect(self._show_notice)
        context.session.images_wanted.connect(self._ask_for_images)
        context.explorer.model_changed.connect(self._on_model_changed)
        context.library.changed.connect(self._show_title)
        context.library.shown_changed.connect(self._show_title)
        self.run_bar.train_requested.connect(self._on_train)
        self.tabs.close_requested.connect(self._on_close_model)
        self.tabs.compare_requested.connect(self.comparing.compare)
        self.tabs.vary_requested.connect(self.comparing.vary_run)
        self.files.removable.connect(self._on_close_model)
        self.files.ready_to_close.connect(self.close)
        self.export_form.chosen.connect(self._on_export)
        self.timeline_bar.export_chosen.connect(self.files.export_replay)
        self.timeline_bar.curves_requested.connect(partial(self.docks.bring_up, "curves"))
        self._export_button.clicked.connect(self.open_export)

    @property
    def bookmarks(self) -> BookmarksPanel:
        """The panel of the saved points."""
        return self.docks.panel(BookmarksPanel)

    def _restore(self) -> None:
        settings = self.context.settings
        if not self.restoreGeometry(settings.geometry):
            first = QRect(QPoint(), QSize(*SIZE))
            first.moveCenter(self.screen().availableGeometry().center())
            self.setGeometry(first)
        place(self)
        self.docks.restore(settings.layout)
        self.lesson_dock.hide()  # which lesson was open is not kept

    def _ui_state(self) -> UIState:
        states = {panel.objectName(): panel.state() for panel in self.docks.panels.values()}
        taken = {name: values for name, values in states.items() if values}
        return UIState(*self.docks.open_panels(), taken)

    def _on_model_changed(self) -> None:
        """A file says which panels were open when it was saved."""
        restored = self.context.library.restored
        if restored.open_panels:
            self.docks.show_panels(restored.open_panels, restored.in_front)

    def show_error(self, text: str) -> None:
        """One sentence in the banner."""
        self.show_report(Report(text))

    def show_report(self, report: Report) -> None:
        """A sentence, with its details on request."""
        self.banner.show_message(MessageKind.ERROR, report.text, details=report.details)

    def _show_notice(self, notice: Notice) -> None:
        """In the banner; where nothing is left to do, for a while in the status line."""
        if notice.actions:
            (action, *others), kind = notice.actions, MessageKind[notice.kind.name]
            other = (others[0].text, others[0].act) if others else None
            self.banner.show_message(kind, notice.text, action.text, action.act, other=other)
        elif notice.kind is NoticeKind.ERROR:
            self.show_error(notice.text)
        elif notice.kind is NoticeKind.WARNING:
            self.banner.show_message(MessageKind.WARNING, notice.text, passing=True)
        elif notice.path is None:
            self.statusBar().showMessage(notice.text, DONE_MS)
        else:
            show = partial(show_file, notice.path)
            self.banner.show_message(MessageKind.INFO, notice.text, "Show", show, passing=True)

    def _show_title(self) -> None:
        entry = self.context.library.shown
        if entry is not None:
            name = entry.path.name if entry.path is not None else entry.workspace.title
            self.setWindowTitle(f"{name}[*] — VAE explorer")
            self.setWindowModified(entry.unsaved)

    def welcome(self) -> None:
        """The tour, at the first start alone."""
        if not self.context.settings.welcomed:
            self.context.settings.welcomed = True
            self.tour.start()

    def open_path(self, path: Path) -> None:
        """A file, or a folder of runs, that the person named outside of the window."""
        if path.is_dir():
            self.comparing.open_runs(path)
        else:
            self.context.files.open(path)

    def open_example(self) -> None:
        """The model that ships with the app, also where its tab was closed."""
        self.context.files.open(resources_dir() / PRETRAINED)

    def open_export(self) -> None:
        """Drop the export's settings down from its button."""
        context = self.context
        dragged = context.explorer.drag_recorder.last is not None
        self.export_form.set_sources(context.path_lab.names(), dragged)
        self._export_popup.open_under(self._export_button)

    def _on_export(self, choice: ExportChoice) -> None:
        self._export_popup.close()
        self.files.export_path(choice)

    def _on_train(self, config: RunConfig) -> None:
        data = DATASETS.get(config.dataset)
        if data is None or self.context.datasets.is_local(config.dataset):
            self.context.session.train(config)
            return
        self.banner.show_message(
            MessageKind.INFO,
            f"{data.title} is not on this machine yet: download {data.download_bytes / 1e6:.0f} MB, "
            "or choose the folder where it is (File ▸ Data folder…).",
            "Download and train",
            lambda: self.context.session.train(config, download=True),
        )

    def _ask_for_images(self, name: str) -> None:
        """A place that only a file names is looked at after a click."""
        own, title = own_images(name), title_of(name)
        self.banner.show_message(
            MessageKind.INFO,
            f"The images of this model, “{title}”, are not known here: choose where they are."
            if own is None
            else f"The file says that the images of this model are in “{own.path}”.",
            "Choose…" if own is None else "Look there…",
            lambda: self._open_images(name),
        )

    def _open_images(self, name: str) -> None:
        reference = own_reference(name)
        source = own_images(name) or (None if reference is None else reference.at(Path()))
        dialog = OwnImagesDialog(self.context, source, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.context.session.use_images)
        dialog.open()

    def _on_close_model(self, run_id: str) -> None:
        entry = self.context.library.find(run_id)
        if entry is not None and self.files.may_remove(entry):
            self._close_model(run_id)

    def _close_model(self, run_id: str) -> None:
        """Its file, if it has one, can be opened again."""
        entry = self.context.library.find(run_id)
        if entry is not None and entry.path is not None and len(self.context.library.models) > 1:
            self._closed_files = (*self._closed_files, entry.path)[-MAX_CLOSED:]
        self.context.session.close(run_id)

    def close_shown_model(self) -> None:
        """The tab that is in front; the last one stays."""
        entry = self.context.library.shown
        if entry is not None and len(self.context.library.models) > 1:
            self._on_close_model(entry.run_id)

    def reopen_closed(self) -> None:
        """The file of the tab that was closed last."""
        if self._closed_files:
            *others, last = self._closed_files
            self._closed_files = tuple(others)
            self.files.open_path(last)

    @qt_override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.drops.accepts(event.mimeData()):
            event.acceptProposedAction()

    @qt_override
    def dropEvent(self, event: QDropEvent) -> None:
        self.drops.take(event.mimeData())

    def close_unasked(self) -> None:
        """The app is told to end by the system; what is unsaved is kept to be offered again."""
        self._ends_unasked = True
        self.close()

    @qt_override
    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # also where the question fails, so that nothing is lost
        if not self._ends_unasked and not self.files.may_close():
            return
        event.accept()
        QTimer.singleShot(0, self.closed.emit)
        self.presentation.end()  # the next window is an ordinary one
        self.context.settings.keep_window(self.saveGeometry(), self.docks.save())
