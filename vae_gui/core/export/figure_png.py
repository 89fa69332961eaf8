"""A figure as pixels. Pillow draws without smooth edges: everything is drawn larger and reduced once."""

import io
from typing import TYPE_CHECKING

from vae_gui.core.export.figure import Box, Dots, Figure, Line, Raster, Shape, Text
from vae_gui.core.export.fonts import label_font, written
from vae_gui.core.support.imports import import_lock

if TYPE_CHECKING:
    from PIL.Image import Image

SCALE, LARGER = 2, 2  # pixels of a point of the page, and what is drawn for each of them
_DRAWN = SCALE * LARGER


def to_png(figure: Figure) -> bytes:
    """SCALE pixels for each point of the page."""
    with import_lock():
        from PIL import Image

    size = round(figure.width * _DRAWN), round(figure.height * _DRAWN)
    page = Image.new("RGB", size, "#ffffff")
    for shape in figure.shapes:
        _draw(page, shape)
    content = io.BytesIO()
    page.reduce(LARGER).save(content, "PNG")
    return content.getvalue()


def _draw(page: "Image", shape: Shape) -> None:
    from PIL import Image, ImageDraw

    canvas = ImageDraw.Draw(page, "RGBA")
    match shape:
        case Text():
            _draw_text(page, shape)
        case Line():
            points = [tuple(point) for point in (shape.points * _DRAWN).tolist()]
            width = max(1, round(shape.width * _DRAWN))
            canvas.line(points, shape.color, width, joint="curve")
        case Dots():
            radius, ink = shape.radius * _DRAWN, _ink(shape.color, shape.opacity)
            for x, y in (shape.points * _DRAWN).tolist():
                canvas.ellipse((x - radius, y - radius, x + radius, y + radius), ink)
        case Box():
            left, top, right, bottom = _corners(shape)
            canvas.rectangle((left, top, right - 1, bottom - 1), _ink(shape.color, shape.opacity))
        case Raster():
            left, top, right, bottom = _corners(shape)
            tile = Image.fromarray(shape.pixels).resize(
                (right - left, bottom - top), Image.Resampling.NEAREST
            )
            page.paste(tile, (left, top))


def _draw_text(page: "Image", text: Text) -> None:
    from PIL import Image, ImageDraw

    font = label_font(text.size * _DRAWN)
    words, anchor = (
        written(text.text, font),
        {"start": "ls", "middle": "ms", "end": "rs"}[text.anchor],
    )
    place = text.x * _DRAWN, text.y * _DRAWN
    if not text.turned:
        ImageDraw.Draw(page).text(place, words, text.color, font, anchor=anchor)
        return
    mask = Image.new("L", (page.height, page.width))  # as the page is seen from its left side
    turned = (page.height - place[1], place[0])
    ImageDraw.Draw(mask).text(turned, words, 255, font, anchor=anchor)
    page.paste(text.color, (0, 0), mask.transpose(Image.Transpose.ROTATE_90))


def _ink(color: str, opacity: float) -> tuple[int, int, int, int]:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue, round(255 * opacity)


def _corners(shape: Box | Raster) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom in whole pixels, so that neighbours meet."""
    sides = shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    left, top, right, bottom = (round(side * _DRAWN) for side in sides)
    return left, top, right, bottom
