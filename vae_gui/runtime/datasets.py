"""Datasets: the image data in memory, and the folder where data sets are looked for."""

from collections.abc import Callable
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


class Datasets(QObject):
    """Own images have names too, which say where they are and how they are read: `OwnImages.name`; in a
    file a name says what they are, and `places` knows where: `OwnReference.name`.

    Signals: `loaded(ImageData)`; `not_loaded()` where that failed or was cancelled.
    """

    loaded = Signal(object)
    not_loaded = Signal()

    def __init__(
        self, jobs: Jobs, folder: Path, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.folder = folder
        self.places = ImagePlaces()
        self._jobs, self._notices = jobs, notices
        self._in_memory: dict[str, ImageData] = {}
        self._loading: set[str] = set()

    def get(self, name: str) -> ImageData | None:
        """The data, if it is in memory."""
        reference = own_reference(name)
        if reference is None or not reference.digest:
            return self._in_memory.get(name)
        loaded = self._in_memory.values()
        return next((data for data in loaded if data.digest == reference.digest), None)

    def is_local(self, name: str) -> bool:
        """Whether the data can be had without a network."""
        if self.get(name) is not None:
            return True
        own = self._source(name)
        return (
            own.is_there()
            if own is not None
            else (name in DATASETS and DATASETS[name].find(self.folder))
        )

    def load(self, name: str, download: bool = False) -> None:
        """Bring a data set into memory; answered by `loaded` or `not_loaded`."""
        known = self.get(name)
        if known is not None:
            self.loaded.emit(known)
            return
        if name in self._loading:
            return
        own = self._source(name)
        if own is not None:
            self._start(name, own.title, lambda: load_own(own))
        elif name in DATASETS:
            entry, folder = DATASETS[name], self.folder
            self._start(name, entry.title, lambda: entry.load(folder, download))
        else:
            self._on_failed(f"This version knows no data set “{name}”: choose another one.")

    def _source(self, name: str) -> OwnImages | None:
        return own_images(name) or self.places.find(name)

    def _start(self, name: str, title: str, make: Callable[[], Job[object]]) -> None:
        self._loading.add(name)
        job = self._jobs.start(f"Load {title}", make, self._on_loaded, self._on_failed)
        if job is not None:
            job.finished.connect(self._forget_loading)
            job.cancelled.connect(self.not_loaded)

    def _on_loaded(self, data: object) -> None:
        images = data.data if isinstance(data, LoadedOwn) else cast(ImageData, data)
        self._in_memory = {images.name: images}
        self.places.keep(images)
        self.loaded.emit(images)
        if isinstance(data, LoadedOwn) and data.report():
            self._notices.warn(data.report())

    def _on_failed(self, text: str) -> None:
        self._notices.error(text)
        self.not_loaded.emit()

    def _forget_loading(self) -> None:
        self._loading.clear()
