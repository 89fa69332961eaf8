"""Comparing: runs of a folder, a model beside another, repeats that differ in one setting."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from vae_gui.core.sweeps.vary import QueuedRun
from vae_gui.runtime.request import Answer, Done, Request
from vae_gui.ui.window.vary_dialog import VaryDialog

if TYPE_CHECKING:
    from vae_gui.ui.window.main_window import MainWindow


class Comparing(QObject):
    """Commands of the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._context = window, window.context
        self._pair = ("", "")  # two runs that are to stand side by side when the second has a model
        self._context.library.shown_changed.connect(self._on_shown)

    def open_sweep(self) -> None:
        """Ask for a folder with runs."""
        settings = self._context.settings
        name = QFileDialog.getExistingDirectory(
            self._window, "Open a sweep, or a folder with models", str(settings.last_folder)
        )
        if name:
            settings.last_folder = Path(name).parent
            self.open_runs(Path(name))

    def open_runs(self, folder: Path) -> None:
        """Compare the runs of a folder."""
        self._context.runs.open_folder(folder)
        self._window.docks.bring_up("runs")

    def compare(self, run_id: str, other: str) -> None:
        """Show a model, and another one beside it."""
        self._context.library.show(run_id)
        self._context.twin.compare_with(other)
        self._window.docks.bring_up("twins")

    def train_both(self, one: QueuedRun, other: QueuedRun) -> None:
        """Train two runs, one after the other, and put the second beside the first as soon as it has weights."""
        first, second = self._context.queue.add((one, other))
        second.then(partial(self._on_both, first))
        self._window.docks.bring_up("twins")

    def _on_both(self, first: Request[str], second: Answer[str]) -> None:
        if isinstance(first.answer, Done) and isinstance(second, Done):
            self._pair = first.answer.value, second.value

    def _on_shown(self) -> None:
        shown, (one, other) = self._context.library.shown, self._pair
        if shown is not None and shown.run_id == other:
            self._pair = ("", "")
            self.compare(one, other)

    def vary_run(self, run_id: str) -> None:
        self._context.library.show(run_id)
        self.vary()

    def vary(self) -> None:
        """Queue repeats of the model that is shown, which differ in one setting."""
        entry = self._context.library.shown
        if entry is None:
            return
        dialog = VaryDialog(entry.config, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.queued.connect(self._queue)
        dialog.open()

    def _queue(self, runs: object) -> None:
        self._context.queue.add(runs)  # type: ignore[arg-type]
        self._window.docks.bring_up("runs")
