"""LiveGaps: the gap between ELBO and log p(x) of some hundred test images, at one step after the other of a run."""

from functools import partial

import numpy as np
from PySide6.QtCore import QObject

from vae_gui.core.analysis.exact_posterior import is_exact
from vae_gui.core.analysis.inference_gap import InferenceGap, inference_gap
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.live.front import LiveFront
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task

# Of the test images, drawn at random: a few hold most of the gap, and a small sample misses them.
IMAGES, BOUNDED_IMAGES = (
    300,
    100,
)  # where log p(x) is exact, and where each image is sampled for a bound
SEED = 0  # the same images at every step


class LiveGaps(LiveFront[InferenceGap]):
    """Signals: `changed()` when one is added, or progress or problem change."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._explorer = context.explorer
        self._known: dict[str, dict[int, InferenceGap]] = {}
        self._live = Live[InferenceGap](
            context.explorer, context.training, LatestJob(context.jobs, self), self._task
        )
        self._live.changed.connect(self._on_changed)
        self._explorer.weights.changed.connect(self._live.touch)
        self._explorer.scatter.images_changed.connect(self._live.touch)

    @property
    def gaps(self) -> tuple[InferenceGap, ...]:
        """Return the gaps of the model that is shown, by step."""
        known = self._known.get(self._explorer.weights.run_id, {})
        return tuple(known[step] for step in sorted(known))

    def _task(self) -> Task[InferenceGap] | None:
        snapshot, images = self._explorer.weights.snapshot, self._explorer.scatter.images
        if snapshot is None or images is None or not snapshot.has_encoder:
            return None
        if snapshot.model.deterministic:
            return None
        count = min(len(images.test), IMAGES if is_exact(snapshot.model) else BOUNDED_IMAGES)
        drawn = np.random.default_rng(SEED).choice(len(images.test), count, replace=False)
        sample = images.test.images[np.sort(drawn)]
        return Task("gap", snapshot, partial(inference_gap, snapshot, sample), "ELBO and log p(x)")

    def _on_changed(self) -> None:
        result = self._live.result
        if result is not None:
            self._known.setdefault(result.run_id, {})[result.value.step] = result.value
        self.changed.emit()
