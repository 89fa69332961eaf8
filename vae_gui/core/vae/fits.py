"""A check of whether a model can learn from a data set, the way it is to be trained."""

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.exact_em import em_problem
from vae_gui.core.vae.models import MODELS


def check_fits(config: RunConfig, data: ImageData) -> None:
    """Raise UserError where a model cannot learn from this data."""
    entry = MODELS[config.model.architecture]
    if config.model.side != data.side:
        raise UserError(
            f"The model is built for images of {config.model.side} pixels, "
            f"but {data.title} has {data.side}: start a new run on this data set."
        )
    if config.train.em_until and (problem := em_problem(config.model)):
        raise UserError(problem)
    if entry.sides and data.side not in entry.sides:
        raise UserError(
            f"{entry.title} is built for images of {entry.sides[0]} pixels, "
            f"but {data.title} has {data.side}: choose another preset."
        )
