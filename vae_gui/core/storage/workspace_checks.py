"""Checks of a workspace before it is saved and after it is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.density import AggregatedPosterior
from vae_gui.core.paths import PATHS
from vae_gui.core.state.latent import MAX_KEYFRAMES, SPACINGS, LatentState
from vae_gui.core.storage.workspace_limits import (
    MAX_POINTS,
    MAX_TESTS,
    are_bounded,
    are_bounded_statistics,
    are_bounded_weights,
    are_near,
    are_on_canvas,
    has_bounded_steps,
    is_bounded_grid,
)
from vae_gui.core.storage.workspace_originals import check_originals
from vae_gui.core.support.json_values import require
from vae_gui.core.support.types import Z
from vae_gui.core.vae.config import MAX_STEPS
from vae_gui.core.vae.encodings import ClassStatistics, Encodings
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.snapshot import (
    ADAM_STATE,
    GROUP,
    SCALES,
    Arrays,
    Checkpoint,
    Snapshot,
    decoder_only,
    dense,
)
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline

if TYPE_CHECKING:
    from vae_gui.core.storage.workspace import Workspace

_MAX_FRAMES = 1000
_MAX_MOMENTS = 1_000_000
_MAX_PANELS = 200
_MAX_NAME_LENGTH = 100  # of a panel


def check(workspace: Workspace) -> None:
    """Raise ValueError for what contradicts itself, so that nothing is saved that would not load."""
    checkpoint = workspace.checkpoint
    snapshot = checkpoint.snapshot
    latent_dim = checkpoint.config.model.latent_dim
    sides = MODELS[checkpoint.config.model.architecture].sides
    require(not sides or snapshot.model.side in sides, "the model has images of another size")
    require(len(snapshot.weights) > 0, "the model has no weights")
    require(checkpoint.epochs_without_improvement <= MAX_STEPS, "the run is too long")
    _check_weights(checkpoint)
    require(_finite(*checkpoint.optimizer.values()), "the optimizer's state is not finite")
    _check_optimizer(checkpoint)
    if workspace.latent is not None:
        _check_latent(workspace.latent, latent_dim)
    if workspace.history is not None:
        history = workspace.history
        for rows in (history.steps, history.tests, history.exact):
            require(rows.ndim == 2 and rows.shape[1] == 4, "the curves are not rows of four")
            require(has_bounded_steps(rows), "the curves lie too far out")
        require(len(workspace.history.tests) <= MAX_TESTS, "there are too many evaluations")
    if workspace.encodings is not None:
        _check_encodings(workspace.encodings, latent_dim)
    if workspace.statistics is not None:
        _check_statistics(workspace.statistics, latent_dim)
    if workspace.timeline is not None:
        _check_timeline(workspace.timeline, snapshot)
    if workspace.originals is not None:
        check_originals(workspace.originals, checkpoint.config.model.side)
    if workspace.bookmarks is not None:
        of_model = workspace.bookmarks.latent_dim == latent_dim
        require(of_model, "the bookmarks are of another model")
    _check_panel_names((*workspace.ui_state.open_panels, *workspace.ui_state.in_front))
    if workspace.density is not None:
        require(latent_dim == 2, "a density needs two latent dimensions")
        _check_density(workspace.density)


def _check_panel_names(names: Sequence[str]) -> None:
    require(len(names) <= _MAX_PANELS, "there are too many panels")
    require(all(len(name) <= _MAX_NAME_LENGTH for name in names), "the name of a panel is too long")


def _check_weights(checkpoint: Checkpoint) -> None:
    snapshot = checkpoint.snapshot
    for other, name, like in (
        (snapshot, "", snapshot),
        (checkpoint.best, "best ", snapshot),
        (checkpoint.last, "last ", snapshot),
        (checkpoint.e_step, "E-step's ", decoder_only(snapshot)),
    ):
        if other is not None:
            require(other.step <= MAX_STEPS, "the run is too long")
            require(other.model == checkpoint.config.model, "the weights are of another model")
            require(other.run_id == snapshot.run_id, f"the {name}weights are of another run")
            require(_finite(*other.weights.values()), "the weights are not finite")
            require(are_bounded_weights(other.weights), "the weights lie too far out")
            alike = _layout(other.weights) == _layout(like.weights)
            require(alike, f"the {name}weights are of another model")


def _check_optimizer(checkpoint: Checkpoint) -> None:
    """Check the optimizer's state as far as that is possible without the model; `core.vae.resume` compares the rest."""
    shapes = {array.shape for array in checkpoint.snapshot.weights.values()} | {()}
    known = {f"{name}.{i}" for name in ADAM_STATE for i in range(len(checkpoint.snapshot.weights))}
    for name, array in checkpoint.optimizer.items():
        fits = name in known and array.dtype == np.float32 and array.shape in shapes
        require(fits, "the optimizer's state is of another model")


def _check_latent(latent: LatentState, latent_dim: int) -> None:
    _check_points((latent.cursor, latent.a, latent.b, *latent.keyframes), latent_dim)
    _check_points(latent.freehand, latent_dim)
    require(len(latent.freehand) <= MAX_POINTS, "the path has too many points")
    require(all(0 <= axis < latent_dim for axis in latent.axes), "there is no such axis")
    require(2 <= latent.frames <= _MAX_FRAMES, "the strip has too many frames or too few")
    require(latent.path in PATHS and latent.spacing in SPACINGS, "there is no such path")
    require(len(latent.keyframes) <= MAX_KEYFRAMES, "there are too many keyframes")
    for lines in (latent.strokes, latent.unknown):
        require(len(lines) <= MAX_POINTS, "the drawing has too many points")
        drawn = [point for stroke in lines for point in stroke]
        require(len(drawn) <= MAX_POINTS, "the drawing has too many points")
        _check_points(drawn, 2)
        require(are_on_canvas(lines), "the drawing lies beside the canvas")


def _check_points(points: Sequence[Z], latent_dim: int) -> None:
    require(all(len(z) == latent_dim for z in points), "a point z has another length")
    require(all(math.isfinite(value) for z in points for value in z), "a point z is not finite")
    require(are_near(points), "a point z lies too far out")


def _check_timeline(timeline: Timeline, newest: Snapshot) -> None:
    steps = [timeline_entry.step for timeline_entry in timeline.entries]
    fits = MIN_CAPACITY <= timeline.capacity <= _MAX_MOMENTS
    require(fits, "the timeline has no room or too much")
    require(0 < len(steps) <= timeline.capacity + 1, "the timeline has too many moments or none")
    require(max(steps) <= MAX_STEPS, "the run is too long")
    require(all(a < b for a, b in pairwise(steps)), "the moments are not in order")
    for timeline_entry in timeline.entries:
        snapshot = timeline_entry.snapshot
        of_run = (snapshot.run_id, snapshot.model) == (newest.run_id, newest.model)
        require(of_run, "a moment is of another run")
        require(_has_its_scales(snapshot), "the weights of a moment are not whole")
        weights = dense(snapshot).weights
        like = newest if snapshot.has_encoder else decoder_only(newest)
        require(
            _layout(weights) == _layout(like.weights),
            "the weights of a moment are of another model",
        )
        require(_finite(*weights.values()), "the weights of a moment are not finite")
        require(are_bounded_weights(weights), "the weights of a moment lie too far out")
        _check_encodings(timeline_entry.encodings, newest.model.latent_dim)


def _has_its_scales(snapshot: Snapshot) -> bool:
    """Say whether there is a scale for each group of the weights in 8 bits, and for nothing else."""
    numbers = {name: array for name, array in snapshot.weights.items() if array.dtype == np.int8}
    scales = {name: array for name, array in snapshot.weights.items() if name.endswith(SCALES)}
    return scales.keys() == {name + SCALES for name in numbers} and all(
        array.ndim == 2
        and scales[name + SCALES].dtype == np.float16
        and scales[name + SCALES].shape == (len(array), -(-array.shape[1] // GROUP))
        for name, array in numbers.items()
    )


def _layout(weights: Arrays) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Names, kinds and shapes; all floats are alike."""
    return {
        name: ("f" if array.dtype.kind == "f" else array.dtype.str, array.shape)
        for name, array in weights.items()
    }


def _check_encodings(encodings: Encodings, latent_dim: int) -> None:
    mu, logvar, labels = encodings.mu, encodings.logvar, encodings.labels
    require(mu.ndim == 2 and mu.shape[1] == latent_dim, "the encodings are of another model")
    require(logvar is None or logvar.shape == mu.shape, "the encodings do not belong together")
    require(_finite(mu) and (logvar is None or _finite(logvar)), "the encodings are not finite")
    require(are_bounded(encodings), "the encodings lie too far out")
    if labels is not None:
        require(labels.shape == mu.shape[:1], "there is not one label for each encoding")
        named = bool(np.all((labels >= 0) & (labels < len(encodings.class_names))))
        require(named, "a label has no name")


def _check_statistics(statistics: ClassStatistics, latent_dim: int) -> None:
    names, count = statistics.class_names, statistics.count
    require(count.shape == (len(names),), "there is not one count for each class")
    require(bool((count >= 0).all()), "a class has a negative count")
    for item in fields(ClassStatistics):
        if item.name not in ("class_names", "count"):
            array: NDArray[np.float32] = getattr(statistics, item.name)
            of_model = array.shape == (len(names), latent_dim)
            require(of_model, "the classes' statistics are of another model")
            require(_finite(array), "the classes' statistics are not finite")
    require(are_bounded_statistics(statistics), "the classes' statistics lie too far out")


def _check_density(density: AggregatedPosterior) -> None:
    x0, x1, y0, y1 = density.extent
    require(x0 < x1 and y0 < y1, "the density covers no area")
    require(density.log_density.size > 0 and _finite(density.log_density), "the density is broken")
    require(is_bounded_grid(density), "the density lies too far out")


def _finite(*arrays: NDArray[np.generic]) -> bool:
    floats = (array for array in arrays if isinstance(array.dtype.type(), np.floating))
    return all(bool(np.isfinite(array.astype(np.float64)).all()) for array in floats)
