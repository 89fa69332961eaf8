"""The limits of the numbers in a workspace: a file with numbers beyond them is refused, and none is saved.

A number that a run can really reach is brought back to its limit before it is saved, so that no save is refused
for a point that was dragged far out or for an encoder that collapsed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.density import AggregatedPosterior
from vae_gui.core.datasets.io.idx import MAX_ITEMS
from vae_gui.core.datasets.own.pictures import MAX_CLASSES
from vae_gui.core.state.latent import LatentState, Stroke
from vae_gui.core.support.json_values import MAX_TEXT_LENGTH, writable
from vae_gui.core.support.types import Z
from vae_gui.core.vae.config import MAX_STEPS
from vae_gui.core.vae.encodings import FARTHEST, MAX_LOGVAR, ClassStatistics, Encodings
from vae_gui.core.vae.history import HistoryRows
from vae_gui.core.vae.snapshot import Arrays
from vae_gui.core.vae.timeline import Timeline

MAX_LOSS = 1e12  # nats per image
# Products of as many layers as a model has stay finite; a batch's statistics are of products and squares.
MAX_WEIGHT, MAX_STATISTIC = 1e6, 1e12
MAX_IMAGES = MAX_ITEMS  # whose encodings are kept: a data set has no more
MIN_STEP = -10.0  # a run begins with 0, but the kept samples of the format hold made-up curves
MAX_TESTS = 100_000  # evaluations, ten for each epoch of the longest run
MAX_POINTS = 20_000  # of a path by hand, and of a drawing
MAX_GRID = 4096  # rows and columns of a density
_MIN_EXTENT = 1e-6
_CANVAS = 10.0  # a drawing lies in 0…1; a pen may leave the canvas

if TYPE_CHECKING:
    from vae_gui.core.storage.workspace import Workspace

Scalar = TypeVar("Scalar", bound=np.floating)
Point = TypeVar("Point")


def within_limits(workspace: Workspace) -> Workspace:
    """Return the workspace as it is saved: every number within its limit."""
    title, latent, history = workspace.title, workspace.latent, workspace.history
    encodings, statistics = workspace.encodings, workspace.statistics
    timeline = workspace.timeline
    return replace(
        workspace,
        title=writable(
            title if len(title) <= MAX_TEXT_LENGTH else f"{title[: MAX_TEXT_LENGTH - 1]}…"
        ),
        latent=_bounded_latent(latent) if latent else None,
        history=_bounded_history(history) if history else None,
        encodings=_bounded_encodings(encodings) if encodings else None,
        statistics=_bounded_statistics(statistics) if statistics else None,
        timeline=None if timeline is None else _bounded_timeline(timeline),
    )


def _bounded_latent(latent: LatentState) -> LatentState:
    """Bring the points within reach, and thin a long path or drawing."""
    return replace(
        latent,
        cursor=_bounded_point(latent.cursor),
        a=_bounded_point(latent.a),
        b=_bounded_point(latent.b),
        keyframes=tuple(map(_bounded_point, latent.keyframes)),
        freehand=tuple(map(_bounded_point, _thinned(latent.freehand, len(latent.freehand)))),
        strokes=_bounded_strokes(latent.strokes),
        unknown=_bounded_strokes(latent.unknown),
    )


def _bounded_encodings(encodings: Encodings) -> Encodings:
    logvar = encodings.logvar
    return replace(
        encodings,
        mu=_bounded(encodings.mu, FARTHEST),
        logvar=None if logvar is None else _bounded(logvar, MAX_LOGVAR),
    )


def _bounded_statistics(statistics: ClassStatistics) -> ClassStatistics:
    return replace(
        statistics,
        mean_mu=_bounded(statistics.mean_mu, FARTHEST),
        spread_mu=_bounded(statistics.spread_mu, FARTHEST),
    )


def _bounded_timeline(timeline: Timeline) -> Timeline:
    entries = tuple(
        replace(entry, encodings=_bounded_encodings(entry.encodings)) for entry in timeline.entries
    )
    return replace(timeline, entries=entries)


def _bounded_history(history: HistoryRows) -> HistoryRows:
    steps, tests, exact = map(_bounded_losses, (history.steps, history.tests, history.exact))
    return HistoryRows(steps, tests, exact=exact)


def _bounded_losses(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """An infinite loss becomes the largest; one that is no number stays what it is."""
    if rows.ndim != 2 or not (np.abs(rows[:, 1:]) > MAX_LOSS).any():
        return rows
    bounded = rows.copy()
    np.clip(bounded[:, 1:], -MAX_LOSS, MAX_LOSS, out=bounded[:, 1:])
    return bounded


def _bounded(array: NDArray[Scalar], limit: float) -> NDArray[Scalar]:
    """Clip finite values to ± limit; those that are not finite are for the checks to refuse."""
    if not (np.abs(array) > limit).any():
        return array
    bounded = np.where(np.isfinite(array), np.clip(array, -limit, limit), array)
    return bounded.astype(array.dtype)


def _bounded_point(z: Z, limit: float = FARTHEST) -> Z:
    return tuple(min(max(value, -limit), limit) if math.isfinite(value) else value for value in z)


def _bounded_strokes(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    together = sum(map(len, strokes))
    return tuple(_bounded_stroke(stroke, together) for stroke in strokes)


def _bounded_stroke(stroke: Stroke, together: int) -> Stroke:
    bounded = tuple(_bounded_point(point, _CANVAS) for point in _thinned(stroke, together))
    return cast("Stroke", bounded)


def _thinned(points: Sequence[Point], together: int) -> Sequence[Point]:
    """Thin the points evenly, both ends included, so that of `together` few enough are left."""
    if together <= MAX_POINTS or len(points) < 3:
        return points
    most = max(2, len(points) * (MAX_POINTS // 2) // together)
    return [points[index] for index in np.linspace(0, len(points) - 1, most).astype(int)]


def are_near(points: Sequence[Z], limit: float = FARTHEST) -> bool:
    return all(abs(value) <= limit for z in points for value in z)


def are_on_canvas(strokes: Sequence[Stroke]) -> bool:
    return all(are_near(stroke, _CANVAS) for stroke in strokes)


def are_bounded_weights(weights: Arrays) -> bool:
    return all(
        _is_within(array, MAX_STATISTIC if "running_" in name else MAX_WEIGHT)
        for name, array in weights.items()
        if array.dtype.kind == "f"
    )


def are_bounded(encodings: Encodings) -> bool:
    mu, logvar = encodings.mu, encodings.logvar
    return (
        len(mu) <= MAX_IMAGES
        and _is_within(mu, FARTHEST)
        and (logvar is None or _is_within(logvar, MAX_LOGVAR))
        and len(encodings.class_names) <= MAX_CLASSES
    )


def has_bounded_steps(rows: NDArray[np.float64]) -> bool:
    """Tell whether a run can reach these steps, and its losses can be drawn."""
    steps, losses = rows[:, 0], rows[:, 1:]
    reached = bool(((steps >= MIN_STEP) & (steps <= MAX_STEPS)).all())
    return reached and bool((np.isnan(losses) | (np.abs(losses) <= MAX_LOSS)).all())


def is_bounded_grid(density: AggregatedPosterior) -> bool:
    x0, x1, y0, y1 = density.extent
    return (
        are_near([density.extent])
        and min(x1 - x0, y1 - y0) >= _MIN_EXTENT
        and max(density.log_density.shape) <= MAX_GRID
        and _is_within(density.log_density, FARTHEST)
    )


def are_bounded_statistics(statistics: ClassStatistics) -> bool:
    tables = (getattr(statistics, item.name) for item in fields(statistics))
    arrays = (table for table in tables if isinstance(table, np.ndarray))
    return len(statistics.class_names) <= MAX_CLASSES and all(
        _is_within(array, FARTHEST if array.dtype.kind == "f" else MAX_STEPS) for array in arrays
    )


def _is_within(array: NDArray[np.generic], limit: float) -> bool:
    return bool((np.abs(array.astype(np.float64)) <= limit).all())
