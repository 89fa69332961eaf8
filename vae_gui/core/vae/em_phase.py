"""EMPhase: where a run is in exact EM, and whose posterior it draws z from there."""

from collections.abc import Callable

import torch

from vae_gui.core.vae.exact_em import PosteriorGrid, posterior_grid
from vae_gui.core.vae.models.base import VAE, restore
from vae_gui.core.vae.snapshot import Snapshot, decoder_only

LEAST_STEPS = 50  # from one E-step to the next, where an epoch is shorter


class EMPhase:
    """The E-step sees the plane once an epoch; each batch then draws from what was seen.

    steps: of the run, empty where it has no such phase.
    """

    def __init__(self, steps: range, steps_per_epoch: int) -> None:
        self.steps = steps
        self._every = max(steps_per_epoch, LEAST_STEPS)
        self._seen: Snapshot | None = None
        self._grid: PosteriorGrid | None = None

    def grid(self, step: int, model: VAE, snapshot: Callable[[], Snapshot]) -> PosteriorGrid:
        """The posterior for the batch of this step; `snapshot` takes one of the model."""
        if self._grid is None or self._is_due(step):
            self._seen = decoder_only(snapshot())
            model.eval()
            self._grid = posterior_grid(model)
            model.train()
        return self._grid

    def seen_at(self, step: int) -> Snapshot | None:
        """What a run that goes on with this step has to know."""
        within = step in self.steps and not self._is_due(step)
        if not within:
            return None
        return self._seen

    def leave(self, step: int) -> None:
        """Once the phase is over, hold no memory."""
        if step >= self.steps.stop:
            self._seen = self._grid = None

    def resume(self, step: int, seen: Snapshot | None, device: torch.device) -> None:
        """Go on with a step as if the run had never stopped; raises UserError where the weights do not fit."""
        if seen is not None and step in self.steps:
            model = restore(seen).to(device)
            self._seen, self._grid = seen, posterior_grid(model)

    def _is_due(self, step: int) -> bool:
        return (step - self.steps.start) % self._every == 0
