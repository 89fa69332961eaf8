"""The drawing of the lessons: its words stand clear of its lines and of each other, and within it."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from vae_gui.resources import resources_dir

DRAWING = (resources_dir() / "lessons" / "vae.svg").read_text(encoding="utf-8")
OPEN, *ELEMENTS = re.findall(r"<svg[^>]*>|<text.*?</text>|<[a-z]+[^>]*/>", DRAWING)
SCALE, MARGIN = 4, 4  # pixels for a unit, and pixels that stay clear


def ink(*elements: str) -> np.ndarray:
    """Whether each pixel is painted: (h, w) bool, with a margin all round."""
    renderer = QSvgRenderer(QByteArray((OPEN + "".join(elements) + "</svg>").encode()))
    size = SCALE * renderer.viewBoxF().size().toSize()
    image = QImage(size, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return pixels[:, : image.width()] < 255


def test_all_of_the_drawing_is_looked_at(qapp) -> None:
    assert sum(element.startswith("<text") for element in ELEMENTS) == 3
    assert np.array_equal(ink(*ELEMENTS), ink(DRAWING.removeprefix(OPEN).removesuffix("</svg>\n")))


@pytest.mark.parametrize("word", ["encoder", "z ~ N", "decoder"])
def test_a_word_touches_nothing_else(qapp, word: str) -> None:
    (text,) = (element for element in ELEMENTS if word in element)
    rows, columns = np.nonzero(ink(text))
    height, width = ink(text).shape
    assert rows.min() > 0 and rows.max() < height - 1
    assert columns.min() > 0 and columns.max() < width - 1
    others = ink(*(element for element in ELEMENTS if element is not text))
    box = (
        slice(max(0, rows.min() - MARGIN), rows.max() + MARGIN),
        slice(max(0, columns.min() - MARGIN), columns.max() + MARGIN),
    )
    assert not others[box].any()
