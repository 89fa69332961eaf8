"""Has maps made, one at a time: of which encodings, with which weights, and whether one is out of date."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.analysis.embedding import (
    METHODS,
    Embedding,
    EmbeddingProgress,
    EmbeddingSettings,
    embed_encodings,
    embed_split,
    missing,
    thinned,
)
from vae_gui.core.datasets.base import stratified
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.types import Pixels
from vae_gui.runtime.context import Context
from vae_gui.runtime.jobs import JobThread
from vae_gui.runtime.training import Phase


@dataclass(frozen=True, slots=True)
class EmbeddingKey:
    """What a map would be made of now. from_cloud: of the encodings that are known already."""

    run_id: str
    step: int
    from_scatter: bool
    settings: EmbeddingSettings


class EmbeddingMaker(QObject):
    """`key` is what the last map was begun with, whatever became of it.

    Signals
        moved(EncodingMap, object): a map, or how far it has come; then its images or None.
        failed(str): there is no map, and why.
        busy_changed(): `is_busy` did.
    """

    moved = Signal(object, object)
    failed = Signal(str)
    busy_changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self.key: EmbeddingKey | None = None
        self._context = context
        self._thread: JobThread | None = None
        self._originals: Pixels | None = None

    @property
    def is_busy(self) -> bool:
        return self._thread is not None

    def key_of_now(self, settings: EmbeddingSettings) -> EmbeddingKey | None:
        """None where there is nothing to encode."""
        explorer = self._context.explorer
        snapshot, images = explorer.snapshot, explorer.images
        if snapshot is None or (images is None and explorer.encodings is None):
            return None
        live = METHODS[settings.method].live and self._is_running()
        from_scatter = images is None or (live and explorer.encodings is not None)
        return EmbeddingKey(snapshot.run_id, snapshot.step, from_scatter, settings)

    def begin(self, settings: EmbeddingSettings, previous: Embedding | None) -> None:
        """Make a map of the weights of now; the one in progress is given up."""
        self.cancel()
        self.key = self.key_of_now(settings)
        problem = missing(settings.method)
        if self.key is None or problem:
            self.failed.emit(problem)
            return
        entry = METHODS[settings.method]
        title = "" if entry.live else f"{entry.title} map"
        make = self._job(self.key, previous)
        self._thread = self._context.jobs.start(title, make, self._on_done, self._on_failed)
        if self._thread is not None:
            self._thread.progressed.connect(self._on_progressed)
            self._thread.finished.connect(self._on_finished)
        self.busy_changed.emit()

    def cancel(self) -> None:
        """Give up the map in progress."""
        if self._thread is not None:
            self._thread.cancel()
            self._thread = None
            self.busy_changed.emit()

    def _job(self, key: EmbeddingKey, previous: Embedding | None) -> Callable[[], Job[Embedding]]:
        explorer, settings = self._context.explorer, key.settings
        snapshot, images, encodings = explorer.snapshot, explorer.images, explorer.encodings
        if images is not None and not key.from_scatter:
            assert snapshot is not None
            split, names = stratified(images.test, settings.images), images.class_names
            self._originals = split.images
            return lambda: embed_split(snapshot, split, names, settings, previous)
        assert encodings is not None
        known, place = thinned(encodings, settings.images), (key.run_id, key.step)
        self._originals = None
        return lambda: embed_encodings(known, settings, place, previous)

    def _is_running(self) -> bool:
        training, snapshot = self._context.training, self._context.explorer.snapshot
        run = training.run
        mine = run is not None and snapshot is not None and run.run_id == snapshot.run_id
        return (
            mine
            and training.phase is Phase.RUNNING
            and self._context.explorer.timeline_entry is None
        )

    # --- events; those of a map that was given up are ignored ---------------

    def _on_progressed(self, progress: Progress) -> None:
        if isinstance(progress, EmbeddingProgress) and self.sender() is self._thread:
            self.moved.emit(progress.map, self._originals)

    def _on_done(self, value: object) -> None:
        if self.sender() is self._thread:
            self.moved.emit(cast(Embedding, value), self._originals)

    def _on_failed(self, text: str) -> None:
        if self.sender() is self._thread:
            self.failed.emit(text)

    def _on_finished(self) -> None:
        if self.sender() is self._thread:
            self._thread = None
            self.busy_changed.emit()
