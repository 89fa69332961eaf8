"""The FORMATS registry: what pictures and animations are written as, for window and command line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vae_gui.core.export.animations import AnimationWriter, Apng, Clip, Gif, WebP
from vae_gui.core.export.options import StripOptions
from vae_gui.core.export.stills import gif_picture, png_picture, webp_picture
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job
from vae_gui.core.support.types import Pixels


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format that moves has `animation`, which begins to write one; a still one has `picture`, which
    writes tiles (rows, columns, side, side) uint8.
    """

    name: str
    title: str
    suffix: str
    animation: Callable[[BinaryIO, Clip], AnimationWriter] | None = None
    picture: Callable[[Pixels, Path, StripOptions], Job[Path]] | None = None

    @property
    def moves(self) -> bool:
        return self.animation is not None


# Of two with one suffix, the first is what a name without more words means.
FORMATS = {
    entry.name: entry
    for entry in (
        ExportFormat("gif", "GIF animation", ".gif", animation=Gif),
        ExportFormat("png", "PNG picture", ".png", picture=png_picture),
        ExportFormat("apng", "APNG animation", ".png", animation=Apng),
        ExportFormat("webp", "WebP animation, lossless", ".webp", animation=WebP),
        ExportFormat("gif-picture", "GIF picture", ".gif", picture=gif_picture),
        ExportFormat("webp-picture", "WebP picture, lossless", ".webp", picture=webp_picture),
    )
}


def suffixes(moves: bool | None = None) -> tuple[str, ...]:
    """Return the suffixes of all formats, or of those that move or do not."""
    entries = [entry for entry in FORMATS.values() if moves is None or entry.moves == moves]
    return tuple(dict.fromkeys(entry.suffix for entry in entries))


def format_of(path: Path, moves: bool | None = None) -> ExportFormat:
    """The first format of the suffix, or that which moves or does not; raises UserError where there is none."""
    for entry in FORMATS.values():
        if entry.suffix == path.suffix.lower() and (moves is None or entry.moves == moves):
            return entry
    names = ", ".join(suffixes(moves))
    raise UserError(f"Choose a name for “{path.name}” that ends in {names}.")
