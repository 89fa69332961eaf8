"""A path or a drag of the cursor as a file: found, spaced and decoded under one snapshot (A17, C4)."""

from pathlib import Path

import numpy as np

from vae_gui.core.drag import Drag
from vae_gui.core.export import AnimationOptions, StripOptions, export_strip
from vae_gui.core.path_requests import PathPlan, planned_frames
from vae_gui.core.paths import Points
from vae_gui.core.progress import Job
from vae_gui.core.render import animation, decoded
from vae_gui.core.snapshot import Snapshot

Walk = PathPlan | Drag


def walk_animation(
    snapshot: Snapshot, walk: Walk, path: Path, options: AnimationOptions
) -> Job[Path]:
    """An animation; the suffix of `path` chooses the format."""
    z = yield from _points(snapshot, walk, options.frames)
    return (yield from animation(snapshot, z, path, options))


def walk_strip(
    snapshot: Snapshot, walk: Walk, frames: int, path: Path, options: StripOptions
) -> Job[Path]:
    """One picture."""
    z = yield from _points(snapshot, walk, frames)
    return (yield from export_strip(np.stack(list(decoded(snapshot, z))), path, options))


def _points(snapshot: Snapshot, walk: Walk, frames: int) -> Job[Points]:
    if isinstance(walk, Drag):
        return walk.frames(frames)
    return (yield from planned_frames(snapshot, walk, frames))
