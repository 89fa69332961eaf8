"""EMPhase: where a run draws z from the exact posterior, and from whose."""

from collections.abc import Callable, Generator

import torch

from vae_gui.core.support.progress import finish
from vae_gui.core.vae.exact_em import PosteriorGrid, posterior_grid
from vae_gui.core.vae.models.base import VAE, restore
from vae_gui.core.vae.schedule import Phases
from vae_gui.core.vae.snapshot import Snapshot, decoder_only

MIN_STEPS = 50  # from one E-step to the next, where an epoch is shorter


class EMPhase:
    """The E-step sees the plane once an epoch; each batch then draws from what was seen."""

    def __init__(self, parts: Phases, steps_per_epoch: int) -> None:
        self.parts = parts
        self._every = max(steps_per_epoch, MIN_STEPS)
        self._seen: Snapshot | None = None
        self._grid: PosteriorGrid | None = None
        self._grid_step = -1  # before which it was made

    def e_step(
        self, step: int, model: VAE, snapshot: Callable[[], Snapshot]
    ) -> Generator[None, None, PosteriorGrid | None]:
        """The posterior for the batch of this step, None outside; `snapshot` takes one of the model.

        In parts where it is due; what is given up in between begins again with the next call.
        """
        if self._part(step) is None:
            self._seen = self._grid = None
        elif self._grid_step != step and (self._grid is None or self._is_due(step)):
            seen = decoder_only(snapshot())
            model.eval()
            try:
                self._grid = yield from posterior_grid(model)
            finally:
                model.train()
            self._seen, self._grid_step = seen, step
        return self._grid

    def seen_at(self, step: int) -> Snapshot | None:
        """Return the weights that a run needs in order to go on with this step; None where it needs none."""
        return None if self._is_due(step) else self._seen

    def resume(self, step: int, seen: Snapshot | None, device: torch.device) -> None:
        """Go on with a step as if the run had never stopped; raises UserError where the weights do not fit."""
        if seen is not None and not self._is_due(step):
            self._seen, self._grid = seen, finish(posterior_grid(restore(seen).to(device)))

    def _part(self, step: int) -> range | None:
        parts = (self.parts.em, self.parts.blend)
        return next((part for part in parts if step in part), None)

    def _is_due(self, step: int) -> bool:
        """Say whether this step needs no E-step, or a new one."""
        part = self._part(step)
        return part is None or (step - part.start) % self._every == 0
