"""The count of the numbers that a model learns."""

from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.config import ModelConfig


def parameters_of(model: ModelConfig) -> Job[int]:
    """Trainable numbers of a model."""
    yield Progress(0, None, "Counting")
    with import_lock():
        from vae_gui.core.vae.models.base import build

    return build(model).parameter_count()
