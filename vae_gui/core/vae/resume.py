"""The optimizer's state from a file, compared with the parameters before any of it reaches the optimizer.

The fused Adam trusts the shapes of its state and writes beyond what is too small.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim import Optimizer

from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.models.base import build, check_weights
from vae_gui.core.vae.snapshot import ADAM_STATE, Arrays, Checkpoint


def optimizer_state(parameters: Sequence[Tensor], arrays: Arrays) -> dict[int, dict[str, Tensor]]:
    """The `state` of an Adam over these parameters; empty where a file holds none.

    Raises UserError unless each parameter has all of `ADAM_STATE`, in its shape, float32 and finite.
    """
    if not arrays:
        return {}
    shapes = {
        f"{name}.{index}": () if name == "step" else tuple(parameter.shape)
        for index, parameter in enumerate(parameters)
        for name in ADAM_STATE
    }
    if arrays.keys() != shapes.keys() or not all(
        array.shape == shapes[key] and _is_state(key, array) for key, array in arrays.items()
    ):
        raise UserError(
            "The optimizer's state in this file does not fit its model: press Train for a new run."
        )
    return {
        index: {name: torch.tensor(arrays[f"{name}.{index}"]) for name in ADAM_STATE}
        for index in range(len(parameters))
    }


def arrays_of(optimizer: Optimizer) -> Arrays:
    """The optimizer's state as copies, named `<one of ADAM_STATE>.<parameter index>`."""
    state: dict[int, dict[str, Tensor]] = optimizer.state_dict()["state"]
    return {
        f"{name}.{index}": tensor.detach().cpu().clone().numpy()
        for index, tensors in state.items()
        for name, tensor in tensors.items()
    }


def take_arrays(optimizer: Optimizer, parameters: Sequence[Tensor], arrays: Arrays) -> None:
    """Put what `arrays_of` gave back; raises UserError as `optimizer_state` does."""
    groups = optimizer.state_dict()["param_groups"]
    state = optimizer_state(parameters, arrays)
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def _is_state(key: str, array: NDArray[np.generic]) -> bool:
    """Finite float32; a step and a mean of squares are not negative either."""
    if array.dtype != np.float32 or not np.isfinite(array).all():
        return False
    return key.startswith("exp_avg.") or not np.signbit(array[array != 0]).any()


def check_checkpoint(checkpoint: Checkpoint) -> None:
    """Raise UserError unless the weights, the best weights and the optimizer's state fit the model."""
    model = build(checkpoint.snapshot.model)
    for snapshot in filter(None, (checkpoint.snapshot, checkpoint.best, checkpoint.last)):
        check_weights(model, snapshot)
    optimizer_state(list(model.parameters()), checkpoint.optimizer)
