"""Requests about a latent path: how far the image changes along it, and its frames for an export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_gui.core.inference.requests import MAX_BATCH, Answering, Frozen
from vae_gui.core.paths import PathEntry
from vae_gui.core.paths.curves import Points
from vae_gui.core.paths.path import LatentPath, MeasuredPath, frames_of, measured_at, places_of
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine
    from vae_gui.core.support.types import Z
    from vae_gui.core.vae.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Measure:
    """places: (n, latent_dim) along a path -> how the mean image changes along it."""

    places: Frozen

    @classmethod
    def of(cls, path: LatentPath) -> Measure:
        return cls(Frozen(places_of(path)))

    @property
    def cost(self) -> int:
        return len(self.places)

    def answer(self, engine: Engine) -> Answering[MeasuredPath]:
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
    """All that an export needs to know about a path. path: None for one that has yet to be searched for.

    measured: None where it is not known and wanted, as `even_images` says.
    """

    entry: PathEntry
    stops: tuple[Z, ...]
    path: LatentPath | None
    measured: MeasuredPath | None = None
    even_images: bool = False


def planned_frames(snapshot: Snapshot, plan: PathPlan, frames: int) -> Job[Points]:
    """The frames of a path under this snapshot, with whatever of it is not known yet."""
    path = plan.path
    if path is None:
        assert plan.entry.search is not None
        path = yield from plan.entry.search(snapshot, plan.stops, frames)
    measured = plan.measured
    if plan.even_images and measured is None:
        yield Progress(0, None, "Measuring the path")
        from vae_gui.core.inference.engine import answer

        measured = answer(snapshot, Measure.of(path))
    return frames_of(path, frames, measured if plan.even_images else None)
