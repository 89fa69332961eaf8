"""Setting: how one field of a config is named, explained and limited; forms and command line are made from it."""

import dataclasses
import functools
import math
import sys
import typing
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, ClassVar, Protocol, TypeVar

from vae_gui.core.support.errors import UserError

Value = int | float | str


class Config(Protocol):
    """Any of the dataclasses below."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[object]]]


ConfigType = TypeVar("ConfigType", bound=Config)


@dataclass(frozen=True, slots=True)
class Setting:
    """The label, the help and the limits of one field of a config; `minimum` and `maximum` are inclusive.

    choices: names, or a registry by name, which is read when it is asked for.
    least: the word for the minimum, as “off”.
    """

    label: str
    help: str
    minimum: float = -math.inf
    maximum: float = math.inf
    unit: str = ""
    choices: Collection[str] = ()
    logarithmic: bool = False
    least: str = ""


@dataclass(frozen=True, slots=True)
class SettingField:
    """A field of a config that a person may change: its name, its type (int, float or str) and its limits."""

    name: str
    kind: type
    setting: Setting


@functools.cache
def settings_of(config_type: type) -> tuple[SettingField, ...]:
    """The annotated fields of a config class, in order."""
    hints = typing.get_type_hints(config_type, include_extras=True)
    return tuple(
        SettingField(name, *typing.get_args(hint))
        for name, hint in hints.items()
        if typing.get_origin(hint) is Annotated
    )


def validate(config: Config) -> None:
    """Raise UserError where a value is of the wrong kind or outside its limits."""
    for item in settings_of(type(config)):
        check_setting(item, getattr(config, item.name))


def check_setting(item: SettingField, value: object) -> None:
    """Raise UserError where a value is of the wrong kind or outside the limits of its setting."""
    label, limits = item.setting.label, item.setting
    if item.kind is str:
        if not isinstance(value, str) or value not in limits.choices:
            raise UserError(
                f"{label} cannot be “{value}”: choose one of {', '.join(limits.choices)}."
            )
        return
    wanted = (int,) if item.kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise UserError(f"{label} must be a {'whole ' * (item.kind is int)}number, not “{value}”.")
    if not limits.minimum <= value <= limits.maximum:
        huge = isinstance(value, int) and abs(value) > sys.float_info.max
        given = "too large" if huge else f"{value:g}"
        raise UserError(
            f"{label} is {given}, but must lie between {limits.minimum:g} and {limits.maximum:g}."
        )
