"""LiveBackground: the picture of the pad's background layer, kept up to date as view, encodings and weights move."""

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.pictures.backgrounds import BackgroundPicture
from vae_gui.core.pictures.layers import LAYERS, LayerCaption, LayerData, LayerView, PadLayer
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.latest_answer import LatestAnswer
from vae_gui.runtime.live.coverage import LiveCoverage
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task
from vae_gui.runtime.training import Training

SETTLED_MS = 120  # after the last change of the view


class LiveBackground(QObject):
    """view: what is visible, as it is now; data: the encodings as they are shown there.

    Signals: `changed()` when `picture` is.
    """

    changed = Signal()

    def __init__(
        self,
        explorer: Explorer,
        training: Training,
        coverage: LiveCoverage,
        view: Callable[[], LayerView],
        data: Callable[[], LayerData | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._explorer, self._coverage = explorer, coverage
        self._view, self._data = view, data
        answer = LatestAnswer(explorer.questions, "background", self)
        self._live = Live[BackgroundPicture](explorer, training, answer, self._task, SETTLED_MS)
        self._live.changed.connect(self.changed)
        self._watched_by_training_images = False
        for signal in (explorer.scatter.changed, explorer.weights.changed, coverage.changed):
            signal.connect(self._live.touch)

    @property
    def layer(self) -> PadLayer:
        return LAYERS[self._explorer.layers.background]

    @property
    def is_turned_away(self) -> bool:
        """Say whether the layer cannot be shown because the plane is aligned."""
        return self._view().aligned and self.layer.request is not None and not self.layer.turns

    @property
    def picture(self) -> BackgroundPicture | None:
        """The last one of this layer, of whatever part of the plane."""
        result = self._live.result
        if result is None or self.is_turned_away:
            return None
        name, _ = cast("tuple[str, LayerView]", result.task.of)
        return result.value if name == self.layer.name else None

    def caption(self) -> LayerCaption | None:
        picture, data = self.picture, self._data()
        if picture is None or data is None:
            return None
        return self.layer.caption(picture, self._view(), data)

    def watch(self, on: bool) -> None:
        """The pad came or went."""
        self._live.watch(on)

    def touch(self) -> None:
        """The view or the chosen layer changed, or may have."""
        wanted = self.layer.by_training_images
        if wanted != self._watched_by_training_images:
            self._watched_by_training_images = wanted
            self._coverage.watch_training_images(wanted)
        self._live.touch()
        self.changed.emit()

    def _task(self) -> Task[BackgroundPicture] | None:
        layer, data = self.layer, self._data()
        if layer.request is None or data is None or self.is_turned_away:
            return None
        view = self._view()
        request = layer.request(view, data)
        return None if request is None else Task((layer.name, view), layer.version(data), request)
