"""A figure as SVG: text and lines as vectors, images as the pixels that they are."""

import base64
import re
import zlib
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export import png
from vae_gui.core.export.figure import Box, Dots, Figure, Line, Raster, Shape, Text

FONTS = "'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
# XML has no way to write these.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_svg(figure: Figure) -> bytes:
    """One file that needs no other."""
    width, height = _number(figure.width), _number(figure.height)
    page = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "xmlns:xlink": "http://www.w3.org/1999/xlink",
            "width": width,
            "height": height,
            "viewBox": f"0 0 {width} {height}",
            "font-family": FONTS,
        },
    )
    SubElement(page, "title").text = _UNWRITABLE.sub(" ", figure.title)
    SubElement(page, "rect", {"width": width, "height": height, "fill": "#ffffff"})
    for shape in figure.shapes:
        _add(page, shape)
    ElementTree.indent(page, "")
    content: bytes = ElementTree.tostring(page, "utf-8", xml_declaration=True)
    return content


def _add(page: Element, shape: Shape) -> None:
    match shape:
        case Text():
            _add_text(page, shape)
        case Line():
            places = " ".join(f"{_number(x)},{_number(y)}" for x, y in shape.points.tolist())
            line = {"points": places, "fill": "none", "stroke": shape.color}
            line |= {"stroke-width": _number(shape.width), "stroke-linejoin": "round"}
            SubElement(page, "polyline", line)
        case Dots():
            group = {"fill": shape.color, "fill-opacity": _number(shape.opacity)}
            dots, radius = SubElement(page, "g", group), _number(shape.radius)
            for x, y in shape.points.tolist():
                SubElement(dots, "circle", {"cx": _number(x), "cy": _number(y), "r": radius})
        case Box():
            fill = {"fill": shape.color, "fill-opacity": _number(shape.opacity)}
            SubElement(page, "rect", _rectangle(shape) | fill)
        case Raster():
            image = {"preserveAspectRatio": "none", "style": "image-rendering: pixelated"}
            image["xlink:href"] = "data:image/png;base64," + _png(shape.pixels)
            SubElement(page, "image", _rectangle(shape) | image)


def _add_text(page: Element, text: Text) -> None:
    x, y = _number(text.x), _number(text.y)
    attributes = {"x": x, "y": y, "fill": text.color, "font-size": _number(text.size)}
    if text.anchor != "start":
        attributes["text-anchor"] = text.anchor
    if text.turned:
        attributes["transform"] = f"rotate(-90 {x} {y})"
    SubElement(page, "text", attributes).text = _UNWRITABLE.sub(" ", text.text)


def _rectangle(shape: Box | Raster) -> dict[str, str]:
    return {name: _number(getattr(shape, name)) for name in ("x", "y", "width", "height")}


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _png(pixels: NDArray[np.uint8]) -> str:
    height, width = pixels.shape
    content = png.header(width, height)
    content += png.chunk(b"IDAT", zlib.compress(png.scanlines(pixels))) + png.chunk(b"IEND")
    return base64.b64encode(content).decode()
