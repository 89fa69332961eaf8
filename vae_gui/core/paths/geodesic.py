"""Geodesics: locally shortest paths of the decoded image (Arvanitidis et al. 2018, "Latent Space Oddity").

In a plane the shortest path on a grid is straightened in a narrowing band. Elsewhere the straight line is bent: there
the energy Σ‖Δx‖² of the mean image is minimised and not its length, which would bunch the points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.paths.curves import (
    Images,
    MeasuredCurve,
    Points,
    image_length,
    measured,
    shared_steps,
    straight,
)
from vae_gui.core.paths.grid_geodesic import shortest_on_grid
from vae_gui.core.paths.narrowing_band import straightened
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from torch import Tensor

    from vae_gui.core.vae.snapshot import Snapshot

# z: (n, latent_dim) float32 -> mean images (n, pixels) or (n, 1, side, side).
Decode = Callable[["Tensor"], "Tensor"]

SAME_POINT = "Both ends are the same point: the path has length 0."
NOT_SHORTER = "No shorter path was found near the straight line, so this is the straight line."
NOT_FINITE = (
    "Images near the straight line, or their gradients, are not finite numbers, so this is the straight line: "
    "choose other ends, or weights of an earlier step."
)

_STEPS = 64  # of the curve that is bent
_ROUNDS, _ITERATIONS = 16, 3
_MIN_GAIN = 1e-3  # of the energy, in a round
_LEAP = 1.05  # times the best length: the energy falls on while the curve leaps between its points
_MIN_SAVING = 1e-4  # of the straight line's length
_ROUND_REFINEMENT = 4
_PLACES = 1536  # at which a curve is measured: within 0.01 % of the length at three times as many


@dataclass(frozen=True, slots=True, eq=False)
class Geodesic:
    """A path along which the image changes least, and evenly.

    points: (n, latent_dim) frames, with equal change of the image from one to the next between two keyframes.
    curve: (m, latent_dim), the whole path as a polyline. stops: where in it the keyframes are.
    length, straight_length: of the image's way along the curve and along the straight line through the same
    keyframes, each leg measured in a thousand steps or more.
    """

    points: Points
    curve: Points
    stops: tuple[int, ...]
    length: float
    straight_length: float
    note: str = ""


def geodesic(snapshot: Snapshot, keyframes: NDArray[np.floating], points: int) -> Job[Geodesic]:
    """The locally shortest path of this snapshot's mean image through keyframes (k, latent_dim), k >= 2."""
    yield Progress(0, None, "Preparing the decoder")
    return (yield from shortest(decoder_of(snapshot), keyframes, points))


def decoder_of(snapshot: Snapshot) -> Decode:
    """z -> E[x|z] by a model of its own, for one thread."""
    with import_lock():
        from vae_gui.core.vae.losses import mean_image
        from vae_gui.core.vae.models.base import restore

    model, likelihood = restore(snapshot), snapshot.model.likelihood
    return lambda z: mean_image(likelihood, model.decode(z))


def images_of(decode: Decode) -> Images:
    """The same decoder for arrays, without gradients."""
    with import_lock():
        import torch

    def images(z: Points) -> NDArray[np.floating]:
        with torch.no_grad():
            pixels: NDArray[np.float32] = decode(torch.tensor(z, dtype=torch.float32)).numpy()
        return pixels.reshape(len(z), -1)

    return images


def shortest(decode: Decode, keyframes: NDArray[np.floating], points: int) -> Job[Geodesic]:
    """Find the shortest path between each two keyframes.

    The legs share the steps by their length, at least one each, so that every keyframe is a frame.
    """
    images = images_of(decode)
    legs: list[_Leg] = []
    for a, b in pairwise(keyframes):
        leg = yield from _leg(decode, images, a, b)
        legs.append(leg)
    shares = shared_steps(np.array([leg.way.length for leg in legs]), points - 1)
    frames = [leg.way.evenly(steps + 1) for leg, steps in zip(legs, shares, strict=True)]
    notes = dict.fromkeys(leg.note for leg in legs if leg.note)
    return Geodesic(
        _joined(frames),
        _joined([leg.way.points for leg in legs]),
        (0, *np.cumsum([len(leg.way.points) - 1 for leg in legs]).tolist()),
        sum(leg.way.length for leg in legs),
        sum(leg.straight_length for leg in legs),
        " ".join(notes),
    )


def _joined(legs: list[Points]) -> Points:
    """One polyline; each leg begins where the one before ends."""
    return np.concatenate([legs[0], *(leg[1:] for leg in legs[1:])])


@dataclass(frozen=True, slots=True, eq=False)
class _Leg:
    """The way between two keyframes. straight_length, note: those of a Geodesic."""

    way: MeasuredCurve
    straight_length: float
    note: str = ""


def _leg(
    decode: Decode, images: Images, a: NDArray[np.floating], b: NDArray[np.floating]
) -> Job[_Leg]:
    points = straight(a, b, _STEPS // 2 + 1)
    if np.array_equal(a, b):
        return _Leg(MeasuredCurve(points, points, np.zeros(len(points) - 1)), 0.0, SAME_POINT)
    line = yield from measured(points, images)
    if not np.isfinite(line.length):
        return _Leg(line, line.length, NOT_FINITE)
    if len(a) == 2:
        curve, finite = yield from _on_plane(a, b, images)
    else:
        curve, finite = yield from _least_energy(decode, images, line.evenly(_STEPS + 1))
    way = yield from measured(curve, images, _PLACES // (len(curve) - 1))
    if way.length < line.length * (1 - _MIN_SAVING):
        return _Leg(way, line.length)
    return _Leg(line, line.length, NOT_SHORTER if finite else NOT_FINITE)


def _on_plane(
    a: NDArray[np.floating], b: NDArray[np.floating], images: Images
) -> Job[tuple[Points, bool]]:
    """The path that the grid finds, straightened, and whether there is one; else the straight line."""
    path = yield from shortest_on_grid(a, b, images)
    if path is None:
        return straight(a, b, 2), False
    return (yield from straightened(path, images)), True


def _least_energy(decode: Decode, images: Images, start: Points) -> Job[tuple[Points, bool]]:
    """The shortest of the curves on the way to the least energy, and whether all was finite.

    The last one is not always the shortest: see _LEAP.
    """
    with import_lock():
        from vae_gui.core.paths.curve_energy import CurveEnergy

    bending = CurveEnergy(decode, start, _ITERATIONS)
    best, least = start, image_length(start, images, _ROUND_REFINEMENT)
    before = float("inf")
    for done in range(_ROUNDS):
        yield Progress(done, _ROUNDS, "Looking for the geodesic")
        try:
            energy = bending.lower()
        except FloatingPointError:
            return best, False
        curve = bending.curve()
        length = image_length(curve, images, _ROUND_REFINEMENT)
        if not np.isfinite(length):
            return best, False
        if length < least:
            best, least = curve, length
        if length > _LEAP * least or not before - energy > _MIN_GAIN * energy:
            break
        before = energy
    return best, True
