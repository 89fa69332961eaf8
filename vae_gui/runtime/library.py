"""Library: the models that can be shown, which of them is, and where each is saved."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage.bookmarks import Bookmarks
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.history import History
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.timeline import BUDGET_BYTES, Timeline, within_budget


@dataclass(frozen=True, slots=True)
class OpenModel:
    """One model. `history` and `timeline` grow while it is trained; `path` is its file, if it has one;
    `unsaved` marks work that no file holds; `keep_timeline` says whether the file holds the timeline,
    None as long as nobody was asked; `has_learned` marks weights that are newer than the workspace's encodings.
    """

    workspace: Workspace
    history: History
    timeline: Timeline = field(default_factory=Timeline)
    path: Path | None = None
    unsaved: bool = False
    keep_timeline: bool | None = None
    has_learned: bool = False

    @property
    def run_id(self) -> str:
        return self.snapshot.run_id

    @property
    def snapshot(self) -> Snapshot:
        return self.workspace.checkpoint.snapshot

    @property
    def config(self) -> RunConfig:
        return self.workspace.checkpoint.config

    @property
    def can_resume(self) -> bool:
        """Say whether the optimizer's state is there."""
        return bool(self.workspace.checkpoint.optimizer)

    @property
    def bookmarks(self) -> Bookmarks:
        return self.workspace.bookmarks or Bookmarks(self.config.model.latent_dim)


class Library(QObject):
    """`restored`: the UI state of the file whose model was just opened; empty where another model is shown.

    Signals: `shown_changed()` when another model is shown; `changed()` when any entry is replaced or added."""

    shown_changed = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.models: tuple[OpenModel, ...] = ()
        self.restored = UIState()
        self._shown_id = ""

    @property
    def shown(self) -> OpenModel | None:
        return self.find(self._shown_id)

    @property
    def unsaved(self) -> tuple[OpenModel, ...]:
        return tuple(entry for entry in self.models if entry.unsaved)

    def find(self, run_id: str) -> OpenModel | None:
        return next((entry for entry in self.models if entry.run_id == run_id), None)

    def add(self, entry: OpenModel, restored: UIState | None = None) -> None:
        """Open a model, in the place of one with the same run id, and show it. restored: what its file brings.

        The timelines of all others share one budget: the longest lose every other moment.
        """
        others = [other for other in self.models if other.run_id != entry.run_id]
        timelines = within_budget([other.timeline for other in others], BUDGET_BYTES)
        others = [
            other if other.timeline is timeline else replace(other, timeline=timeline)
            for other, timeline in zip(others, timelines, strict=True)
        ]
        self.models = (*others, entry)
        self._shown_id, self.restored = entry.run_id, restored or UIState()
        self.changed.emit()
        self.shown_changed.emit()

    def show(self, run_id: str) -> None:
        if run_id != self._shown_id and self.find(run_id) is not None:
            self._shown_id, self.restored = run_id, UIState()
            self.shown_changed.emit()

    def show_next(self) -> None:
        """The model of the next tab, after the last one the first."""
        self._show_beside(1)

    def show_previous(self) -> None:
        """The model of the tab before."""
        self._show_beside(-1)

    def _show_beside(self, step: int) -> None:
        entry = self.shown
        if entry is not None:
            index = self.models.index(entry) + step
            self.show(self.models[index % len(self.models)].run_id)

    def remove(self, run_id: str) -> None:
        """Close a model, showing the one before it; the last one stays."""
        entry = self.find(run_id)
        if entry is None or len(self.models) == 1:
            return
        index = self.models.index(entry)
        self.models = self.models[:index] + self.models[index + 1 :]
        self.changed.emit()
        if run_id == self._shown_id:
            self.show(self.models[max(0, index - 1)].run_id)

    def replace(self, entry: OpenModel) -> None:
        """The newer value of a model that is already here."""
        known = self.find(entry.run_id)
        if known is None or known == entry:
            return
        self.models = tuple(entry if other is known else other for other in self.models)
        self.changed.emit()

    def rename(self, run_id: str, title: str) -> None:
        """Give a model another title; a file with the old one is out of date."""
        entry, title = self.find(run_id), title.strip()
        if entry is not None and title and title != entry.workspace.title:
            workspace = replace(entry.workspace, title=title)
            self.replace(replace(entry, workspace=workspace, unsaved=True))

    def keep_bookmarks(self, bookmarks: Bookmarks) -> None:
        """The bookmarks of the model that is shown; they are not saved yet."""
        entry = self.shown
        if entry is not None and bookmarks is not entry.workspace.bookmarks:
            workspace = replace(entry.workspace, bookmarks=bookmarks)
            self.replace(replace(entry, workspace=workspace, unsaved=True))

    def choose_timeline(self, run_id: str, keep: bool) -> None:
        """Choose whether the file of a model holds its timeline."""
        entry = self.find(run_id)
        if entry is not None:
            self.replace(replace(entry, keep_timeline=keep))

    def adopt(self, snapshot: Snapshot) -> None:
        """Newer weights of a model that is here; they are not saved yet."""
        entry = self.find(snapshot.run_id)
        if entry is not None:
            checkpoint = replace(
                entry.workspace.checkpoint, snapshot=snapshot, optimizer={}, last=None
            )
            workspace = replace(
                entry.workspace, checkpoint=checkpoint, density=None, statistics=None
            )
            self.replace(replace(entry, workspace=workspace, unsaved=True, has_learned=True))
