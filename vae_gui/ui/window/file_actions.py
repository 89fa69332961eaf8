"""Open, save and export with the dialogs that they need; nothing unsaved is lost without a question."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from vae_gui.core.datasets import DATASETS
from vae_gui.core.export.formats import ExportFormat
from vae_gui.core.export.path import path_animation, path_picture
from vae_gui.core.export.replay import ReplayStyle, export_replay
from vae_gui.core.export.writers import export_history_csv
from vae_gui.core.sharing import Share
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.core.support.file_names import file_name
from vae_gui.core.support.progress import Job
from vae_gui.core.vae.snapshot import as_float32
from vae_gui.resources import resources_dir
from vae_gui.runtime.context import Context
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.request import Answer, Cancelled, Done, Request
from vae_gui.ui.parts.export_file import export_file
from vae_gui.ui.parts.panel_export import picture_exports
from vae_gui.ui.plane.scatter import palette_of
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.style.theme import current_theme, rgb
from vae_gui.ui.widgets.label import ask
from vae_gui.ui.window.banner import Banner
from vae_gui.ui.window.export_form import LAST_DRAG, ExportChoice
from vae_gui.ui.window.replay_form import ReplayChoice
from vae_gui.ui.window.save_dialog import KIND, MIN_MOMENTS, ask_where_to_save


class FileActions(QObject):
    """Signals: `ready_to_close()` once everything is saved that closing waits for; `removable(run_id)`, a model
    that was to be saved before its tab is closed. Whoever closes asks again: there may be newer work.
    """

    ready_to_close = Signal()
    removable = Signal(str)

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
        self._closing: Request[None] = Request.answered(Cancelled())

    def open(self) -> None:
        """Ask for a file and show it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open a model",
            str(self._context.settings.last_folder),
            f"{KIND} (*{SUFFIX})",
        )
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        self._context.settings.last_folder = path.parent
        self._context.files.open(path)

    def save(self) -> Request[Path]:
        """Save to the model's own file, or to one that is asked for; cancelled where the person names none."""
        entry = self._context.library.shown
        if entry is None:
            return Request.answered(Cancelled())
        return self._save_to(self._place(entry), entry)

    def save_as(self) -> Request[Path]:
        """Save to a file that is asked for; cancelled where the person names none."""
        entry = self._context.library.shown
        if entry is None:
            return Request.answered(Cancelled())
        return self._save_to(self._ask_place(entry), entry)

    def _save_to(self, path: Path | None, entry: OpenModel) -> Request[Path]:
        """Save the model that was shown when the person was asked: another may be by now."""
        if path is None:
            return Request.answered(Cancelled())
        return self._context.files.save(path, self._ui_state(), entry.run_id)

    def _place(self, entry: OpenModel) -> Path | None:
        if entry.path is None or self._is_bundled(entry.path):
            return self._ask_place(entry)
        if entry.keep_timeline is None and len(entry.timeline) >= MIN_MOMENTS:
            self._context.library.choose_timeline(entry.run_id, True)  # nothing is lost unasked
        return entry.path

    def _ask_place(self, entry: OpenModel) -> Path | None:
        settings, name = self._context.settings, _file_name(entry)
        choice = ask_where_to_save(self._window, settings, name, entry)
        if choice is None:
            return None
        if choice.keep_timeline is not None:
            self._context.library.choose_timeline(entry.run_id, choice.keep_timeline)
        self._context.library.rename(entry.run_id, choice.path.stem)
        return choice.path

    def export_path(self, choice: ExportChoice) -> None:
        """Write a path from A to B, or the last drag, under the current weights."""
        explorer, lab = self._context.explorer, self._context.path_lab
        snapshot, frames = explorer.weights.snapshot, explorer.latent.frames
        drag = explorer.drag_recorder.last if choice.source == LAST_DRAG else None
        if snapshot is None:
            return
        source = lab.plan(choice.source or lab.current) if drag is None else drag

        def make(path: Path) -> Job[Path]:
            if choice.format.moves:
                return path_animation(snapshot, source, path, choice.animation)
            return path_picture(snapshot, source, frames, path, choice.strip)

        name = (choice.source or "interpolation").replace(" ", "-")
        self._export(name, choice.format, make)

    def export_replay(self, choice: ReplayChoice) -> None:
        """Write the timeline of the model that is shown, one after the other."""
        entry, explorer = self._context.library.shown, self._context.explorer
        if entry is None:
            return
        entries = entry.timeline.entries
        encodings = entries[-1].encodings if entries else explorer.scatter.encodings
        colors = [] if encodings is None else palette_of(encodings)
        theme = current_theme()
        style = ReplayStyle(
            explorer.latent,
            np.array(colors, np.uint8),
            np.array(rgb(theme.pad), np.uint8),
            np.array(rgb(theme.muted), np.uint8),
            explorer.weights.aligned,
        )
        make = partial(export_replay, entries, style, options=choice.options)
        self._export("replay", choice.format, make)

    def export_curves(self) -> None:
        """The history of the model that is shown as a table."""
        entry = self._context.library.shown
        if entry is None:
            return
        make = partial(export_history_csv, entry.history.frozen(), model=entry.config.model)
        export_file(self._window, self._context, "curves", ".csv", "CSV table", make)

    def share(self, kind: Share) -> None:
        """Write the model that is shown, with the weights of the moment that is shown."""
        entry, snapshot = self._context.library.shown, self._context.explorer.weights.snapshot
        if entry is None or snapshot is None:
            return
        checkpoint = replace(entry.workspace.checkpoint, snapshot=as_float32(snapshot))
        workspace = self._context.files.workspace_of(entry, checkpoint)
        make = partial(kind.write, workspace)
        export_file(self._window, self._context, _file_name(entry), kind.suffix, kind.title, make)

    def export_window(self) -> None:
        """The whole window as it looks now, without the message that may lie over it."""
        banner = self._window.findChild(Banner)
        assert banner is not None
        with banner.left_out():
            (picture, *_) = picture_exports(self._window, "vae-explorer")
        export_file(
            self._window, self._context, picture.name, picture.suffix, "PNG picture", picture.make
        )

    def _export(self, name: str, kind: ExportFormat, make: Callable[[Path], Job[Path]]) -> None:
        export_file(self._window, self._context, name, kind.suffix, kind.title, make)

    def choose_data_folder(self) -> str | None:
        """Where the data sets are looked for; says which were found there, and returns the name of the first."""
        name = QFileDialog.getExistingDirectory(
            self._window, "Folder with the data sets", str(self._context.datasets.folder)
        )
        if not name:
            return None
        folder = self._context.datasets.folder = self._context.settings.data_folder = Path(name)
        found = [data for data in DATASETS.values() if data.download_bytes and data.find(folder)]
        if not found:
            known = ", ".join(data.title for data in DATASETS.values() if data.download_bytes)
            self._context.notices.error(
                f"“{folder.name}” holds none of {known}: choose the folder with their files, or press Train "
                "to download one."
            )
            return None
        counts = (
            f"{data.title} found: {grouped(data.train_images)} + {grouped(data.test_images)} images"
            for data in found
        )
        self._context.notices.done(" · ".join(counts))
        return found[0].name

    def may_close(self) -> bool:
        """Ask about unsaved work; False where the window stays, at least until it is saved.

        What is being saved is waited for, unless the person closes a second time.
        """
        is_first = self._closing.answer is not None
        self._closing.cancel()
        if is_first and self._context.files.saving:
            self._close_after(iter(self._context.files.saving))
            return False
        unsaved = [entry for entry in self._context.library.unsaved if entry.snapshot.step > 0]
        if not unsaved:
            return True
        names = "\n".join(f"  {entry.workspace.title}" for entry in unsaved)
        button = QMessageBox.StandardButton
        answer = ask(
            self._window,
            "Unsaved models",
            f"These models are not saved:\n{names}",
            button.Save | button.Discard | button.Cancel,
            button.Save,
        )
        if answer == button.Save:
            self._close_after(self._saves_of(unsaved))
        return answer == button.Discard

    def may_remove(self, entry: OpenModel) -> bool:
        """Ask before an unsaved model is closed; one that is to be saved first is `removable` later."""
        if not entry.unsaved or entry.snapshot.step == 0:
            return True
        button = QMessageBox.StandardButton
        answer = ask(
            self._window,
            "Unsaved model",
            f"“{entry.workspace.title}” is not saved.",
            button.Save | button.Discard | button.Cancel,
            button.Save,
        )
        if answer == button.Save:
            for save in self._saves_of([entry]):
                save.then(partial(self._on_saved_for_good, entry.run_id))
        return answer == button.Discard

    def _on_saved_for_good(self, run_id: str, answer: Answer[Path]) -> None:
        if isinstance(answer, Done):
            self.removable.emit(run_id)

    def _saves_of(self, models: Sequence[OpenModel]) -> Iterator[Request[Path]]:
        """Save what is to be closed, and still unsaved when its turn comes.

        A run that goes on is stopped once a file is chosen, else it would be unsaved again at once.
        """
        library = self._context.library
        for model in models:
            entry = library.find(model.run_id)
            if entry is None or not entry.unsaved:
                continue
            library.show(entry.run_id)
            path = self._place(entry)
            if path is not None and self._context.files.is_live(entry):
                self._context.training.stop()
            yield self._save_to(path, entry)

    def _close_after(self, saves: Iterator[Request[Path]]) -> None:
        closing = self._closing = Request[None]()
        closing.then(partial(self._on_closing_answered, closing))
        _wait_for_all(saves, closing)

    def _on_closing_answered(self, closing: Request[None], answer: Answer[None]) -> None:
        if closing.is_wanted and isinstance(answer, Done):
            self.ready_to_close.emit()

    def _is_bundled(self, path: Path) -> bool:
        return path.is_relative_to(resources_dir())


def _wait_for_all(saves: Iterator[Request[Path]], all_saved: Request[None]) -> None:
    """Answer the request when all are done. The next is asked for when the one before is done, and the first
    that is not done is the last.
    """

    def go_on(answer: Answer[Path]) -> None:
        if isinstance(answer, Done):
            _wait_for_all(saves, all_saved)
        else:
            all_saved.give(answer)

    try:
        save = next(saves, None) if all_saved.is_wanted else Request[Path].answered(Cancelled())
    except Exception:
        all_saved.give(Cancelled())
        raise
    if save is None:
        all_saved.give(Done(None))
    else:
        save.then(go_on)


def _file_name(entry: OpenModel) -> str:
    return file_name(entry.workspace.title, "model")
