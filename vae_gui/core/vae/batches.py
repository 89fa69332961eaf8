"""Batches: which training images a step takes, and what the encoder sees of them."""

import torch
from torch import Tensor

from vae_gui.core.datasets.base import Split
from vae_gui.core.vae.config import TrainConfig
from vae_gui.core.vae.random_numbers import RandomNumbers
from vae_gui.core.vae.random_streams import INPUT_NOISE


def as_floats(images: Tensor) -> Tensor:
    """uint8 -> float32 in [0, 1]."""
    return images.to(torch.float32).mul_(1 / 255)


class Batches:
    """All images once an epoch, in an order of its own; they stay uint8, on the device."""

    def __init__(
        self, config: TrainConfig, split: Split, random: RandomNumbers, device: torch.device
    ) -> None:
        self._size, self._sigma, self._random = config.batch_size, config.input_noise, random
        self._images = torch.tensor(split.images, device=device).unsqueeze(1)
        self._per_epoch = -(-len(self) // self._size)
        self._order, self._epoch = torch.empty(0, dtype=torch.int64), -1

    def __len__(self) -> int:
        return len(self._images)

    def take(self, step: int) -> tuple[Tensor, Tensor]:
        """x of a step, (B, 1, side, side), and the same with the input noise."""
        epoch, position = divmod(step, self._per_epoch)
        if epoch != self._epoch:
            self._order, self._epoch = self._random.order(len(self), epoch), epoch
        x = as_floats(
            self._images[self._order[position * self._size : (position + 1) * self._size]]
        )
        if self._sigma == 0:
            return x, x
        return x, x + self._sigma * self._random.normal(tuple(x.shape), INPUT_NOISE, step)
