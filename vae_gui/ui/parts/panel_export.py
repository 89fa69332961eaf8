"""What a panel can be written as: its picture, and what its own exports add."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect
from PySide6.QtGui import QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from vae_gui.core.export.options import SHARP, StripOptions
from vae_gui.core.export.tables import ENCODING_TABLES
from vae_gui.core.export.writers import export_grid
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.encodings import Encodings, FloatArray
from vae_gui.ui.style.painting import painting
from vae_gui.ui.widgets.image_grid import ImageGrid

SCALE = 2  # pixels of a picture for one of the screen


@dataclass(frozen=True, slots=True)
class PanelExport:
    """title: what is written, in the menu. name: proposed for the file. suffix: of the file, as “.csv”."""

    title: str
    name: str
    suffix: str
    make: Callable[[Path], Job[Path]]


def picture_exports(widget: QWidget, name: str) -> tuple[PanelExport, ...]:
    """The widget as it looks now, which is kept at once: what is written later does not change."""
    return (
        PanelExport("Picture (PNG)", name, ".png", partial(_write, _png(widget))),
        PanelExport("Drawing (SVG)", name, ".svg", partial(_write, _svg(widget, name))),
    )


def digits_export(grid: ImageGrid, name: str) -> tuple[PanelExport, ...]:
    """The digits of a grid side by side, each pixel of the model as a square of pixels; () for an empty one."""
    tiles = grid.tiles()
    if tiles is None:
        return ()
    options = StripOptions(SCALE * tiles.shape[-1], 0, SHARP)
    return (
        PanelExport("Digits (PNG)", name, ".png", partial(export_grid, tiles, options=options)),
    )


def encodings_exports(
    encodings: Encodings, projection: FloatArray | None = None
) -> tuple[PanelExport, ...]:
    """The encodings in each kind of table; projection: (n, 2), what an embedding shows of them."""
    return tuple(
        PanelExport(
            f"Encodings ({suffix[1:].upper()})",
            "encodings",
            suffix,
            partial(write, encodings, projection=projection),
        )
        for suffix, write in ENCODING_TABLES.items()
    )


def _png(widget: QWidget) -> bytes:
    pixmap = QPixmap(widget.size() * SCALE)
    pixmap.setDevicePixelRatio(SCALE)
    widget.render(pixmap)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    return bytes(content.data())


def _svg(widget: QWidget, title: str) -> bytes:
    """Text and lines as vectors, digits as the pixels that they are."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(widget.rect()))
    generator.setTitle(title)
    with painting(generator) as painter:
        widget.render(painter, QPoint())
    return bytes(content.data())


def _write(content: bytes, path: Path) -> Job[Path]:
    yield Progress(0, None, "Writing")
    with atomic_write(path) as file:
        file.write(content)
    return path
