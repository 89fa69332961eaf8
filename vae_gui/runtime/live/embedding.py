"""LiveEmbedding (PCA, t-SNE, UMAP): the quick ones follow the weights, others are made when asked for."""

from functools import partial
from typing import cast

from PySide6.QtCore import QObject

from vae_gui.core.analysis.embedding import (
    METHODS,
    Embedding,
    EmbeddingProgress,
    EmbeddingSettings,
    embed_encodings,
    embed_split,
    thinned,
)
from vae_gui.core.datasets.base import ImageData, Split, stratified
from vae_gui.core.support.types import Pixels
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.live.front import LiveFront
from vae_gui.runtime.live.live import CANCELLED, Live
from vae_gui.runtime.live.task import Task
from vae_gui.runtime.training import Phase


class LiveEmbedding(LiveFront[Embedding]):
    """Signals: `changed()` when the embedding, its progress, `busy` or `problem` are."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self.settings = EmbeddingSettings()
        self._context, self._explorer = context, context.explorer
        self._ordered: Task[Embedding] | None = None
        self._shown: tuple[Embedding, Task[Embedding]] | None = None
        self._result: object = None
        self._split: tuple[tuple[ImageData, int], Split] | None = None
        job = LatestJob(context.jobs, self)
        self._live = Live[Embedding](context.explorer, context.training, job, self._task)
        self._live.changed.connect(self._on_changed)
        self._explorer.model_changed.connect(self._on_model_changed)
        scatter, weights = self._explorer.scatter, self._explorer.weights
        for signal in (scatter.changed, scatter.images_changed, weights.changed):
            signal.connect(self._live.touch)

    @property
    def value(self) -> Embedding | None:
        """The last one of the model that is shown, as far as it has come."""
        shown = None if self._shown is None else self._shown[0]
        return shown if shown and shown.run_id == self._explorer.weights.run_id else None

    @property
    def originals(self) -> Pixels | None:
        """The images that `value` is of, where they are in memory."""
        if self._shown is None:
            return None
        settings, images = cast("tuple[EmbeddingSettings, ImageData | None]", self._shown[1].of)
        return None if images is None else self._sample(images, settings.images).images

    @property
    def problem(self) -> str:
        """Why the last one failed; that it was cancelled is no problem."""
        return "" if self._live.problem == CANCELLED else self._live.problem

    @property
    def possible(self) -> bool:
        """Say whether there is anything to lay out."""
        return self._task_now() is not None

    def set_settings(self, settings: EmbeddingSettings) -> None:
        self.settings, self._ordered = settings, None
        self._live.touch()
        self.changed.emit()

    def compute(self) -> None:
        """Make it with these settings and the current weights."""
        self._ordered = self._task_now()
        self._live.retry()

    def cancel(self) -> None:
        """Give up the one in progress."""
        self._live.cancel()

    def _task(self) -> Task[Embedding] | None:
        return self._task_now() if METHODS[self.settings.method].live else self._ordered

    def _task_now(self) -> Task[Embedding] | None:
        """Return the task of laying out all the images that are asked for, or the encodings at hand: while a
        model trains, where there are more of those than images, and for a moment without an encoder.
        """
        snapshot, settings, previous = self._explorer.weights.snapshot, self.settings, self.value
        images, encodings = self._explorer.scatter.images, self._explorer.scatter.encodings
        if snapshot is None:
            return None
        entry = METHODS[settings.method]
        title = "" if entry.live else f"{entry.title} embedding"
        few = images is not None and (images.is_sample or not snapshot.has_encoder)
        at_hand = few or (entry.live and self._is_training())
        if images is None or (at_hand and encodings is not None):
            if encodings is None:
                return None
            known, place = thinned(encodings, settings.images), (snapshot.run_id, snapshot.step)
            make = partial(embed_encodings, known, settings, place, previous)
            return Task((settings, None), encodings, make, title)
        split = self._sample(images, settings.images)
        make = partial(embed_split, snapshot, split, images.class_names, settings, previous)
        return Task((settings, images), snapshot, make, title)

    def _sample(self, images: ImageData, count: int) -> Split:
        """Made once: the weights move often."""
        of = images, count
        if self._split is None or self._split[0] != of:
            self._split = of, stratified(images.test, count)
        return self._split[1]

    def _is_training(self) -> bool:
        """The model that is shown, with its newest weights."""
        training, weights = self._context.training, self._explorer.weights
        mine = training.run is not None and training.run.run_id == weights.run_id
        return mine and training.phase is Phase.RUNNING and weights.entry is None

    def _on_model_changed(self) -> None:
        self._ordered = self._shown = None
        self.changed.emit()

    def _on_changed(self) -> None:
        """One that is cancelled stays as far as it has come."""
        progress, result = self._live.progress, self._live.result
        if isinstance(progress, EmbeddingProgress) and self._live.running is not None:
            self._shown = progress.embedding, self._live.running
        elif result is not None and not self.busy and result is not self._result:
            self._result = result
            self._shown = result.value, result.task
        self.changed.emit()
