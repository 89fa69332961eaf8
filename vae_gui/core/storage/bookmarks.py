"""Named points of the latent space, and the small JSON file in which they travel."""

import base64
import json
import math
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.storage.verified_container import BROKEN, parse
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked
from vae_gui.core.support.foreign_text import utf8
from vae_gui.core.support.json_values import count, fields, items
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import FARTHEST

MAX_BOOKMARKS = 1000
MAX_NAME_LENGTH = 80
SUFFIX = ".json"
_FORMAT, _VERSION = "vae-explorer-bookmarks", 1
_MAX_FILE_BYTES = 16 * 2**20
_SIDES = range(8, 65)
_MAX_DIMENSIONS = 64


@dataclass(frozen=True, slots=True)
class Bookmark:
    """z: latent_dim numbers. thumbnail: the decoded image, (side, side) uint8 read-only, not compared."""

    name: str
    z: Z
    thumbnail: NDArray[np.uint8] = field(compare=False)

    def __post_init__(self) -> None:
        if not self.name.isprintable() or not 1 <= len(self.name.strip()) <= MAX_NAME_LENGTH:
            raise UserError(f"A bookmark's name has 1 to {MAX_NAME_LENGTH} letters.")
        assert self.thumbnail.dtype == np.uint8 and self.thumbnail.shape[0] in _SIDES
        assert self.thumbnail.ndim == 2 and self.thumbnail.shape[0] == self.thumbnail.shape[1]
        assert all(abs(coordinate) <= FARTHEST for coordinate in self.z)
        self.thumbnail.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """Points of one latent space, in the order in which they were kept."""

    latent_dim: int
    kept: tuple[Bookmark, ...] = ()

    def __post_init__(self) -> None:
        if len(self.kept) > MAX_BOOKMARKS:
            raise UserError(
                f"There is room for {MAX_BOOKMARKS:,} bookmarks: delete some before you add others."
            )
        assert all(len(bookmark.z) == self.latent_dim for bookmark in self.kept)

    def __len__(self) -> int:
        return len(self.kept)

    def added(self, *bookmarks: Bookmark) -> "Bookmarks":
        """Return a copy with more at the end; raises UserError where there are too many."""
        return replace(self, kept=self.kept + bookmarks)

    def removed(self, index: int) -> "Bookmarks":
        return replace(self, kept=self.kept[:index] + self.kept[index + 1 :])

    def renamed(self, index: int, name: str) -> "Bookmarks":
        """Return a copy with another name for one of them; raises UserError where the name is not allowed."""
        bookmark = replace(self.kept[index], name=name)
        return replace(self, kept=(*self.kept[:index], bookmark, *self.kept[index + 1 :]))

    def unused_name(self) -> str:
        """“Point 1”, or the next number that is not taken."""
        names = {bookmark.name for bookmark in self.kept}
        number = 1
        while f"Point {number}" in names:
            number += 1
        return f"Point {number}"


def export_bookmarks(bookmarks: Bookmarks, path: Path) -> Job[Path]:
    """Write the file, all or nothing; raises UserError and leaves the old file."""
    yield Progress(0, None, "Writing")
    content = utf8(json.dumps(to_json(bookmarks), ensure_ascii=False, allow_nan=False))
    with atomic_write(path) as file:
        file.write(content)
    return path


def import_bookmarks(path: Path, latent_dim: int) -> Bookmarks:
    """Read a file of bookmarks of models with `latent_dim` dimensions; raises UserError for any other."""
    try:
        with open_checked(path, _MAX_FILE_BYTES) as file:
            document = parse(file.read().decode())
        bookmarks = from_json(document)
    except BROKEN as error:
        raise UserError(
            f"“{path.name}” is damaged or holds no bookmarks: choose another file."
        ) from error
    if bookmarks.latent_dim != latent_dim:
        raise UserError(
            f"The bookmarks in “{path.name}” are for {bookmarks.latent_dim} latent dimensions, "
            f"this model has {latent_dim}: open the model that they were made with."
        )
    return bookmarks


def to_json(bookmarks: Bookmarks) -> dict[str, object]:
    """Return plain JSON values; a thumbnail is its bytes, row by row, in base64."""
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "latent_dim": bookmarks.latent_dim,
        "bookmarks": [
            {
                "name": bookmark.name,
                "z": list(bookmark.z),
                "thumbnail": base64.b64encode(bookmark.thumbnail.tobytes()).decode(),
            }
            for bookmark in bookmarks.kept
        ],
    }


def from_json(document: object) -> Bookmarks:
    """The inverse of `to_json`; raises UserError or any of `verified_container.BROKEN` for anything else."""
    values = fields(document)
    if values.get("format") != _FORMAT:
        raise ValueError("not a file of bookmarks")
    version = count(values["version"])
    if version > _VERSION:
        raise UserError("These bookmarks were made by a newer version of VAE explorer: update it.")
    _check_fields(values, {"format", "version", "latent_dim", "bookmarks"})
    latent_dim = count(values["latent_dim"])
    if version != _VERSION or not 1 <= latent_dim <= _MAX_DIMENSIONS:
        raise ValueError("there is no such version or model")
    kept = tuple(_bookmark(fields(entry), latent_dim) for entry in items(values["bookmarks"]))
    return Bookmarks(latent_dim, kept)


def _bookmark(values: dict[str, object], latent_dim: int) -> Bookmark:
    _check_fields(values, {"name", "z", "thumbnail"})
    name, z = values["name"], tuple(_coordinate(value) for value in items(values["z"]))
    if not isinstance(name, str) or len(z) != latent_dim:
        raise ValueError("not a bookmark")
    return Bookmark(name, z, _thumbnail(values["thumbnail"]))


def _check_fields(values: dict[str, object], known: set[str]) -> None:
    if values.keys() != known:
        raise ValueError("there are unknown or missing fields")


def _coordinate(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= FARTHEST:
        raise ValueError("not a coordinate")
    return float(value)


def _thumbnail(value: object) -> NDArray[np.uint8]:
    if not isinstance(value, str):
        raise TypeError("not a text")
    pixels = np.frombuffer(base64.b64decode(value, validate=True), np.uint8)
    side = math.isqrt(len(pixels))
    if side not in _SIDES or side**2 != len(pixels):
        raise ValueError("not a square image")
    return pixels.reshape(side, side)
