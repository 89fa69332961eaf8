"""Locally shortest paths of the decoded image (Arvanitidis et al. 2018, "Latent Space Oddity").

The energy Σ‖Δx‖² of the mean image is minimised and not its length, which would bunch the points.
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
    Points,
    equal_image_spacing,
    image_length,
    shared_steps,
    straight,
)
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from torch import Tensor

    from vae_gui.core.vae.snapshot import Snapshot

# z: (n, latent_dim) float32 -> mean images (n, pixels) or (n, 1, side, side).
Decode = Callable[["Tensor"], "Tensor"]

SAME_POINT = "Both ends are the same point: the path has length 0."
NOT_SHORTER = "No shorter path was found near the straight line, so this is the straight line."

_STEPS = 64  # of the curve that is bent
_ROUNDS, _ITERATIONS = 40, 5
_LEAST_GAIN = 1e-3  # of the energy, in a round; beyond that the curve leaps between its points
_LEAST_SAVING = 1e-4  # of the straight line's length
_START_REFINEMENT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Geodesic:
    """A path along which the image changes least, and evenly.

    points: (n, latent_dim) frames, with equal change of the image from one to the next between two keyframes.
    curve: (m, latent_dim), the whole path as a polyline. length, straight_length: of the image's way
    along the curve and along the straight line through the same keyframes, each step refined 32 times.
    """

    points: Points
    curve: Points
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
    """Bend the straight line between each two keyframes until the energy of the image is least.

    The legs share the steps by their length, at least one each, so that every keyframe is a frame.
    """
    images = images_of(decode)
    legs: list[_Leg] = []
    for a, b in pairwise(keyframes):
        leg = yield from _leg(decode, images, a, b)
        legs.append(leg)
    shares = shared_steps(np.array([leg.length for leg in legs]), points - 1)
    frames = [
        equal_image_spacing(leg.curve, steps + 1, images)
        for leg, steps in zip(legs, shares, strict=True)
    ]
    notes = dict.fromkeys(leg.note for leg in legs if leg.note)
    return Geodesic(
        _joined(frames),
        _joined([leg.curve for leg in legs]),
        sum(leg.length for leg in legs),
        sum(leg.straight_length for leg in legs),
        " ".join(notes),
    )


def _joined(legs: list[Points]) -> Points:
    """One polyline; each leg begins where the one before ends."""
    return np.concatenate([legs[0], *(leg[1:] for leg in legs[1:])])


@dataclass(frozen=True, slots=True, eq=False)
class _Leg:
    """The way between two keyframes; the fields are those of a Geodesic."""

    curve: Points
    length: float
    straight_length: float
    note: str = ""


def _leg(
    decode: Decode, images: Images, a: NDArray[np.floating], b: NDArray[np.floating]
) -> Job[_Leg]:
    line = straight(a, b, _STEPS + 1)
    if np.array_equal(a, b):
        return _Leg(line, 0.0, 0.0, SAME_POINT)
    straight_length = image_length(line, images)
    yield Progress(0, _ROUNDS, "Looking for the geodesic")
    start = equal_image_spacing(line, _STEPS + 1, images, _START_REFINEMENT)
    curve = yield from _least_energy(decode, start)
    length = image_length(curve, images)
    if not length < straight_length * (1 - _LEAST_SAVING):
        return _Leg(line, straight_length, straight_length, NOT_SHORTER)
    return _Leg(curve, length, straight_length)


def _least_energy(decode: Decode, start: Points) -> Job[Points]:
    """L-BFGS on sine waves that are added to the start, (n, latent_dim); the ends stay.

    A wave's amplitude is divided by its frequency: so the energy of a flat space has the same
    curvature along all of them, and 10 to 40 evaluations do what takes 400 on the points themselves.
    """
    with import_lock():
        import torch

    steps = len(start) - 1
    path = torch.tensor(start, dtype=torch.float32)
    wave = torch.arange(1, steps)
    waves = torch.sin(torch.pi / steps * wave[:, None] * wave) / wave  # (steps - 1, steps - 1)
    amplitudes = torch.zeros(steps - 1, path.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [amplitudes], max_iter=_ITERATIONS, history_size=20, line_search_fn="strong_wolfe"
    )

    def bent() -> Tensor:
        return torch.cat((path[:1], path[1:-1] + waves @ amplitudes, path[-1:]))

    def energy() -> Tensor:
        optimizer.zero_grad()
        change = decode(bent()).flatten(1).diff(dim=0)
        value = steps * change.square().sum()
        torch.autograd.backward(value)
        return value.detach()

    before = float("inf")
    for done in range(_ROUNDS):
        now = float(optimizer.step(energy))  # type: ignore[no-untyped-call]  # as the round began
        if not before - now > _LEAST_GAIN * now:
            break
        before = now
        yield Progress(done + 1, _ROUNDS, "Looking for the geodesic")
    curve: Points = bent().detach().numpy().astype(np.float64)
    curve[0], curve[-1] = start[0], start[-1]
    return curve
