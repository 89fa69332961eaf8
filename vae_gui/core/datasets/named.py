"""Finds a data set by its name, or images of a person's own by their path."""

from dataclasses import dataclass
from pathlib import Path

from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.load import load_own
from vae_gui.core.datasets.own.source import OwnImages, own_images
from vae_gui.core.datasets.places import default_data_folder
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job

_BYTES_PER_MB = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A data set, and sentences about what was not used as it was."""

    data: ImageData
    notes: tuple[str, ...] = ()


def load_named(name: str, folder: Path | None, download: bool, advice: str) -> Job[Loaded]:
    """Load a data set by its name, or own images by their name or path.

    folder: where the files of data sets are; None for the default one. advice: how the caller names a folder or
    allows a download, as the end of a sentence. Raises UserError where there is nothing of that name.
    """
    entry = DATASETS.get(name)
    if entry is None:
        source = own_source(name)
        if source is None:
            raise UserError(
                f"There is no data set “{name}”: choose one of {', '.join(DATASETS)}, "
                "or the path of a folder, an IDX, an NPZ or an NPY file."
            )
        return (yield from load_source(source))
    place = default_data_folder() if folder is None else folder
    if not download and not entry.find(place):
        megabytes = entry.download_bytes / _BYTES_PER_MB
        raise UserError(f"“{place}” does not hold {entry.title}: {advice} ({megabytes:.0f} MB).")
    return Loaded((yield from entry.load(place, download)))


def load_source(source: OwnImages) -> Job[Loaded]:
    """Load own images; raises UserError where they cannot be read."""
    loaded = yield from load_own(source)
    return Loaded(loaded.data, tuple(filter(None, (loaded.report(), loaded.note))))


def own_source(name: str) -> OwnImages | None:
    """Return own images by the name of a data set or by their path; None where there are none."""
    path = None if name in DATASETS else _own_path(name)
    return own_images(name) or (None if path is None else OwnImages(path.resolve()))


def _own_path(name: str) -> Path | None:
    """Return where own images are; None where there is nothing, or nothing can be: no such user, too long a name."""
    try:
        path = Path(name).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):
        return None
