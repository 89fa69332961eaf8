"""A RunConfig as plain JSON values, and back from values that somebody else may have written."""

import dataclasses
from collections.abc import Mapping

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import count, fields, items, number, require, text
from vae_gui.core.support.settings import ConfigType, settings_of
from vae_gui.core.vae.config import (
    EPOCHS,
    MAX_STEPS,
    OPTIMIZER,
    HyperparameterChange,
    LiveHyperparameters,
    ModelConfig,
    RunConfig,
    TrainConfig,
)
from vae_gui.core.vae.random_streams import NEWEST, SHIFTED, VERSIONS

MAX_CHANGES = 20_000  # of one run, which are minutes of dragging a slider
MAX_DATASET_LENGTH = 5000  # characters of a name, which may hold a path
_MAX_NAME_LENGTH = 60  # of a setting and of its value
_CHANGEABLE = (*LiveHyperparameters.__dataclass_fields__, EPOCHS)


class ForeignRunError(UserError):
    """The file is whole, and its run has something that this version does not have; the message names it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"This file needs {what}, which this version of VAE explorer does not have: "
            "open it with the one that made it."
        )


def to_json(config: RunConfig) -> dict[str, object]:
    """A config as plain JSON values."""
    return dataclasses.asdict(config)


def run_config_from_json(values: Mapping[str, object]) -> RunConfig:
    """Return the inverse of `to_json`; raises UserError on anything that is not a run config.

    That is a ForeignRunError where another version may have made it.
    """
    try:
        changes = items(values.get("changes", []))
        require(len(changes) <= MAX_CHANGES, "there are too many changes")
        streams = values.get("random_streams", SHIFTED)  # runs of before there was a second version
        if type(streams) is int and streams > NEWEST:
            raise ForeignRunError("newer random streams")
        if not isinstance(streams, int) or streams not in VERSIONS:
            raise ValueError("there is no such version of the random streams")
        return RunConfig(
            preset=text(values["preset"]),
            dataset=text(values["dataset"], MAX_DATASET_LENGTH),
            model=_from_json(ModelConfig, values["model"]),
            train=_from_json(TrainConfig, values["train"]),
            changes=tuple(_change(item) for item in changes),
            random_streams=streams,
        )
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise UserError("The settings of the run in this file cannot be read.") from error


def _from_json(config_type: type[ConfigType], values: object) -> ConfigType:
    given = fields(values)
    known = {item.name: item.setting for item in settings_of(config_type)}
    for name, value in given.items():
        if name not in known:
            raise ForeignRunError(f"the setting “{text(name, _MAX_NAME_LENGTH)}”")
        choices = known[name].choices
        if choices and text(value, _MAX_NAME_LENGTH) not in choices:
            raise ForeignRunError(f"the {name.replace('_', ' ')} “{value}”")
    return config_type(**given)


def _change(values: object) -> HyperparameterChange:
    entry = fields(values)
    change = HyperparameterChange(count(entry["step"]), text(entry["name"]), number(entry["value"]))
    require(change.step <= MAX_STEPS, "a change is beyond the longest run")
    if change.name == OPTIMIZER:
        require(change.value == 0, "a restart has no value")
        return change
    known = {item.name: item.setting for item in settings_of(TrainConfig)}
    require(change.name in _CHANGEABLE, "not a change")
    limits = known[change.name]
    require(limits.minimum <= change.value <= limits.maximum, "a change is beyond its limits")
    return change
