"""Figures of the latent space: the encodings, the manifold, and what a probe confuses."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.axes import BELOW, Axes, Range, number
from vae_gui.core.export.axes import LEFT as BESIDE
from vae_gui.core.export.figure import (
    ACCENT,
    MUTED,
    TEXT,
    TITLE,
    Box,
    Dots,
    Figure,
    Raster,
    Shape,
    Text,
)
from vae_gui.core.latent.grid import montage
from vae_gui.core.pictures.class_colors import class_color
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.types import Pixels
from vae_gui.core.vae.encodings import Encodings

LEFT, TOP, BELOW_PLOT, RIGHT = 62.0, 40.0, 50.0, 24.0
SIDE = 440.0  # of a square plot
MAX_CLASSES = 26  # that a legend names
OUTLIERS = 0.002  # of the encodings at each end of an axis
FAINTEST, RADIUS, OPACITY = 0.04, 1.7, 0.6
UPRIGHT, MAX_LETTERS = 3, 12  # letters of a name: over a column, and anywhere
CELL, LETTER = 34.0, 0.62  # of a confusion matrix; the width of a letter, as a share of its height


def scatter_figure(encodings: Encodings, dimensions: tuple[int, int], title: str) -> Figure:
    """μ of each image in two dimensions, from 0, by class. In one dimension the classes stand in rows."""
    x = encodings.mu[:, dimensions[0]]
    flat = encodings.latent_dim == 1
    labels = np.zeros(len(x), np.int16) if encodings.labels is None else encodings.labels
    y = -labels.astype(np.float32) if flat else encodings.mu[:, dimensions[1]]
    axes = Axes(*_alike(_reach(x), _reach(y), even=not flat), LEFT, TOP, SIDE, SIDE)
    names = f"z{dimensions[0] + 1}", "" if flat else f"z{dimensions[1] + 1}"
    count = len(encodings.class_names)
    colors = [class_color(i, count, dark=False) for i in range(count)] or [ACCENT]
    shapes: list[Shape] = [Text(LEFT, 24, title, "start", size=TITLE), *axes.shapes(*names)]
    seen = (x >= axes.x[0]) & (x <= axes.x[1]) & (y >= axes.y[0]) & (y <= axes.y[1])
    shapes += (
        Dots(axes.at(x[part], y[part]), colors[labels[part[0]]], RADIUS, OPACITY)
        for part in _in_turns(labels, seen)
    )
    legend, width = _legend(encodings.class_names, colors, LEFT + SIDE + RIGHT)
    return Figure(title, LEFT + SIDE + RIGHT + width, TOP + SIDE + BELOW_PLOT, [*shapes, *legend])


def manifold_figure(
    tiles: Pixels,
    places: tuple[Sequence[float], Sequence[float]],
    names: tuple[str, str],
    title: str,
) -> Figure:
    """Decoded images, each over the z that it is of.

    tiles: (rows, columns, side, side), row 0 at the top. places: z of the columns, and of the rows from the
    top down. names: of both axes, the second empty where there is one row.
    """
    rows, columns = tiles.shape[:2]
    tile = SIDE / max(rows, columns)
    width, height = columns * tile, rows * tile
    picture = montage(tiles.reshape(-1, *tiles.shape[2:]), columns)
    axes = Axes((0, columns), (0, rows), LEFT, TOP, width, height)
    shapes: list[Shape] = [
        Text(LEFT, 24, title, "start", size=TITLE),
        Raster(picture, LEFT, TOP, width, height),
        *axes.names(*names),
    ]
    for index in _some(columns):
        x = LEFT + (index + 0.5) * tile
        shapes.append(Text(x, TOP + height + BELOW, number(places[0][index], 2), color=MUTED))
    for index in _some(rows) if names[1] else ():
        y = TOP + (index + 0.5) * tile + TEXT / 3
        shapes.append(Text(LEFT - BESIDE, y, number(places[1][index], 2), "end", MUTED))
    return Figure(title, LEFT + width + RIGHT, TOP + height + BELOW_PLOT, shapes)


def confusion_figure(counts: NDArray[np.int64], names: Sequence[str], title: str) -> Figure:
    """counts: (classes, classes), rows are the true class; a cell is as dark as its share of the row."""
    count = len(names)
    shown = [_short(name) for name in names]
    left, long = 40 + _width(shown), max(map(len, shown)) > UPRIGHT
    top = TOP + TEXT + (_width(shown) if long else 14 + TEXT)
    shapes: list[Shape] = [
        Text(30, 24, title, "start", size=TITLE),
        Text(left + count * CELL / 2, TOP + TEXT, "predicted class"),
        Text(20, top + count * CELL / 2, "true class", turned=True),
    ]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for row, name in enumerate(shown):
        middle = top + (row + 0.5) * CELL + TEXT / 3
        shapes.append(Text(left - BESIDE, middle, name, "end"))
        x = left + (row + 0.5) * CELL
        above = Text(x + TEXT / 3, top - 6, name, "start", turned=True)
        shapes.append(above if long else Text(x, top - 6, name))
        for column in range(count):
            x, share = left + column * CELL, float(shares[row, column])
            shapes.append(
                Box(x, top + row * CELL, CELL - 1, CELL - 1, ACCENT, max(FAINTEST, share))
            )
            if counts[row, column]:
                ink = "#ffffff" if share > 0.5 else MUTED
                cell = number(int(counts[row, column]))
                shapes.append(
                    Text(x + (CELL - 1) / 2, middle, cell, color=ink, size=_fitting(cell))
                )
    width = max(left + count * CELL, 30 + LETTER * TITLE * len(title)) + RIGHT
    return Figure(title, width, top + count * CELL + RIGHT, shapes)


def _legend(names: Sequence[str], colors: Sequence[str], left: float) -> tuple[list[Shape], float]:
    """Classes from the top down, and the width that they take; nothing where there are none or too many."""
    if not 0 < len(names) <= MAX_CLASSES:
        return [], 0.0
    shapes: list[Shape] = []
    for row, (name, color) in enumerate(zip(names, colors, strict=True)):
        y = TOP + 8 + row * 1.5 * TEXT
        shapes.append(Dots(np.array([[left, y]]), color, 4))
        shapes.append(Text(left + 10, y + TEXT / 3, _short(name), "start"))
    return shapes, _width([_short(name) for name in names]) + RIGHT


def _in_turns(labels: NDArray[np.int16], seen: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """The points that are seen by class, each class in several parts that take turns: none hides another."""
    (index,) = np.nonzero(seen)
    parts = np.array_split(index, max(1, min(16, len(index) // 100)))
    return [part[labels[part] == label] for part in parts for label in np.unique(labels[part])]


def _reach(values: NDArray[np.floating]) -> Range:
    """Return the range of the values without outliers, with a margin; raises UserError where no value is finite."""
    known = values[np.isfinite(values)]
    if not len(known):
        raise UserError("No encoding of this model is a number: train at a lower learning rate.")
    low, high = (float(value) for value in np.quantile(known, (OUTLIERS, 1 - OUTLIERS)))
    margin = max(0.04 * (high - low), 0.05)
    return low - margin, high + margin


def _alike(x: Range, y: Range, *, even: bool) -> tuple[Range, Range]:
    """even: one unit is as long along both axes."""
    if not even:
        return x, y
    half = max(x[1] - x[0], y[1] - y[0]) / 2
    (a, b) = sum(x) / 2, sum(y) / 2
    return (a - half, a + half), (b - half, b + half)


def _some(count: int) -> range:
    """Return at most seven of `count` cells, evenly spaced from the first."""
    return range(0, count, max(1, -(-(count - 1) // 6)))


def _width(names: Sequence[str]) -> float:
    """Estimate the width that the names need, one below the other."""
    return 16 + LETTER * TEXT * max(len(name) for name in names)


def _short(name: str) -> str:
    return name if len(name) <= MAX_LETTERS else f"{name[: MAX_LETTERS - 1]}…"


def _fitting(text: str) -> float:
    """The size of a text that has to fit in a cell."""
    return min(TEXT, (CELL - 4) / (LETTER * len(text)))
