"""`datasets` and `presets`: what can be trained on and how, by name, to read and not to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from vae_gui.api.images import FilePath, image_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.vae.presets import PRESETS, Preset


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set that can be trained on by its name.

    Attributes:
        name: what it is called here, in files and on the command line.
        title: what it is called in the app.
        description: what is in it.
        train_images: how many there are to train on.
        test_images: how many there are to test on.
        side: height and width of an image.
        class_names: by label.
        download_bytes: 0 where nothing has to be fetched.
    """

    name: str
    title: str
    description: str
    train_images: int
    test_images: int
    side: int
    class_names: tuple[str, ...]
    download_bytes: int

    def load(self, data_dir: FilePath | None = None, download: bool = False) -> ImageData:
        """Return the images: `.train` and `.test`, each with `.images` (n, side, side) uint8 and `.labels` (n,) int16.

        Args:
            data_dir: the folder of its files.
            download: whether they may be fetched.

        Raises:
            UserError: they are missing.
        """
        return image_data(self.name, data_dir=data_dir, download=download).data


datasets: Mapping[str, Dataset] = MappingProxyType(
    {
        name: Dataset(**{item.name: getattr(entry, item.name) for item in fields(Dataset)})
        for name, entry in DATASETS.items()
    }
)
presets: Mapping[str, Preset] = MappingProxyType(PRESETS)
