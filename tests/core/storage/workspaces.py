"""Workspaces for the tests of the file format, and what makes two of them equal."""

import dataclasses
from collections.abc import Mapping

import numpy as np

from vae_gui.core.analysis.density import AggregatedPosterior
from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.config import HyperparameterChange, ModelConfig, RunConfig, TrainConfig
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.history import HistoryRows
from vae_gui.core.vae.random_streams import SHIFTED
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot

CONFIG = RunConfig(
    "recommended",
    "digits",
    ModelConfig(),
    TrainConfig(threads=1, seed=7),
    (HyperparameterChange(3, "beta", 0.5), HyperparameterChange(9, "learning_rate", 1e-4)),
    random_streams=SHIFTED,  # as in the kept file of before there was a second version
)


def full_workspace(seed: int = 0, width: int = 16) -> Workspace:
    """A workspace that uses every part of the format; `width` sets the size of its weights."""

    def numbers(*shape: int) -> np.ndarray:
        # Exact on every machine, because a kept file is compared with them.
        return ((np.arange(np.prod(shape)) * 37 + seed * 11) % 101 / 16 - 3).reshape(shape)

    def floats(*shape: int) -> np.ndarray:
        return numbers(*shape).astype(np.float32)

    weights = {
        "encoder.weight": floats(width, 8),
        "encoder.half": floats(width).astype(np.float16),
        "norm.num_batches_tracked": np.array(seed, np.int64),
    }
    best = {name: np.array(array) for name, array in weights.items()}
    optimizer = {"exp_avg.0": floats(width, 8), "step.0": np.array(12, np.float32)}
    checkpoint = Checkpoint(
        CONFIG,
        Snapshot(f"run-{seed}", 12, CONFIG.model, weights),
        optimizer,
        Snapshot(f"run-{seed}", 10, CONFIG.model, best),
        151.25,
        2,
    )
    return Workspace(
        title="Köln „5“ \U0001f600",
        checkpoint=checkpoint,
        latent=LatentState((0.1, -2.0), (1.0, 2.0), (3.0, 1e-9), (1, 0), 24),
        history=HistoryRows(numbers(9, 4), numbers(2, 4)),
        encodings=Encodings(
            floats(6, 2), floats(6, 2), np.arange(6, dtype=np.int16) % 3, ("zero", "one", "zwölf")
        ),
        density=AggregatedPosterior((-1.0, 1.0, -2.0, 2.5), floats(3, 4)),
    )


def small_workspace() -> Workspace:
    """No more than the format demands."""
    weights = {"decoder.bias": np.zeros(3, np.float32)}
    return Workspace("", Checkpoint(CONFIG, Snapshot("r", 0, CONFIG.model, weights), {}))


def same(a: object, b: object) -> bool:
    """Equal to the last bit, through dataclasses, mappings, tuples and arrays, but for what is made from the rest."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if dataclasses.is_dataclass(a) and type(a) is type(b):
        return all(
            same(getattr(a, field.name), getattr(b, field.name))
            for field in dataclasses.fields(a)
            if field.name != "thinned"
        )
    return type(a) is type(b) and a == b
