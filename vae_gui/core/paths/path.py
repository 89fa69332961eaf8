"""Latent paths from A to B through keyframes, and their frames at equal steps in z or of the image."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.paths.curves import Points, refined, shared_steps, slerp, z_length
from vae_gui.core.state.latent import LatentState
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job
from vae_gui.core.support.types import Z

if TYPE_CHECKING:
    from vae_gui.core.vae.snapshot import Snapshot

NOT_DRAWN = "Nothing is drawn yet: press P on the pad and drag."
SAME_POINT = "A and B are the same point: the path has length 0."
_ARC_STEPS = 64  # of a leg of slerp
_PLACES = 1024  # of a path at which the image is measured


@dataclass(frozen=True, slots=True, eq=False)
class LatentPath:
    """A polyline (m, latent_dim) from A to B.

    stops: the indices of A, of each keyframe and of B. note: what a person should know, or "".
    """

    line: Points
    stops: tuple[int, ...]
    note: str = ""

    @property
    def length(self) -> float:
        """Return the length in z."""
        return z_length(self.line)


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredPath:
    """The progress of a path, in z and in its images: both (n,), from 0 and never falling.

    z: parts of the path's length in z, up to 1. image: Euclidean distance of pixels in [0, 1].
    """

    z: NDArray[np.float64]
    image: NDArray[np.float64]

    @property
    def length(self) -> float:
        return float(self.image[-1])


def stops_of(latent: LatentState) -> tuple[Z, ...]:
    """A, the keyframes, B."""
    return latent.a, *latent.keyframes, latent.b


def straight_path(latent: LatentState) -> LatentPath:
    """Draw straight lines from stop to stop."""
    stops = stops_of(latent)
    note = SAME_POINT if len(set(stops)) == 1 else ""
    return LatentPath(np.array(stops, np.float64), tuple(range(len(stops))), note)


def slerp_path(latent: LatentState) -> LatentPath:
    """Slerp from stop to stop; a straight line where there is no arc, and the note says so."""
    stops = stops_of(latent)
    if len(set(stops)) == 1:
        return straight_path(latent)
    legs = [slerp(np.array(a), np.array(b), _ARC_STEPS + 1) for a, b in pairwise(stops)]
    line = np.concatenate([legs[0].points, *(leg.points[1:] for leg in legs[1:])])
    notes = dict.fromkeys(leg.note for leg in legs if leg.note)
    return LatentPath(line, tuple(_ARC_STEPS * stop for stop in range(len(stops))), " ".join(notes))


def search_geodesic(snapshot: Snapshot, stops: tuple[Z, ...], frames: int) -> Job[LatentPath]:
    """The shortest path from stop to stop that is found, of about so many points."""
    with import_lock():
        from vae_gui.core.paths.geodesic import geodesic
    found = yield from geodesic(snapshot, np.array(stops), frames)
    return LatentPath(found.curve, found.stops, found.note)


def freehand_path(latent: LatentState) -> LatentPath:
    """Drawn freehand, between A and B as they are; straight before anything is drawn."""
    if len(latent.freehand) < 2:
        return LatentPath(np.array([latent.a, latent.b], np.float64), (0, 1), NOT_DRAWN)
    line = np.array([latent.a, *latent.freehand[1:-1], latent.b], np.float64)
    return LatentPath(line, (0, len(line) - 1))


def frames_of(path: LatentPath, frames: int, measured: MeasuredPath | None = None) -> Points:
    """(n, latent_dim), each stop one of them; equal change of the image between stops where it is measured.

    n is `frames`, or more where there are more stops. `measured` may be of a path that was a little
    different: then the steps are nearly equal.
    """
    reached = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(path.line, axis=0), axis=1))))
    total = reached[-1]
    if total == 0:
        return np.repeat(path.line[:1], frames, axis=0)
    parts, stops = reached / total, np.array(path.stops)
    known = measured is not None and 0 < measured.length < np.inf
    z, image = (measured.z, measured.image) if measured and known else (parts, reached)
    ends = np.interp(parts[stops], z, image)
    steps = shared_steps(np.diff(ends), frames - 1)
    places = [
        np.interp(np.linspace(ends[leg], ends[leg + 1], count + 1)[1:], image, z)
        for leg, count in enumerate(steps)
    ]
    at = np.concatenate(([0.0], *places))
    points = np.stack([np.interp(at, parts, column) for column in path.line.T], axis=1)
    at_stops = np.concatenate(([0], np.cumsum(steps)))
    points[at_stops] = path.line[stops]
    return points


def places_of(path: LatentPath) -> Points:
    """Return the points at which to decode the image in order to measure the path: about 1024, (n, latent_dim)."""
    return refined(path.line, max(1, -(-_PLACES // (len(path.line) - 1))))


def measured_at(places: Points, changes: NDArray[np.floating]) -> MeasuredPath:
    """Measure a path by the image's change at each step between `places`, (n - 1,)."""
    z = np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1))
    total = z[-1] if z[-1] > 0 else 1.0
    image = np.concatenate(([0.0], np.cumsum(changes, dtype=np.float64)))
    return MeasuredPath(np.concatenate(([0.0], z / total)), image)


def keyframe_leg(stops: tuple[Z, ...], z: Z) -> int:
    """Return the index of the stop after which a new keyframe is the least detour."""
    points, new = np.array(stops), np.array(z)
    to_new = np.linalg.norm(points - new, axis=1)
    legs = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return int(np.argmin(to_new[:-1] + to_new[1:] - legs))
