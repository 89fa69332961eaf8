"""Posterior collapse: q(z|x) is the prior whatever x is, so that z says nothing (Bowman et al. 2016)."""

from vae_gui.core.vae.config import LiveHyperparameters, TrainConfig
from vae_gui.core.vae.encodings import Encodings, inactive

IN_A_ROW = 3  # evaluations; one alone may be a swing


class CollapseWatch:
    """Looks at each evaluation of a run; not before one epoch nor during KL warm-up, where all is flat."""

    def __init__(self, config: TrainConfig, steps_per_epoch: int) -> None:
        self._from_step = max(1.0, config.warmup_epochs) * steps_per_epoch
        self._in_a_row = 0

    def sees_it(self, step: int, encodings: Encodings) -> bool:
        """Say whether no dimension is active for the third time in a row; say so only once until one is active.

        encodings: of a sample of test images after `step` optimizer steps.
        """
        told = step >= self._from_step and encodings.logvar is not None
        flat = told and bool(inactive(encodings).all())
        self._in_a_row = self._in_a_row + 1 if flat else 0
        return self._in_a_row == IN_A_ROW


def advice(config: TrainConfig, hyperparameters: LiveHyperparameters) -> str:
    """Say what has happened, and which settings to change."""
    return (
        "The posterior has collapsed: all images have the same encoding, and the decoder ignores z. "
        f"Lower β (now {hyperparameters.beta:g}), give KL warm-up some epochs (now {config.warmup_epochs:g}) "
        f"or lower the learning rate (now {hyperparameters.learning_rate:g}), and train anew."
    )
