"""The results of a step of training and of a look at the test images."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One optimizer step. losses: (3,) objective, reconstruction, KL, nats per image, on the device."""

    number: int
    losses: Tensor


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over the test split, one sample of the encoder's q(z|x) per image, in nats per image.

    exact: the same with z of p(z|x) as the E-step has it, after a step of exact EM. Its reconstruction + KL is
        not −ELBO, but an upper bound on −log p(x).
    """

    step: int
    loss: float
    reconstruction: float
    kl: float
    exact: "Evaluation | None" = None

    @property
    def row(self) -> NDArray[np.float64]:
        """The numbers as a row (1, 4) of a History."""
        return np.array([[self.step, self.loss, self.reconstruction, self.kl]], np.float64)


def losses_of(steps: list[Step]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows (n, 4) of step, loss, reconstruction, kl for a History; one transfer for all."""
    rows = np.empty((len(steps), 4))
    rows[:, 0] = [step.number for step in steps]
    rows[:, 1:] = torch.stack([step.losses for step in steps]).cpu().numpy()
    return rows
