"""The energy of a curve's images, Σ‖Δx‖², and its descent by L-BFGS (Liu & Nocedal 1989)."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from vae_gui.core.paths.curves import Points
from vae_gui.core.vae.warm_up import warm_up_optimizers


class CurveEnergy:
    """L-BFGS on sine waves that are added to the start, (n, latent_dim); the ends stay.

    A wave's amplitude is divided by its frequency: so the energy of a flat space has the same
    curvature along all of them, and 10 to 40 evaluations do what takes 400 on the points themselves.
    """

    def __init__(self, decode: Callable[[Tensor], Tensor], start: Points, iterations: int) -> None:
        """decode: z (n, latent_dim) float32 -> images (n, ...). iterations: of each call of `lower`."""
        self._decode, self._start = decode, start
        self._steps = len(start) - 1
        self._path = torch.tensor(start, dtype=torch.float32)
        wave = torch.arange(1, self._steps)
        # (steps - 1, steps - 1)
        self._waves = torch.sin(torch.pi / self._steps * wave[:, None] * wave) / wave
        self._amplitudes = torch.zeros(self._steps - 1, start.shape[1], requires_grad=True)
        warm_up_optimizers()
        self._optimizer = torch.optim.LBFGS(
            [self._amplitudes], max_iter=iterations, history_size=20, line_search_fn="strong_wolfe"
        )
        self._evaluated: tuple[Tensor, Tensor] | None = None

    def lower(self) -> float:
        """A few iterations; the energy before them. Raises FloatingPointError where it is not finite."""
        return float(self._optimizer.step(self._energy))  # type: ignore[no-untyped-call]

    def curve(self) -> Points:
        """Return the curve as it is now."""
        curve: Points = self._bent().detach().numpy().astype(np.float64)
        curve[0], curve[-1] = self._start[0], self._start[-1]
        return curve

    def _bent(self) -> Tensor:
        inner = self._path[1:-1] + self._waves @ self._amplitudes
        return torch.cat((self._path[:1], inner, self._path[-1:]))

    def _energy(self) -> Tensor:
        """The energy, with its gradient in the amplitudes."""
        # Most calls of `lower` begin where the one before evaluated last.
        if self._evaluated is not None and torch.equal(self._amplitudes, self._evaluated[0]):
            return self._evaluated[1]
        self._optimizer.zero_grad()
        change = self._decode(self._bent()).flatten(1).diff(dim=0)
        energy = self._steps * change.square().sum()
        torch.autograd.backward(energy)
        assert self._amplitudes.grad is not None
        if not (energy + self._amplitudes.grad.sum()).isfinite():  # the line search would go astray
            raise FloatingPointError("The energy of the curve or its gradient is not finite.")
        self._evaluated = self._amplitudes.detach().clone(), energy.detach()
        return energy.detach()
