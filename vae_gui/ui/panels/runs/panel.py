"""The runs: a table of the models that are open and those of a folder, and the board that they stand on."""

from functools import partial
from typing import cast

from PySide6.QtCore import QItemSelectionModel, QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.support.types import Pixels
from vae_gui.core.sweeps.preview import preview, preview_of_file
from vae_gui.core.sweeps.summary import Run
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.ui.panels.runs.plots import RunsPlot
from vae_gui.ui.panels.runs.queue_box import QueueBox
from vae_gui.ui.panels.runs.table import NAME, RunsFilter, RunsModel
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.style.keys import key_sequences, key_text
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.label import Label

BOARD, CURVES = "Rate and distortion", "Curves"
SAMPLES_WIDTH = 112
EMPTY = "Train a second model, or open a sweep with File ▸ Open sweep…: here they are compared."
BOARD_NOTE = "The lower left is better. Point at a run for its samples, click to open it."
CURVES_NOTE = "−ELBO of the test or held-out images; select lines of the table to see them alone."


class RunsPanel(Panel):
    """Whatever is selected in the table stands out on the board; a double click or Return opens a run."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.runs = context.runs
        self.mode_box = QComboBox(self)
        self.filter_edit = QLineEdit(self)
        self.undo_button = QPushButton("Undo", self)
        self.note = Label(self)
        self.plot = RunsPlot(self)
        self.samples = ImageGrid("Samples of the run", columns=2, parent=self)
        self.model = RunsModel()
        self.filter = RunsFilter(self.model)
        self.table = QTableView(self)
        self.queue_box = QueueBox(context.queue, context.training, self)
        self._preview = LatestJob(context.jobs, self)
        self._lay_out()
        self._set_up_table()
        self._connect()
        self.watch_while_visible(self.runs)

    def refresh(self) -> None:
        self.model.set_runs(self.runs.runs, self.runs.label)
        self._draw()
        stack = self.runs.undo_stack
        self.undo_button.setVisible(stack.canUndo())
        self.undo_button.setToolTip(f"Undo: {stack.undoText()} ({key_text('Ctrl+Z')} in the table)")

    def restyle(self) -> None:
        self.plot.restyle()

    def selected(self) -> list[Run]:
        """In the order of the table."""
        rows = self.table.selectionModel().selectedRows()
        return [self.model.runs[self.filter.mapToSource(index).row()] for index in rows]

    def open_run(self, run: Run) -> None:
        """In the window; a run without a file stays as it is."""
        if run.run_id:
            self.context.library.show(run.run_id)
        elif run.path is not None:
            self.context.files.open(run.path)

    def _lay_out(self) -> None:
        for text in (BOARD, CURVES):
            self.mode_box.addItem(text)
        self.mode_box.setAccessibleName("What is drawn of the runs")
        self.mode_box.setToolTip("KL against reconstruction, or −ELBO over the steps")
        self.filter_edit.setPlaceholderText("Filter: beta 4 done")
        self.filter_edit.setAccessibleName("Filter of the table")
        self.filter_edit.setToolTip("Only runs with all of these words in their line")
        self.filter_edit.setClearButtonEnabled(True)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.samples.setFixedWidth(SAMPLES_WIDTH)
        self.samples.setToolTip("Samples of the run at the pointer, or the one that is selected")
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.mode_box)
        bar.addWidget(self.filter_edit, 1)
        bar.addWidget(self.undo_button)
        above = QWidget(self)
        upper = QHBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(6)
        upper.addWidget(self.plot, 1)
        upper.addWidget(self.samples)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.addWidget(above)
        splitter.addWidget(self.table)
        splitter.setSizes([340, 200])
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(bar)
        layout.addWidget(self.note)
        layout.addWidget(splitter, 1)
        layout.addWidget(self.queue_box)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.filter)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.setAccessibleName("Table of runs")
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setMinimumHeight(54)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(50)
        header.setSectionsMovable(True)

    def _connect(self) -> None:
        runs, table = self.runs, self.table
        runs.changed.connect(self._refresh_if_visible)
        self.mode_box.currentIndexChanged.connect(self._draw)
        self.filter_edit.textChanged.connect(self.filter.set_words)
        self.undo_button.clicked.connect(runs.undo_stack.undo)
        table.selectionModel().selectionChanged.connect(self._on_selected)
        table.activated.connect(self._on_activated)
        table.customContextMenuRequested.connect(self._show_menu)
        self.plot.pointed.connect(self._on_pointed)
        self.plot.clicked.connect(self._on_clicked)
        self._preview.done.connect(self._on_preview)
        self._preview.failed.connect(self._on_failed)
        keys = (("F2", self._rename), ("T", self._tag), ("Delete", self._remove))
        for key, act in (*keys, ("Ctrl+Z", runs.undo_stack.undo), ("Ctrl+Y", runs.undo_stack.redo)):
            focus = Qt.ShortcutContext.WidgetShortcut
            for sequence in key_sequences(key):
                QShortcut(sequence, table, context=focus).activated.connect(act)

    def _draw(self) -> None:
        runs, chosen = self.model.runs, {run.key for run in self.selected()}
        curves = self.mode_box.currentText() == CURVES
        self.plot.show_runs(runs, chosen, curves)
        self.note.setText(self._words(len(runs), curves))

    def _words(self, count: int, curves: bool) -> str:
        if not self.plot.shown:
            return EMPTY
        note = CURVES_NOTE if curves else BOARD_NOTE
        if left_out := self.plot.left_out:
            one = left_out == 1
            note += (
                f" {left_out} of {count} runs {'is' if one else 'are'} left out: another likelihood or data "
                f"set, or no KL, is another scale."
            )
        return note

    def _run(self, key: str) -> Run | None:
        return next((run for run in self.model.runs if run.key == key), None)

    def _on_selected(self) -> None:
        self._draw()
        chosen = self.selected()
        if len(chosen) == 1:
            self._show_samples(chosen[0])

    def _on_activated(self) -> None:
        for run in self.selected()[:1]:
            self.open_run(run)

    def _on_pointed(self, key: str) -> None:
        run = self._run(key)
        label = self.runs.label(key)
        self.plot.setToolTip("" if run is None else label.title or run.row.title)
        if run is not None:
            self._show_samples(run)

    def _on_clicked(self, key: str) -> None:
        run = self._run(key)
        if run is None:
            return
        index = self.filter.mapFromSource(self.model.index(self.model.runs.index(run), NAME))
        flags = QItemSelectionModel.SelectionFlag
        with QSignalBlocker(self.table.selectionModel()):
            self.table.selectionModel().select(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)
        self._draw()
        self.open_run(run)

    def _show_samples(self, run: Run) -> None:
        entry = self.context.library.find(run.run_id)
        if entry is not None:
            self._preview.start(partial(preview, entry.snapshot))
        elif run.path is not None:
            self._preview.start(partial(preview_of_file, run.path))

    def _on_preview(self, images: object) -> None:
        self.samples.set_images(cast(Pixels, images))

    def _on_failed(self, text: str) -> None:
        self.samples.set_images(None)
        self.samples.setToolTip(text)

    def _show_menu(self, at: QPoint) -> None:
        chosen = self.selected()
        if not chosen:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open", partial(self.open_run, chosen[0]))
        menu.addAction("Rename…\tF2", self._rename)
        menu.addAction("Tag…\tT", self._tag)
        menu.addAction(f"Take out of the table\t{key_text('Delete')}", self._remove)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _rename(self) -> None:
        for run in self.selected()[:1]:
            known = self.runs.label(run.key).title or run.row.title
            title, given = QInputDialog.getText(self, "Rename the run", "Name", text=known)
            if given and title.strip():
                self.runs.rename(run.key, title)

    def _tag(self) -> None:
        chosen = [run.key for run in self.selected()]
        if chosen:
            known = self.runs.label(chosen[0]).tag
            tag, given = QInputDialog.getText(self, "Tag the runs", "Tag", text=known)
            if given:
                self.runs.tag(chosen, tag)

    def _remove(self) -> None:
        self.runs.remove([run.key for run in self.selected()])
