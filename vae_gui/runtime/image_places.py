"""ImagePlaces: where own images are on this machine, as a person chose or confirmed it; kept in the settings."""

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.source import OwnImages, own_images, own_reference
from vae_gui.runtime.settings import Settings


class ImagePlaces:
    """A file names images by their digest. A place that only a file names is nothing that may be looked at."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._names: dict[str, str] = {} if settings is None else settings.own_images

    def find(self, name: str) -> OwnImages | None:
        """The images of that data set where a person said that they are; None where nobody did."""
        own, reference = own_images(name), own_reference(name)
        if own is not None:
            return own if name in self._names.values() else None
        known = None if reference is None else self._names.get(reference.digest)
        return None if known is None else own_images(known)

    def keep(self, data: ImageData) -> None:
        """Images that were loaded from a place are found there again."""
        if data.digest and self._names.get(data.digest) != data.name:
            others = {digest: name for digest, name in self._names.items() if digest != data.digest}
            self._names = {data.digest: data.name, **others}
            if self._settings is not None:
                self._settings.own_images = self._names


def is_own(name: str) -> bool:
    """Say whether a data set is own images, wherever they are."""
    return own_images(name) is not None or own_reference(name) is not None
