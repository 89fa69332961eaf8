"""A few samples of a run's file, for who looks at it without opening it."""

from pathlib import Path

import numpy as np

from vae_gui.core.inference.requests import Decode, Frozen
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress, finish
from vae_gui.core.support.types import Pixels
from vae_gui.core.vae.snapshot import Snapshot

SAMPLES = 8


def preview_of_file(path: Path) -> Job[Pixels]:
    """(SAMPLES, side, side) uint8; raises UserError where the file cannot be read."""
    yield Progress(0, None, "Sampling")
    return (yield from preview(files.load(path).checkpoint.snapshot))


def preview(snapshot: Snapshot) -> Job[Pixels]:
    """Decoded samples of the prior, the same z for every model of a number of dimensions."""
    yield Progress(0, None, "Sampling")
    with import_lock():
        from vae_gui.core.inference.engine import Engine

    z = np.random.default_rng(0).normal(size=(SAMPLES, snapshot.model.latent_dim))
    return finish(Decode(Frozen(z.astype(np.float32))).answer(Engine(snapshot)))
