"""The drawing on the pad: where it lies, and the cursor that a stroke takes along."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from vae_gui.core.analysis.exact_posterior import ExactPosterior
from vae_gui.core.analysis.image_posterior import ImagePosterior
from vae_gui.core.pictures.posterior import Posterior
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import Stroke
from vae_gui.core.support.types import Z
from vae_gui.ui.parts.panel import Panel


class OnPad(QObject):
    """What was found stays on the pad behind another tab, as long as it is of these weights and this drawing."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel, self._explorer = panel, panel.explorer
        self._lead: DragId | None = None
        self._strokes: tuple[Stroke, ...] = ()
        self._explorer.weights.changed.connect(self._forget_if_hidden)
        self._explorer.path_changed.connect(self._on_path)

    def lead(self, drag_id: DragId) -> None:
        """The cursor goes to what was just drawn, in the same step of undo."""
        self._lead = drag_id

    def take(self, found: ImagePosterior) -> None:
        """Something was found; a cursor that waits for it goes there."""
        if self._lead is not None and is_place(found):
            lead, self._lead = self._lead, None
            latent = replace(self._explorer.latent, cursor=place_of(found))
            self._explorer.set_latent(latent, "Draw", lead)

    def show(self, found: ImagePosterior | None, exact: ExactPosterior | None) -> None:
        """Its q(z|x), over the exact p(z|x) where that is known."""
        if not self._panel.isVisible():
            return
        self._strokes = self._explorer.latent.strokes
        if found is None or not is_place(found):
            self._explorer.set_posterior(None)
            return
        sigma = None if found.sigma is None else tuple(found.sigma.tolist())
        self._explorer.set_posterior(Posterior(place_of(found), sigma, exact))

    def _on_path(self) -> None:
        if self._explorer.latent.strokes != self._strokes:
            self._forget_if_hidden()

    def _forget_if_hidden(self) -> None:
        """Nothing is found anew there: what was found is of other weights, or of another drawing."""
        if not self._panel.isVisible():
            self._explorer.set_posterior(None)


def is_place(found: ImagePosterior) -> bool:
    """Whether μ is finite."""
    return bool(np.isfinite(found.mu).all())


def place_of(found: ImagePosterior) -> Z:
    return tuple(found.mu.tolist())
