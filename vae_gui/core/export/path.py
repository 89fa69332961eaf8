"""A path or a drag of the cursor as a file: found, spaced and decoded under one snapshot."""

from pathlib import Path

import numpy as np

from vae_gui.core.export.options import AnimationOptions, StripOptions
from vae_gui.core.export.render import animation, decoded
from vae_gui.core.export.writers import export_strip
from vae_gui.core.paths.curves import Points
from vae_gui.core.paths.requests import PathPlan, planned_frames
from vae_gui.core.state.drag import Drag
from vae_gui.core.support.progress import Job
from vae_gui.core.vae.snapshot import Snapshot

PathSource = PathPlan | Drag


def path_animation(
    snapshot: Snapshot, walk: PathSource, path: Path, options: AnimationOptions
) -> Job[Path]:
    """An animation; the suffix of `path` chooses the format."""
    z = yield from _points(snapshot, walk, options.frames)
    return (yield from animation(snapshot, z, path, options))


def path_picture(
    snapshot: Snapshot, walk: PathSource, frames: int, path: Path, options: StripOptions
) -> Job[Path]:
    """One picture."""
    z = yield from _points(snapshot, walk, frames)
    return (yield from export_strip(np.stack(list(decoded(snapshot, z))), path, options))


def _points(snapshot: Snapshot, walk: PathSource, frames: int) -> Job[Points]:
    if isinstance(walk, Drag):
        return walk.frames(frames)
    return (yield from planned_frames(snapshot, walk, frames))
