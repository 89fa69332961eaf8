"""Two axes with ticks at round numbers, and the places of data between them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.figure import FRAME, GRID, MUTED, TEXT, Line, Points, Shape, Text

Range = tuple[float, float]
BELOW, LEFT, NAME = 16.0, 6.0, 47.0  # of the numbers and of the name beside them, from the frame


@dataclass(frozen=True, slots=True)
class Axes:
    """x, y: what is shown, low to high. left, top, width, height: of the frame on the page."""

    x: Range
    y: Range
    left: float
    top: float
    width: float
    height: float

    def at(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> Points:
        """Data (n,) -> places on the page (n, 2)."""
        across = self.left + (x - self.x[0]) / (self.x[1] - self.x[0]) * self.width
        down = self.top + (self.y[1] - y) / (self.y[1] - self.y[0]) * self.height
        return np.column_stack((across, down))

    def shapes(self, x_name: str, y_name: str, most: int = 6) -> list[Shape]:
        """Grid, frame, numbers and names; without a name the y axis has no numbers. most: ticks of an axis, about."""
        right, bottom = self.left + self.width, self.top + self.height
        drawn: list[Shape] = []
        for value, label in ticks(*self.x, most):
            ((x, _),) = self.at(np.array([value]), np.array([self.y[0]])).tolist()
            drawn.append(_line((x, self.top), (x, bottom), GRID))
            drawn.append(Text(x, bottom + BELOW, label, color=MUTED))
        for value, label in ticks(*self.y, most) if y_name else ():
            ((_, y),) = self.at(np.array([self.x[0]]), np.array([value])).tolist()
            drawn.append(_line((self.left, y), (right, y), GRID))
            drawn.append(Text(self.left - LEFT, y + TEXT / 3, label, "end", MUTED))
        return [*drawn, *self.frame(), *self.names(x_name, y_name)]

    def frame(self) -> list[Shape]:
        """The left and the lower edge."""
        bottom = self.top + self.height
        return [
            _line((self.left, self.top), (self.left, bottom), FRAME),
            _line((self.left, bottom), (self.left + self.width, bottom), FRAME),
        ]

    def names(self, x_name: str, y_name: str) -> list[Shape]:
        """Return the names of the axes as shapes; an empty name is left out."""
        middle, bottom = self.left + self.width / 2, self.top + self.height
        names = [
            Text(middle, bottom + BELOW + 1.6 * TEXT, x_name),
            Text(self.left - NAME, self.top + self.height / 2, y_name, turned=True),
        ]
        return [name for name in names if name.text]


def ticks(low: float, high: float, most: int = 6) -> list[tuple[float, str]]:
    """Multiples of 1, 2 or 5 times a power of ten within a range, at most `most` + 1, with their labels."""
    least = (high - low) / most
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(index * step, number(index * step, decimals)) for index in range(first, last + 1)]


def number(value: float, decimals: int = 0) -> str:
    """Format a number with a true minus sign and spaces between thousands."""
    text = f"{value:,.{decimals}f}".replace(",", " ").replace("-", "−")
    return text[1:] if text.startswith("−") and float(text[1:].replace(" ", "")) == 0 else text


def _line(start: tuple[float, float], end: tuple[float, float], color: str) -> Line:
    return Line(np.array([start, end]), color)
