"""Pictures of one model for a file: decoded from one snapshot, whatever is trained meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export import AnimationOptions, StripOptions, export_animation, export_strip
from vae_gui.core.heavy import heavy_imports
from vae_gui.core.paths import straight
from vae_gui.core.progress import Job
from vae_gui.core.requests import PART
from vae_gui.core.snapshot import Snapshot


def decoded(snapshot: Snapshot, z: NDArray[np.floating]) -> Iterator[NDArray[np.uint8]]:
    """The mean images (side, side) of z (n, latent_dim), one after the other."""
    with heavy_imports():
        from vae_gui.core.inference import Engine

    engine = Engine(snapshot)
    for start in range(0, len(z), PART):
        yield from engine.decode(z[start : start + PART].astype(np.float32))


def interpolation_animation(
    snapshot: Snapshot,
    a: NDArray[np.floating],
    b: NDArray[np.floating],
    path: Path,
    options: AnimationOptions,
) -> Job[Path]:
    """The straight way from a to b as an animation (A17); the suffix of `path` chooses the format."""
    z = straight(a, b, options.frames)
    return export_animation(decoded(snapshot, z), path, options)


def interpolation_strip(
    snapshot: Snapshot,
    a: NDArray[np.floating],
    b: NDArray[np.floating],
    frames: int,
    path: Path,
    options: StripOptions,
) -> Job[Path]:
    """The straight way from a to b as one picture."""
    images = np.stack(list(decoded(snapshot, straight(a, b, frames))))
    return export_strip(images, path, options)
