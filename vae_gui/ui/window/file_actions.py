"""Open, save and export with the dialogs that they need; nothing unsaved is lost without a question."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from vae_gui.core.export.path import path_animation, path_picture
from vae_gui.core.export.replay import ReplayStyle, export_replay
from vae_gui.core.export.writers import export_history_csv
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.core.storage.workspace_timeline import stored_bytes
from vae_gui.core.support.progress import Job
from vae_gui.core.vae.history import HistoryRows
from vae_gui.runtime.context import Context
from vae_gui.runtime.library import OpenModel
from vae_gui.ui.panels.pad.scatter import palette_of
from vae_gui.ui.style.theme import current_theme
from vae_gui.ui.window.export_form import LAST_DRAG, ExportChoice
from vae_gui.ui.window.replay_form import ReplayChoice

FILTER = f"VAE workspace (*{SUFFIX})"


class FileActions(QObject):
    """Signals: `exported(path)`; `ready_to_close()` once everything is saved that was asked for."""

    exported = Signal(object)
    ready_to_close = Signal()

    def __init__(
        self,
        window: QWidget,
        context: Context,
        ui_state: Callable[[], UIState] = UIState,
    ) -> None:
        """ui_state: gives that of the window, which goes into each file."""
        super().__init__(window)
        self._window = window
        self._ui_state = ui_state
        self._context = context
        self._closing = False
        context.session.saved.connect(self._on_saved)

    def open(self) -> None:
        """Ask for a file and show it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open a model", str(self._context.settings.last_folder), FILTER
        )
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        self._context.settings.last_folder = path.parent
        self._context.session.open(path)

    def save(self) -> None:
        """To the model's own file, or to one that is asked for."""
        entry = self._context.library.shown
        if entry is None or entry.path is None or self._is_bundled(entry.path):
            self.save_as()
        elif self._may_write(entry):
            self._context.session.save(entry.path, self._ui_state())

    def save_as(self) -> bool:
        """Whether a file was chosen."""
        entry = self._context.library.shown
        if entry is None:
            return False
        path = self._ask_path("Save the model", _file_name(entry) + SUFFIX, FILTER, SUFFIX)
        if path is None or not self._may_write(entry):
            return False
        self._context.session.save(path, self._ui_state())
        return True

    def _may_write(self, entry: OpenModel) -> bool:
        """Ask once for each model whether its file holds the timeline; False where the person cancels."""
        timeline = entry.timeline
        if entry.keep_timeline is not None or len(timeline) < 2:
            return True
        button = QMessageBox.StandardButton
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Save the timeline?",
            f"The timeline of this model has {len(timeline)} moments and would add "
            f"{stored_bytes(timeline) / 1e6:,.0f} MB to its file.",
            button.Yes | button.No | button.Cancel,
            self._window,
        )
        box.button(button.Yes).setText("Save with it")
        box.button(button.No).setText("Save without it")
        answer = box.exec()
        if answer != button.Cancel:
            self._context.library.choose_timeline(entry.run_id, answer == button.Yes)
        return answer != button.Cancel

    def export_interpolation(self, choice: ExportChoice) -> None:
        """Write a path from A to B, or the last drag, under the weights of now."""
        suffix = choice.format.suffix
        path = self._ask_path(
            choice.format.title,
            f"{choice.source or 'interpolation'}{suffix}".replace(" ", "-"),
            f"{choice.format.title} (*{suffix})",
            suffix,
        )
        explorer, lab = self._context.explorer, self._context.path_lab
        snapshot, frames = explorer.weights.snapshot, explorer.latent.frames
        drag = explorer.drag_recorder.last if choice.source == LAST_DRAG else None
        if path is None or snapshot is None:
            return
        walk = lab.plan(choice.source or lab.current) if drag is None else drag

        def make() -> Job[Path]:
            if choice.format.animated:
                return path_animation(snapshot, walk, path, choice.animation)
            return path_picture(snapshot, walk, frames, path, choice.strip)

        self._context.jobs.start(
            f"Export {path.name}", make, self._on_exported, self._context.session.failed.emit
        )

    def export_replay(self, choice: ReplayChoice) -> None:
        """Write the moments of the model that is shown, one after the other."""
        suffix, title = choice.format.suffix, choice.format.title
        path = self._ask_path(title, f"replay{suffix}", f"{title} (*{suffix})", suffix)
        entry, explorer = self._context.library.shown, self._context.explorer
        if path is None or entry is None:
            return
        entries, options = entry.timeline.entries, choice.options
        encodings = entries[-1].encodings if entries else explorer.scatter.encodings
        colors = [] if encodings is None else palette_of(encodings)
        ground = bytes.fromhex(current_theme().pad.removeprefix("#"))
        style = ReplayStyle(
            explorer.latent,
            np.array(colors, np.uint8),
            np.frombuffer(ground, np.uint8),
            explorer.weights.aligned,
        )
        self._context.jobs.start(
            f"Export {path.name}",
            lambda: export_replay(entries, style, path, options),
            self._on_exported,
            self._context.session.failed.emit,
        )

    def export_curves(self) -> None:
        """The history of the model that is shown as a table."""
        entry = self._context.library.shown
        path = self._ask_path("Export the curves", "curves.csv", "CSV table (*.csv)", ".csv")
        if path is None or entry is None:
            return
        rows = HistoryRows(entry.history.steps.rows().copy(), entry.history.tests.rows().copy())
        self._context.jobs.start(
            f"Export {path.name}",
            lambda: export_history_csv(rows, path),
            self._on_exported,
            self._context.session.failed.emit,
        )

    def choose_data_folder(self) -> Path | None:
        """Where the data sets are looked for."""
        name = QFileDialog.getExistingDirectory(
            self._window, "Folder with the data sets", str(self._context.datasets.folder)
        )
        if not name:
            return None
        self._context.datasets.folder = self._context.settings.data_folder = Path(name)
        return Path(name)

    def may_close(self) -> bool:
        """Ask about unsaved work; False where the window stays, at least until it is saved."""
        unsaved = [entry for entry in self._context.library.unsaved if entry.snapshot.step > 0]
        if not unsaved:
            return True
        names = "\n".join(f"  {entry.workspace.title}" for entry in unsaved)
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Unsaved models",
            f"These models are not saved:\n{names}",
            button.Save | button.Discard | button.Cancel,
            button.Save,
        )
        if answer == button.Save:
            self._context.training.stop()  # else it would be unsaved again at once
            self._closing = True
            self._save_next()
        return answer == button.Discard

    def may_remove(self, entry: OpenModel) -> bool:
        """Ask before an unsaved model is taken off the shelf."""
        if not entry.unsaved or entry.snapshot.step == 0:
            return True
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Unsaved model",
            f"“{entry.workspace.title}” is not saved. Close it?",
            button.Discard | button.Cancel,
            button.Cancel,
        )
        return answer == button.Discard

    def _save_next(self) -> None:
        unsaved = [entry for entry in self._context.library.unsaved if entry.snapshot.step > 0]
        if not unsaved:
            self._closing = False
            self.ready_to_close.emit()
            return
        self._context.library.show(unsaved[0].run_id)
        if unsaved[0].path is None:
            self._closing = self.save_as()
        elif self._may_write(unsaved[0]):
            self._context.session.save(unsaved[0].path, self._ui_state())
        else:
            self._closing = False

    def _on_saved(self) -> None:
        if self._closing:
            self._save_next()

    def _on_exported(self, path: object) -> None:
        self.exported.emit(path)

    def _ask_path(self, title: str, name: str, pattern: str, suffix: str) -> Path | None:
        settings = self._context.settings
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, title, str(settings.last_folder / name), pattern
        )
        if not chosen:
            return None
        path = Path(chosen)
        path = path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)
        settings.last_folder = path.parent
        return path

    def _is_bundled(self, path: Path) -> bool:
        from vae_gui.resources import resources_dir

        return path.is_relative_to(resources_dir())


def _file_name(entry: OpenModel) -> str:
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in entry.workspace.title.lower())
    return "-".join(part for part in kept.split("-") if part)
