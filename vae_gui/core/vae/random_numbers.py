"""RandomNumbers: what a run draws, on its device, as functions of its seed, a stream and a number."""

import torch
from torch import Tensor

from vae_gui.core.vae.random_streams import ORDER, TEST_NOISE, generator_seed


class RandomNumbers:
    """The random numbers of a run, for use by one thread. version: of the random streams."""

    def __init__(self, version: int, seed: int, device: torch.device) -> None:
        self._version, self._run_seed, self._device = version, seed, device
        self._generator, self._of_cpu = torch.Generator(device), torch.Generator()

    def normal(self, shape: tuple[int, ...], stream: int, number: int) -> Tensor:
        """Draw from N(0, 1). Test noise is drawn on the CPU, so that test losses are the same wherever the run is."""
        if stream == TEST_NOISE:
            self._of_cpu.manual_seed(self._seed(stream, number))
            return torch.randn(shape, generator=self._of_cpu).to(self._device)
        self._generator.manual_seed(self._seed(stream, number))
        return torch.randn(shape, generator=self._generator, device=self._device)

    def uniform(self, shape: tuple[int, ...], stream: int, number: int) -> Tensor:
        """Draw from U[0, 1)."""
        self._generator.manual_seed(self._seed(stream, number))
        return torch.rand(shape, generator=self._generator, device=self._device)

    def order(self, count: int, epoch: int) -> Tensor:
        """Return the order in which the images of an epoch are taken, (count,) int64."""
        generator = torch.Generator().manual_seed(self._seed(ORDER, epoch))
        return torch.randperm(count, generator=generator).to(self._device)

    def _seed(self, stream: int, number: int) -> int:
        return generator_seed(self._version, self._run_seed, stream, number)
