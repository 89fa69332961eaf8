"""Divergence: losses or weights that are no longer numbers end a run before anything of it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.errors import DIVERGED, UserError
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot

if TYPE_CHECKING:
    from vae_gui.core.vae.trainer import Trainer


def require_finite(*arrays: NDArray[np.generic]) -> None:
    """Raise UserError where a value is infinite or not a number."""
    if not all(np.isfinite(array).all() for array in arrays):
        raise UserError(DIVERGED)


def good_snapshot(trainer: Trainer) -> Snapshot:
    """The weights of now; raises UserError where they are not finite."""
    snapshot = trainer.snapshot()
    require_finite(*snapshot.weights.values())
    return snapshot


def good_checkpoint(trainer: Trainer) -> Checkpoint:
    """A state that the run can go on from; raises UserError where weights or optimizer are not finite."""
    checkpoint = trainer.checkpoint()
    require_finite(*checkpoint.snapshot.weights.values(), *checkpoint.optimizer.values())
    return checkpoint
