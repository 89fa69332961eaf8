"""A figure as a few kinds of shapes on a white page; `figure_svg` and `figure_png` draw the same ones.

Places and sizes are in points of the page, from its upper left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

INK, MUTED, FRAME, GRID = "#1a1c21", "#535b67", "#8d95a1", "#e3e5ea"
ACCENT, FAINT_ACCENT, ORANGE = "#4450d0", "#9aa1e6", "#c46200"
TEXT, TITLE = 11.0, 13.0
Points = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Text:
    """y: of the line that the letters stand on. turned: reads upwards."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "middle"
    color: str = INK
    size: float = TEXT
    turned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """points: (n, 2), from one to the next."""

    points: Points
    color: str
    width: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Dots:
    """points: (n, 2), the middles."""

    points: Points
    color: str
    radius: float
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    color: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """pixels: (h, w) greys, each a sharp rectangle of the page."""

    pixels: NDArray[np.uint8]
    x: float
    y: float
    width: float
    height: float


Shape = Text | Line | Dots | Box | Raster


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """shapes: in the order in which they are drawn. title: for who cannot see it."""

    title: str
    width: float
    height: float
    shapes: Sequence[Shape]
