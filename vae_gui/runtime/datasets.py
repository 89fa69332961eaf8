"""Datasets: the image data in memory, and the folder where data sets are looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.load import LoadedOwn, load_own
from vae_gui.core.datasets.own.source import OwnImages, own_images, own_reference
from vae_gui.core.support.progress import Job
from vae_gui.runtime.image_places import ImagePlaces
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request


@dataclass(frozen=True, slots=True, eq=False)
class _Load:
    """A data set that is being read by `job`; everybody who wants it hangs on the same `request`."""

    request: Request[ImageData]
    job: Request[object]


class Datasets(QObject):
    """Own images have names too, which say where they are and how they are read: `OwnImages.name`; in a
    file a name says what they are, and `places` knows where: `OwnReference.name`.

    Signals: `loaded(ImageData)`, when images came into memory.
    """

    loaded = Signal(object)

    def __init__(
        self, jobs: Jobs, folder: Path, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.folder = folder
        self.places = ImagePlaces()
        self._jobs, self._notices = jobs, notices
        self._in_memory: dict[str, ImageData] = {}
        self._loads: dict[tuple[str, bool], _Load] = {}

    def get(self, name: str) -> ImageData | None:
        """The data, if it is in memory."""
        reference = own_reference(name)
        if reference is None or not reference.digest:
            return self._in_memory.get(name)
        loaded = self._in_memory.values()
        return next((data for data in loaded if data.digest == reference.digest), None)

    def is_local(self, name: str) -> bool:
        """Say whether the data can be had without a network."""
        if self.get(name) is not None:
            return True
        own = self._source(name)
        return (
            own.is_there()
            if own is not None
            else (name in DATASETS and DATASETS[name].find(self.folder))
        )

    def load(self, name: str, download: bool = False) -> Request[ImageData]:
        """Bring a data set into memory. The person is told here of a failure, once, whoever waits for it."""
        known = self.get(name)
        if known is not None:
            return Request.answered(Done(known))
        held = self._loads.get((name, download))
        if held is not None and held.job.is_wanted:
            return held.request
        own = self._source(name)
        if own is not None:
            return self._start((name, download), own.title, lambda: load_own(own))
        if name in DATASETS:
            entry, folder = DATASETS[name], self.folder
            return self._start((name, download), entry.title, lambda: entry.load(folder, download))
        text = f"This version knows no data set “{name}”: choose another one."
        self._notices.error(text)
        return Request.answered(Refused(text))

    def _source(self, name: str) -> OwnImages | None:
        return own_images(name) or self.places.find(name)

    def _start(
        self, key: tuple[str, bool], title: str, make: Callable[[], Job[object]]
    ) -> Request[ImageData]:
        job = self._jobs.ask(f"Load {title}", make)
        load = self._loads[key] = _Load(Request(), job)
        job.then(partial(self._on_answer, key, load))
        return load.request

    def _on_answer(self, key: tuple[str, bool], load: _Load, answer: Answer[object]) -> None:
        if self._loads.get(key) is load:  # one that was cancelled may have been asked for again
            del self._loads[key]
        if not load.job.is_wanted:
            load.request.give(Cancelled())
        elif isinstance(answer, Done):
            load.request.give(Done(self._keep(answer.value)))
        else:
            if isinstance(answer, Refused):
                self._notices.error(answer.text)
            load.request.give(answer)

    def _keep(self, data: object) -> ImageData:
        images = data.data if isinstance(data, LoadedOwn) else cast(ImageData, data)
        self._in_memory = {images.name: images}
        self.places.keep(images)
        self.loaded.emit(images)
        if isinstance(data, LoadedOwn) and data.report():
            self._notices.warn(data.report())
        return images
