"""A change within a run, in words."""

from vae_gui.core.vae.config import OPTIMIZER, HyperparameterChange

NAMES = {"beta": "β", "learning_rate": "learning rate"}
SHORT = {"beta": "β", "learning_rate": "lr"}
RESTARTED = "optimizer restarted"


def change_text(change: HyperparameterChange, short: bool = False) -> str:
    """As “β 4”."""
    if change.name == OPTIMIZER:
        return RESTARTED
    names = SHORT if short else NAMES
    return f"{names.get(change.name, change.name)} {change.value:.3g}"
