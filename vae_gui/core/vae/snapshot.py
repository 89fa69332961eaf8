"""Snapshot and Checkpoint: immutable copies of a run's weights, free of torch so that every layer can hold one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.vae.config import ModelConfig, RunConfig

MAX_HALF = 65504.0
ENCODER = "encoder."  # how the names of its weights begin
ADAM_STATE = ("exp_avg", "exp_avg_sq", "step")  # of each parameter
SCALES = "/scales"  # how the names of what belongs to weights in 8 bits end
GROUP = 64  # of them share a scale
Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The whole state of a model (buffers too) after `step` optimizer steps.

    weights: the state_dict as arrays that nobody writes to; floating ones are float32 or float16. A matrix of int8
        is followed by its scales, float16 (rows, groups); see `core.vae.eight_bits`.
    """

    run_id: str
    step: int
    model: ModelConfig
    weights: Arrays

    @property
    def has_encoder(self) -> bool:
        """Say whether it can encode; a moment of a timeline may hold the decoder alone."""
        return any(name.startswith(ENCODER) for name in self.weights)

    @property
    def in_eight_bits(self) -> bool:
        """Say whether some of its weights are."""
        return any(name.endswith(SCALES) for name in self.weights)


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """All that a run needs to go on as if it had never stopped.

    snapshot: the weights that the run has to show. config: with every change of live hyperparameters so far.
    optimizer: its tensors, named `<one of ADAM_STATE>.<parameter index>`; empty where the run cannot be resumed.
    last: the weights that the optimizer's state belongs to, where patience chose earlier ones for `snapshot`.
    best: the weights with the lowest test loss so far and that loss, if patience is set.
    epochs_without_improvement: epochs since then.
    e_step: the decoder by whose exact posterior z is drawn, where the run stands within an epoch of exact EM.
    trained_on: the kinds of device that have trained it, in their order; empty where that is not known.
    """

    config: RunConfig
    snapshot: Snapshot
    optimizer: Arrays
    best: Snapshot | None = None
    best_loss: float = float("inf")
    epochs_without_improvement: int = 0
    e_step: Snapshot | None = None
    last: Snapshot | None = None
    trained_on: tuple[str, ...] = ()

    @property
    def trained_on_card(self) -> bool:
        """Say whether a card has trained it, at least for a while, with which it cannot be repeated to the last bit."""
        return any(kind != "cpu" for kind in self.trained_on)

    @property
    def goes_on_from(self) -> Snapshot:
        """The weights that a run goes on with."""
        return self.snapshot if self.last is None else self.last

    @property
    def steps_done(self) -> int:
        """Return the steps that the run has taken, which may be more than those of the weights that it shows."""
        return self.goes_on_from.step


def half(snapshot: Snapshot) -> Snapshot:
    """The snapshot with its weights as float16."""
    weights = {
        name: np.clip(array, -MAX_HALF, MAX_HALF).astype(np.float16)
        if array.dtype.kind == "f" and array.dtype != np.float16
        else array
        for name, array in snapshot.weights.items()
    }
    return replace(snapshot, weights=weights)


def decoder_only(snapshot: Snapshot) -> Snapshot:
    """The snapshot without the weights of the encoder: it decodes, and takes half the room."""
    weights = {
        name: array for name, array in snapshot.weights.items() if not name.startswith(ENCODER)
    }
    return replace(snapshot, weights=weights)


def dense(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with what is in 8 bits as float32; the snapshot itself where nothing is."""
    weights = snapshot.weights
    if not snapshot.in_eight_bits:
        return snapshot
    return replace(
        snapshot,
        weights={
            name: _times_scales(array, weights[name + SCALES])
            if name + SCALES in weights
            else array
            for name, array in weights.items()
            if not name.endswith(SCALES)
        },
    )


def _times_scales(numbers: NDArray[np.generic], scales: NDArray[np.generic]) -> NDArray[np.float32]:
    columns = np.repeat(scales.astype(np.float32), GROUP, axis=1)[:, : numbers.shape[1]]
    return numbers.astype(np.float32) * columns


def as_float32(snapshot: Snapshot) -> Snapshot:
    """The snapshot with its weights as float32, to train on."""
    weights = {
        name: array.astype(np.float32) if array.dtype.kind == "f" else array
        for name, array in snapshot.weights.items()
    }
    return replace(snapshot, weights=weights)
