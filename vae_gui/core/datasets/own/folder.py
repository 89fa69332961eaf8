"""Pictures in a folder, with or without a subfolder for each class."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vae_gui.core.datasets.io.throttle import ReportThrottle
from vae_gui.core.datasets.own.grey import to_grey
from vae_gui.core.datasets.own.pictures import (
    Labels,
    Picture,
    Reading,
    Skipped,
    check_count,
    check_most,
    labels_from,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import open_checked
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = frozenset(
    (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".pbm")
)
# Only these readers of Pillow see a file, whatever its name says.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
# A JPEG is decoded no finer than is of use, any other picture in full.
MAX_PIXELS_OF_JPEG, MAX_PIXELS = 20_000_000, 12_000_000
_MAX_FILE_BYTES = 100 * 2**20
_MAX_FOLDERS = 20_000
# How much finer than needed a JPEG is still decoded.
_FINENESS = 4
_SPLITS = frozenset(("train", "training", "test", "testing", "val", "valid", "validation"))


@dataclass(frozen=True, slots=True, eq=False)
class FolderPictures:
    """names: paths within `folder`, sorted, with "/" between their parts."""

    folder: Path
    names: tuple[str, ...]
    labels: Labels | None
    note: str = ""

    @property
    def count(self) -> int:
        return len(self.names)

    def read(self, wanted: Sequence[int], side: int) -> Reading:
        """Read one file after another; skip what is damaged, too large or no picture."""
        for index in wanted:
            yield index, _read(self.folder, self.names[index], side)


def open_folder(folder: Path) -> Job[FolderPictures]:
    """Look for pictures in a folder and everything below it."""
    names = yield from _walk(folder)
    names.sort()
    check_count(len(names), folder.name)
    return FolderPictures(folder, tuple(names), labels_from(_classes(names)))


def _walk(folder: Path) -> Job[list[str]]:
    """The names of all pictures. Hidden ones are left out, and links that lead out of the folder."""
    names: list[str] = []
    waiting, seen = [""], set[tuple[int, int]]()
    root = os.path.realpath(folder)
    pace = ReportThrottle()
    while waiting:
        place = waiting.pop()
        if len(seen) > _MAX_FOLDERS:
            raise UserError(
                f"“{folder.name}” has more than {_MAX_FOLDERS:,} subfolders: choose a smaller one."
            )
        for entry in _entries(folder, place, seen):
            if pace.is_due():
                yield Progress(len(names), None, f"Looking for images: {len(names):,}")
            name = f"{place}{entry.name}"
            if entry.name.startswith((".", "__MACOSX")) or _leads_out(entry, root):
                continue
            if _is(entry.is_dir):
                waiting.append(f"{name}/")
            elif Path(name).suffix.lower() in SUFFIXES and _is(entry.is_file):
                names.append(name)
                check_most(len(names), folder.name)
    return names


def _entries(folder: Path, place: str, seen: set[tuple[int, int]]) -> list["os.DirEntry[str]"]:
    """List a folder; return nothing if it was listed before or may not be read. The first folder must be readable."""
    path = folder / place
    try:
        status = path.stat()
        identity = status.st_dev, status.st_ino
        if identity in seen:
            return []
        seen.add(identity)
        with os.scandir(path) as entries:
            return list(entries)
    except OSError as error:
        if place:
            return []
        raise UserError(
            f"The folder “{folder}” cannot be read ({error.strerror or error}): choose another folder."
        ) from error


def _leads_out(entry: "os.DirEntry[str]", root: str) -> bool:
    """Say whether an entry is a link to something outside the folder `root`."""
    if not entry.is_symlink():
        return False
    target = os.path.realpath(entry.path)
    return not Path(target).is_relative_to(root)


def _is(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except OSError:
        return False  # a link in a circle


def _classes(names: list[str]) -> list[str]:
    """The subfolder of each picture that is its class; "" for all where they are not in subfolders alone."""
    folders = [name.split("/")[:-1] for name in names]
    while all(folders) and _is_wrapping({parts[0] for parts in folders}):
        folders = [parts[1:] for parts in folders]
    return [parts[0] for parts in folders] if all(folders) else [""] * len(names)


def _is_wrapping(tops: set[str]) -> bool:
    """Say whether folders of these names hold the classes instead of being the classes."""
    return len(tops) == 1 or {top.lower() for top in tops} <= _SPLITS


def _read(folder: Path, name: str, side: int) -> Picture | Skipped:
    with import_lock():
        from PIL import Image

    try:
        with (
            open_checked(folder / name, largest=_MAX_FILE_BYTES) as file,
            Image.open(file, formats=_FORMATS) as image,
        ):
            most = MAX_PIXELS_OF_JPEG if image.format == "JPEG" else MAX_PIXELS
            if image.width * image.height > most:
                return _too_large(name, most)
            return to_grey(_upright(image, side))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _too_large(name, MAX_PIXELS)
    # Pillow's readers raise whatever a damaged file makes them stumble over: OSError, SyntaxError,
    # struct.error, ZeroDivisionError, warnings for bombs, and others.
    except Exception:
        return Skipped(name, "it cannot be read")


def _too_large(name: str, most: int) -> Skipped:
    return Skipped(name, f"it has more than {most // 10**6} million pixels")


def _upright(image: "Image", side: int) -> "Image":
    """The first frame, turned as its camera says; a JPEG is not decoded finer than is of use."""
    from PIL import ImageOps

    image.draft("L", (_FINENESS * side, _FINENESS * side))
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    return image
