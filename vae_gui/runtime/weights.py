"""Weights: the snapshot that is decoded with, newest or of a timeline entry, and its alignment to the last entry."""

from PySide6.QtCore import QObject, Signal

from vae_gui.core.latent.alignment import Alignment, align
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.timeline import TimelineEntry
from vae_gui.runtime.library import Library, OpenModel


class Weights(QObject):
    """`snapshot` is that of `entry`, or the `newest` where that is None.

    `alignment` turns what is shown onto the last entry of the timeline; None where nothing is turned.

    Signals: `changed()` when `snapshot` of the same model is; `entry_changed()`; `alignment_changed()`.
    """

    changed = Signal()
    entry_changed = Signal()
    alignment_changed = Signal()

    def __init__(self, library: Library, parent: QObject) -> None:
        super().__init__(parent)
        self.snapshot: Snapshot | None = None
        self.newest: Snapshot | None = None
        self.entry: TimelineEntry | None = None
        self.aligned = False
        self.alignment: Alignment | None = None
        self._library = library

    @property
    def run_id(self) -> str:
        """Return the run id of the model that is shown; empty while there is none."""
        return "" if self.snapshot is None else self.snapshot.run_id

    def set_model(self, model: OpenModel) -> None:
        """Another model is shown, as it is now."""
        self.snapshot = self.newest = model.snapshot
        self.entry = self.alignment = None

    def adopt(self, snapshot: Snapshot) -> None:
        """Newer weights; those of a model that is not shown are ignored."""
        if snapshot.run_id != self.run_id:
            return
        self.newest = snapshot
        if self.entry is None:
            self.snapshot = snapshot
            self.changed.emit()

    def show_entry(self, entry: TimelineEntry | None) -> None:
        """Decode with the weights of a timeline entry; None returns to the newest ones."""
        if entry is self.entry or self.newest is None:
            return
        self.entry = entry
        self.snapshot = self.newest if entry is None else entry.snapshot
        self._align()
        self.changed.emit()
        self.entry_changed.emit()

    def set_aligned(self, aligned: bool) -> None:
        """Set whether the pad shows each timeline entry turned onto the last one."""
        if aligned != self.aligned:
            self.aligned = aligned
            self._align()
            self.alignment_changed.emit()

    def _align(self) -> None:
        """Turn the entry's encodings onto those of the same images in the last entry."""
        model, entry = self._library.shown, self.entry
        self.alignment = None
        if self.aligned and entry is not None and model is not None and model.timeline.entries:
            mu, last = entry.encodings.mu, model.timeline.entries[-1].encodings.mu
            if mu.shape == last.shape:
                self.alignment = align(mu, last)
