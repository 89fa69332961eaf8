"""Repeats of a run that differ in one setting."""

from dataclasses import dataclass, replace

from vae_gui.core.support.errors import UserError
from vae_gui.core.sweeps.rows import plain
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.run_settings import MODEL_FIELDS, TRAIN_FIELDS, setting_value, with_settings

MAX_VALUES = 50


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits for its turn."""

    title: str
    config: RunConfig


def varied(config: RunConfig, name: str, text: str) -> tuple[QueuedRun, ...]:
    """One for each value of a list as “0.5, 1, 2”, from its seed and without the live changes of the run.

    Raises UserError where one of them cannot be.
    """
    label = (MODEL_FIELDS | TRAIN_FIELDS)[name].setting.label
    texts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if not 1 <= len(texts) <= MAX_VALUES:
        raise UserError(f"{label}: write 1 to {MAX_VALUES} values, as 0.5, 1, 2.")
    values = list(dict.fromkeys(setting_value(name, one) for one in texts))
    bare = replace(config, changes=())
    return tuple(
        QueuedRun(f"{label} {plain(value)}", with_settings(bare, {name: value}, config.model.side))
        for value in values
    )
