"""The curves of a run as a figure: each batch faint, the test images as points."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.axes import Axes, Range
from vae_gui.core.export.figure import (
    FAINT_ACCENT,
    MUTED,
    ORANGE,
    TEXT,
    TITLE,
    Dots,
    Figure,
    Line,
    Shape,
    Text,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.history import COLUMNS, HistoryRows, means_of_neighbours
from vae_gui.core.vae.loss_terms import only_term, unit

# What each plot sums.
OF_VAE = {
    "Objective": ("loss",),
    "−ELBO": ("reconstruction", "kl"),
    "Reconstruction": ("reconstruction",),
    "KL": ("kl",),
}
PLOT_WIDTH, PLOT_HEIGHT = 300.0, 190.0
LEFT, RIGHT, TOP, BELOW, HEAD = 60.0, 24.0, 30.0, 50.0, 34.0
MAX_POINTS = 1500
SETTLED = 0.1  # share of a run after which its values set the scale
Column = NDArray[np.float64]


def curve_figure(history: HistoryRows, model: ModelConfig, title: str) -> Figure:
    """Two plots a row; one for a plain autoencoder. Raises UserError where no step is known."""
    if not len(history.steps):
        raise UserError("This model has no curves: no step of its run is known.")
    term = only_term(model)
    plots: Mapping[str, tuple[str, ...]] = (
        OF_VAE if term is None else {term.capitalize(): ("reconstruction",)}
    )
    columns = min(2, len(plots))
    rows = -(-len(plots) // columns)
    across, down = LEFT + PLOT_WIDTH + RIGHT, TOP + PLOT_HEIGHT + BELOW
    shapes: list[Shape] = [Text(LEFT, 24, title, "start", size=TITLE)]
    shapes += _key(LEFT + columns * across - across + PLOT_WIDTH)
    for index, (name, of) in enumerate(plots.items()):
        row, column = divmod(index, columns)
        place = LEFT + column * across, HEAD + TOP + row * down
        values = [
            _known(rows_, of, first) for rows_, first in ((history.steps, 0), (history.tests, 1))
        ]
        last = row == rows - 1
        shapes += _plot(name, values, place, unit(model), "step" if last else "")
    return Figure(title, columns * across, HEAD + rows * down, shapes)


def _key(right: float) -> list[Shape]:
    """Return the key to the marks, right-aligned at the head."""
    y = 24 - TEXT / 3
    return [
        Line(np.array([[right - 160, y], [right - 138, y]]), FAINT_ACCENT, 1.2),
        Text(right - 132, 24, "batches", "start", MUTED),
        Dots(np.array([[right - 74, y]]), ORANGE, 2.5),
        Text(right, 24, "test images", "end", MUTED),
    ]


def _plot(
    name: str,
    values: list[tuple[Column, Column]],
    place: tuple[float, float],
    of_y: str,
    of_x: str,
) -> list[Shape]:
    """values: steps and values of the batches, then of the test images."""
    (step, value), (test_step, test_value) = means_of_neighbours(*values[0], MAX_POINTS), values[1]
    reach = 0.0, max(1.0, float(step.max(initial=1)))
    axes = Axes(reach, _scale(value, test_value), *place, PLOT_WIDTH, PLOT_HEIGHT)
    shapes = [
        Text(place[0], place[1] - 10, name, "start"),
        *axes.shapes(of_x, of_y, most=5),
        *(Line(axes.at(x, y), FAINT_ACCENT, 1.2) for x, y in within(step, value, axes.y)),
    ]
    seen = (test_value >= axes.y[0]) & (test_value <= axes.y[1])
    tested = (Line(axes.at(x, y), ORANGE) for x, y in within(test_step, test_value, axes.y))
    return [*shapes, *tested, Dots(axes.at(test_step[seen], test_value[seen]), ORANGE, 2.5)]


def _known(rows: Column, names: tuple[str, ...], first: int) -> tuple[Column, Column]:
    """Steps from `first` on, and the sums that are numbers; the test images before training are on no curve."""
    values: Column = rows[:, [COLUMNS.index(name) for name in names]].sum(axis=1)
    known = np.isfinite(values) & (rows[:, 0] >= first)
    return rows[known, 0], values[known]


def _scale(value: Column, test_value: Column) -> Range:
    """The first steps of a run fall from far above; they do not set the scale."""
    settled = np.concatenate(
        (value[int(SETTLED * len(value)) :], test_value[len(test_value) // 2 :])
    )
    if not len(settled):
        return 0.0, 1.0
    low, high = float(settled.min()), float(settled.max())
    margin = max(0.05 * (high - low), 1e-3 * max(1.0, math.fabs(high)))
    return low - margin, high + margin


def within(x: Column, y: Column, limits: Range) -> list[tuple[Column, Column]]:
    """The pieces of a line (n,) that lie between two heights, cut where it crosses them."""
    for level in limits:
        before, after = y[:-1] - level, y[1:] - level
        (cut,) = np.nonzero(before * after < 0)
        share = before[cut] / (before[cut] - after[cut])
        x = np.insert(x, cut + 1, x[cut] + share * (x[cut + 1] - x[cut]))
        y = np.insert(y, cut + 1, level)
    inside = (y >= limits[0]) & (y <= limits[1])
    (edges,) = np.nonzero(np.diff(np.concatenate(([False], inside, [False])).astype(np.int8)))
    return [(x[a:b], y[a:b]) for a, b in edges.reshape(-1, 2).tolist()]
