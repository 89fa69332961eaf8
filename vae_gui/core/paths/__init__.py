"""The kinds of path from A to B, by name: straight, slerp, geodesic, freehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vae_gui.core.paths.path import (
    LatentPath,
    freehand_path,
    search_geodesic,
    slerp_path,
    straight_path,
)
from vae_gui.core.support.errors import UserError

if TYPE_CHECKING:
    from vae_gui.core.state.latent import LatentState
    from vae_gui.core.support.progress import Job
    from vae_gui.core.support.types import Z
    from vae_gui.core.vae.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class PathEntry:
    """One kind of path.

    build: the path at once. search: finds it as a job, where that takes long; until then `build` stands in.
    offered: whether it is there to compare. line: how it is drawn, one of LINES; label_at: where along it
    its name stands, 0 to 1. former_name: in files of earlier versions.
    """

    name: str
    title: str
    tip: str
    line: str
    label_at: float
    build: Callable[[LatentState], LatentPath]
    search: Callable[[Snapshot, tuple[Z, ...], int], Job[LatentPath]] | None = None
    offered: Callable[[LatentState], bool] = lambda _: True
    former_name: str = ""


LINES = ("dash", "dot", "dash-dot", "dash-dot-dot")
PATHS = {
    entry.name: entry
    for entry in (
        PathEntry(
            "straight", "Straight", "A line in z: linear interpolation", "dash", 0.5, straight_path
        ),
        PathEntry(
            "slerp",
            "Slerp",
            "Spherical interpolation: the direction turns evenly and the norm changes evenly",
            "dot",
            0.3,
            slerp_path,
            former_name="spherical",
        ),
        PathEntry(
            "geodesic",
            "Geodesic",
            "The locally shortest path: the decoded image changes least along it",
            "dash-dot",
            0.7,
            straight_path,
            search_geodesic,
            former_name="shortest",
        ),
        PathEntry(
            "freehand",
            "Freehand",
            "Drawn on the pad: P, then drag",
            "dash-dot-dot",
            0.85,
            freehand_path,
            offered=lambda latent: bool(latent.freehand) or latent.path == "freehand",
            former_name="by hand",
        ),
    )
}


def path_named(name: str) -> PathEntry:
    """Return the path with this name, now or in earlier versions; raises UserError where there is none."""
    for entry in PATHS.values():
        if name in (entry.name, entry.former_name):
            return entry
    raise UserError(f"There is no path “{name}”: choose one of {', '.join(PATHS)}.")
