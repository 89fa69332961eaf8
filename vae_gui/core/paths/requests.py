"""Questions about a path: how the image changes along it, and how far off the map its frames are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_gui.core.inference.requests import MAX_BATCH, Answering, Frozen
from vae_gui.core.paths.curves import Points
from vae_gui.core.paths.geodesic import geodesic
from vae_gui.core.paths.path import (
    LatentPath,
    Measured,
    frames_of,
    geodesic_path,
    measured_at,
    places_of,
)
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine
    from vae_gui.core.support.types import Z
    from vae_gui.core.vae.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Measure:
    """places: (n, latent_dim) along a way -> how the mean image changes along it."""

    places: Frozen

    @classmethod
    def of(cls, path: LatentPath) -> Measure:
        return cls(Frozen(places_of(path)))

    @property
    def images(self) -> int:
        return len(self.places)

    def answer(self, engine: Engine) -> Answering[Measured]:
        places: Points = self.places.array
        changes = np.zeros(len(places) - 1)
        for start in range(0, len(changes), MAX_BATCH):
            part = slice(start, start + MAX_BATCH)
            seen = engine.mean_images(places[start : start + MAX_BATCH + 1].astype(np.float32))
            changes[part] = np.linalg.norm(np.diff(seen.reshape(len(seen), -1), axis=0), axis=1)
            yield
        return measured_at(places, changes)


@dataclass(frozen=True, slots=True, eq=False)
class PathPlan:
    """What an export needs to know about a path. way: None for a shortest one that is still to be found.

    measured: None where it is not known and wanted, as `even_images` says.
    """

    stops: tuple[Z, ...]
    path: LatentPath | None
    measured: Measured | None = None
    even_images: bool = False


def planned_frames(snapshot: Snapshot, plan: PathPlan, frames: int) -> Job[Points]:
    """The frames of a path under this snapshot, with whatever of it is not known yet."""
    path = plan.path
    if path is None:
        found = yield from geodesic(snapshot, np.array(plan.stops), frames)
        path = geodesic_path(found.curve, len(plan.stops) - 1)
    measured = plan.measured
    if plan.even_images and measured is None:
        yield Progress(0, None, "Measuring the path")
        from vae_gui.core.inference.engine import answer

        measured = answer(snapshot, Measure.of(path))
    return frames_of(path, frames, measured if plan.even_images else None)
