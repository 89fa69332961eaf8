"""A picture on the canvas with its origin, a file or the clipboard, and the step of undo that put it there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage, QUndoCommand

from vae_gui.core.pictures.drawing import Picture, pasted_picture, read_picture
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.overrides import qt_override


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What is on the canvas instead of strokes; invert: None leaves it to the picture's border."""

    picture: Picture | None = None
    invert: bool | None = None


class SetSource(QUndoCommand):
    """`put` shows a source without recording it."""

    def __init__(
        self, put: Callable[[Source], None], before: Source, after: Source, text: str
    ) -> None:
        super().__init__(text)
        self._put, self._before, self._after = put, before, after

    @qt_override
    def redo(self) -> None:
        self._put(self._after)

    @qt_override
    def undo(self) -> None:
        self._put(self._before)


def dropped_file(mime: QMimeData) -> Path | None:
    """The first local file among what was dropped or pasted."""
    files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return files[0] if files else None


def is_picture(mime: QMimeData) -> bool:
    """Whether there is a file or an image; whether the file can be read shows later."""
    return mime.hasImage() or dropped_file(mime) is not None


def load_picture(mime: QMimeData) -> Callable[[], Job[Picture]] | None:
    """The job that reads what was dropped or pasted; None where that is no picture."""
    path = dropped_file(mime)
    if path is not None:
        return lambda: read_file(path)
    image = QImage(mime.imageData()) if mime.hasImage() else QImage()
    return None if image.isNull() else lambda: _take_image(image)


def read_file(path: Path) -> Job[Picture]:
    yield Progress(0, None, f"Reading {path.name}")
    return read_picture(path)


def _take_image(image: QImage) -> Job[Picture]:
    yield Progress(0, None, "Reading the picture")
    return pasted_picture(_rgba(image))


def _rgba(image: QImage) -> NDArray[np.uint8]:
    """(h, w, 4) uint8."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    size = plain.height(), plain.bytesPerLine() // 4, 4
    return np.array(plain.constBits(), np.uint8, copy=True).reshape(size)[:, : plain.width()]
