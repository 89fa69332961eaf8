"""Encodes a whole split as a job, with a model of its own from one snapshot."""

from vae_gui.core.datasets.base import Split
from vae_gui.core.inference.requests import MAX_BATCH, Encode, Frozen
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Snapshot


def encode(snapshot: Snapshot, split: Split, class_names: tuple[str, ...]) -> Job[Encodings]:
    """q(z|x) of every image of a split."""
    yield Progress(0, len(split), "Encoding the images")
    with import_lock():
        from vae_gui.core.inference.engine import Engine

    answering = Encode(Frozen(split.images)).answer(Engine(snapshot))
    done = 0
    while True:
        try:
            next(answering)
        except StopIteration as stop:
            mu, logvar = stop.value
            return Encodings(mu, logvar, split.labels, class_names)
        done = min(done + MAX_BATCH, len(split))
        yield Progress(done, len(split), "Encoding the images")
