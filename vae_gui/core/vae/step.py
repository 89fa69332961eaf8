"""What a step of training and a look at the test images give."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One optimizer step. losses: (3,) objective, reconstruction, KL, nats per image, on the device."""

    number: int
    losses: Tensor


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over the test split, one sample of q(z|x) per image, in nats per image."""

    step: int
    loss: float
    reconstruction: float
    kl: float


def losses_of(steps: list[Step]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows (n, 4) of step, loss, reconstruction, kl for a History; one transfer for all."""
    rows = np.empty((len(steps), 4))
    rows[:, 0] = [step.number for step in steps]
    rows[:, 1:] = torch.stack([step.losses for step in steps]).cpu().numpy()
    return rows
