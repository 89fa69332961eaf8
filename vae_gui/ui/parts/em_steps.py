"""The steps of a run in which z comes from the exact posterior."""

from vae_gui.core.datasets import DATASETS
from vae_gui.core.vae import schedule
from vae_gui.core.vae.config import RunConfig
from vae_gui.runtime.context import Context


def em_steps_of(context: Context, config: RunConfig) -> range:
    """Empty where there are none, or where nobody knows how many images the run learns from."""
    if not config.train.em_until:
        return range(0)
    data = context.datasets.get(config.dataset)
    if data is not None:
        return schedule.phases(config.train, len(data.train)).em
    known = DATASETS.get(config.dataset)
    return schedule.phases(config.train, known.train_images).em if known else range(0)
