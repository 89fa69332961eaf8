"""The labels on the frames of a replay: the step, the axes of the plane, and the colours of the classes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.fonts import label_font, written
from vae_gui.core.export.options import SHARP, enlarge
from vae_gui.core.pictures.scatter import View
from vae_gui.core.support.imports import import_lock

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from vae_gui.core.export.fonts import Font

Pixels = NDArray[np.uint8]
Rgb = tuple[int, int, int]

MIN_FONT, FONT_SHARE = 9, 1 / 34  # pixels, and of the height of a frame
MARGIN = 0.6  # of the font's size
MAX_CLASSES = 26  # that a legend names


@dataclass(frozen=True, slots=True, eq=False)
class PlaneLabels:
    """axes: names, the second empty in one dimension. classes: names; colors: theirs, (classes, 3). ink: of text."""

    view: View
    axes: tuple[str, str]
    classes: tuple[str, ...]
    colors: Pixels
    ink: Rgb

    def draw(self, picture: Pixels, step: int) -> Pixels:
        """The picture (h, w, 3), row 0 at the top, with its labels."""
        with import_lock():
            from PIL import Image, ImageDraw

        image = Image.fromarray(picture)
        canvas, font = ImageDraw.Draw(image), font_of(len(picture))
        canvas.fontmode = "1"  # no shades between: a GIF has few colours
        _draw_step(canvas, font, step, self.ink)
        self._draw_axes(canvas, font)
        self._draw_legend(canvas, font)
        return np.asarray(image)

    def _draw_axes(self, canvas: "ImageDraw", font: "Font") -> None:
        """Whole numbers along the lower and the left edge, and the names at their ends."""
        view, size = self.view, _size(font)
        per_unit = view.width / (view.x1 - view.x0)
        for value in range(int(np.ceil(view.x0)) + 1, int(np.floor(view.x1))):
            x = (value - view.x0) * per_unit
            canvas.line((x, view.height - 4, x, view.height), self.ink)
            canvas.text((x, view.height - 6), _number(value, font), self.ink, font, anchor="ms")
        end = view.width - MARGIN * size, view.height - 2 * size
        canvas.text(end, self.axes[0], self.ink, font, anchor="rs")
        if not self.axes[1]:
            return
        for value in range(int(np.ceil(view.y0)) + 1, int(np.floor(view.y1))):
            y = (view.y1 - value) * view.height / (view.y1 - view.y0)
            if size * 3 < y < view.height - 2 * size:
                canvas.line((0, y, 4, y), self.ink)
                canvas.text((10, y), _number(value, font), self.ink, font, anchor="lm")
        canvas.text((MARGIN * size, 3.2 * size), self.axes[1], self.ink, font, anchor="ls")

    def _draw_legend(self, canvas: "ImageDraw", font: "Font") -> None:
        """Draw the legend down the right edge, the names at the right of their dots."""
        if not 0 < len(self.classes) <= MAX_CLASSES or len(self.classes) != len(self.colors):
            return
        size, names = _size(font), [written(name, font) for name in self.classes]
        widest = max(canvas.textlength(name, font) for name in names)
        x = self.view.width - widest - 2 * MARGIN * size - size
        for row, (name, color) in enumerate(zip(names, self.colors.tolist(), strict=True)):
            y = (row + 1.2) * 1.35 * size
            canvas.ellipse((x, y - size / 3, x + 2 * size / 3, y + size / 3), tuple(color))
            canvas.text((x + size, y), name, self.ink, font, anchor="lm")


def with_steps(frames: Iterable[Pixels], steps: Iterable[int], size: int) -> Iterator[Pixels]:
    """Frames of digits (side, side), enlarged to `size`, with their steps in a dark box in the corner."""
    with import_lock():
        from PIL import Image, ImageDraw

    font = font_of(size)
    for frame, step in zip(frames, steps, strict=True):
        image = Image.fromarray(enlarge(frame, size, SHARP))
        canvas = ImageDraw.Draw(image)
        box = canvas.textbbox(_corner(font), _step_text(step), font, anchor="ls")
        canvas.rectangle((0, 0, box[2] + box[0], box[3] + MARGIN * _size(font)), 0)
        _draw_step(canvas, font, step, 255)
        yield np.asarray(image)


def font_of(height: int) -> "Font":
    """Return the font for a frame of this height."""
    return label_font(max(MIN_FONT, round(height * FONT_SHARE)))


def _draw_step(canvas: "ImageDraw", font: "Font", step: int, ink: Rgb | int) -> None:
    canvas.text(_corner(font), _step_text(step), ink, font, anchor="ls")


def _corner(font: "Font") -> tuple[float, float]:
    return MARGIN * _size(font), 1.5 * _size(font)


def _step_text(step: int) -> str:
    return f"step {step:,}".replace(",", " ")


def _number(value: int, font: "Font") -> str:
    return written(str(value).replace("-", "−"), font)


def _size(font: "Font") -> float:
    return float(getattr(font, "size", MIN_FONT))
