"""Curves through the latent space: linear interpolation, slerp (spherical), keyframes, freehand; spacing by arc length.

Slerp follows White (2016), "Sampling Generative Networks".
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.progress import Job, Progress, finish
from vae_gui.core.support.types import Z

Points = NDArray[np.float64]
# (n, latent_dim) -> mean images (n, pixels), not rounded.
Images = Callable[[Points], NDArray[np.floating]]

REFINEMENT = 32
_NO_NORM = 1e-6
_NEAR_OPPOSITE = 1e-3  # radians
_BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """points: (n, latent_dim). note: what a person should know about it, a sentence or ""."""

    points: Points
    note: str = ""


def straight(a: NDArray[np.floating], b: NDArray[np.floating], points: int) -> Points:
    """Equal steps on the line from a to b, both included; (points, latent_dim)."""
    t = np.linspace(0.0, 1.0, points)[:, None]
    path: Points = (1 - t) * a + t * b
    return path


def slerp(a: NDArray[np.floating], b: NDArray[np.floating], points: int) -> Curve:
    """The direction turns evenly from a to b and the norm changes evenly.

    Straight, and the note says so, where a direction or the side to turn to is not defined.
    """
    norms = np.linalg.norm(a), np.linalg.norm(b)
    if min(norms) < _NO_NORM:
        return Curve(
            straight(a, b, points),
            "An end at the origin has no direction, so slerp is straight here.",
        )
    first, last = np.asarray(a, np.float64) / norms[0], np.asarray(b, np.float64) / norms[1]
    angle = 2 * np.arctan2(np.linalg.norm(last - first), np.linalg.norm(last + first))
    if np.pi - angle < _NEAR_OPPOSITE:
        return Curve(
            straight(a, b, points),
            "The ends lie opposite each other, so slerp is straight here.",
        )
    t = np.linspace(0.0, 1.0, points)[:, None]
    # np.sinc keeps the quotient of sines finite where the two directions are one.
    shares = [part * np.sinc(part * angle / np.pi) / np.sinc(angle / np.pi) for part in (1 - t, t)]
    path = ((1 - t) * norms[0] + t * norms[1]) * (shares[0] * first + shares[1] * last)
    path[0], path[-1] = a, b
    return Curve(path)


def through(keyframes: NDArray[np.floating], points: int, *, arcs: bool = False) -> Curve:
    """A path that stops at each of the keyframes (k, latent_dim), k >= 1.

    Steps are shared among the legs by their length, at least one each; so there are more than
    `points` points if there are more keyframes. arcs: slerp legs.
    """
    if len(keyframes) == 1:
        return Curve(np.repeat(np.asarray(keyframes, np.float64), points, axis=0))
    legs: list[Points] = []
    notes: dict[str, None] = {}
    lengths = np.linalg.norm(np.diff(keyframes, axis=0), axis=1)
    for leg, steps in enumerate(shared_steps(lengths, points - 1)):
        a, b = keyframes[leg], keyframes[leg + 1]
        path = slerp(a, b, steps + 1) if arcs else Curve(straight(a, b, steps + 1))
        legs.append(path.points[min(leg, 1) :])
        notes[path.note] = None
    return Curve(np.concatenate(legs), " ".join(filter(None, notes)))


def shared_steps(lengths: NDArray[np.floating], steps: int) -> list[int]:
    """Return the number of steps of each leg of a path: one, and its part of the rest by largest remainder."""
    spare = max(0, steps - len(lengths))
    total = lengths.sum()
    known = np.isfinite(total) and total > 0
    wanted = spare * (lengths / total if known else np.full(len(lengths), 1 / len(lengths)))
    taken = np.floor(wanted).astype(int)
    largest_remainders = np.argsort(taken - wanted, kind="stable")
    taken[largest_remainders[: spare - taken.sum()]] += 1
    return [1 + int(count) for count in taken]


def on_plane(stroke: NDArray[np.floating], start: Z, axes: tuple[int, int]) -> Points:
    """A stroke (m, 2) on the pad as points of the latent space: `start` with two dimensions replaced."""
    points = np.tile(np.asarray(start, np.float64), (len(stroke), 1))
    points[:, list(axes)] = stroke
    return points


def z_length(path: NDArray[np.floating]) -> float:
    """The sum of the steps in z."""
    return float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredCurve:
    """A polyline (m, latent_dim) along which the change of the image is known.

    fine: (n, latent_dim), the same polyline in smaller steps. changes: (n - 1,), the Euclidean
    distances of their images, of pixels in [0, 1].
    """

    points: Points
    fine: Points
    changes: NDArray[np.float64]

    @property
    def length(self) -> float:
        """Return the length of the image's way; not finite where an image is not."""
        return float(self.changes.sum())

    def evenly(self, points: int) -> Points:
        """Points on it between which the image changes equally; equal steps in z if it never does."""
        if np.isfinite(self.length) and self.length > 0:
            return _at_even_parts(self.fine, self.changes, points)
        return equal_z_spacing(self.points, points)


def measured(
    path: NDArray[np.floating], images: Images, times: int = REFINEMENT
) -> Job[MeasuredCurve]:
    """Measure how the image changes along the polyline (m, latent_dim), each step divided into `times`."""
    fine = refined(path, times)
    changes = [np.zeros(0)]
    for start in range(0, len(fine) - 1, _BLOCK):
        yield Progress(start, len(fine), "Measuring the path")
        seen = images(fine[start : start + _BLOCK + 1])
        changes.append(np.linalg.norm(np.diff(seen, axis=0), axis=1).astype(np.float64))
    return MeasuredCurve(np.asarray(path, np.float64), fine, np.concatenate(changes))


def image_length(path: NDArray[np.floating], images: Images, times: int = REFINEMENT) -> float:
    """The length of the image's way along the path, each step divided into `times`."""
    return finish(measured(path, images, times)).length


def equal_z_spacing(path: NDArray[np.floating], points: int) -> Points:
    """Points at equal steps along the polyline (m, latent_dim); a freehand path is spaced so too."""
    return _at_even_parts(path, np.linalg.norm(np.diff(path, axis=0), axis=1), points)


def refined(path: NDArray[np.floating], times: int) -> Points:
    """The same polyline with each of its steps divided into `times` equal ones."""
    t = (np.arange(times) / times)[:, None]
    inner = (1 - t) * path[:-1, None] + t * path[1:, None]  # (m - 1, times, latent_dim)
    return np.concatenate((inner.reshape(-1, path.shape[1]), path[-1:]))


def _at_even_parts(path: NDArray[np.floating], steps: NDArray[np.floating], points: int) -> Points:
    """Return the points where the sum of `steps` along the polyline reaches even parts of the whole; ends are exact."""
    way = np.concatenate(([0.0], np.cumsum(steps)))
    places = np.linspace(0.0, way[-1], points)
    result = np.stack([np.interp(places, way, column) for column in path.T], axis=1)
    result[0], result[-1] = path[0], path[-1]
    return result
