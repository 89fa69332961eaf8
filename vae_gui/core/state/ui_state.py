"""UIState: the choices made in each panel as plain values, so that a file reopens with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import fields as fields_of
from vae_gui.core.support.json_values import flag, require, text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Scalar = str | int | float | bool | None
Values = Mapping[str, Scalar]
PanelStates = Mapping[str, Values]


_MAX_VALUES = 100  # of a panel, and panels
_MAX_NUMBER = 2**31 - 1

ChoiceType = TypeVar("ChoiceType", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class UIState:
    """The state of the window, with the panels by their names.

    open_panels: whether a panel is open; a panel that is not named, or a name that is no panel's, changes nothing.
    in_front: the open panels whose tab is in front. panels: the state of each.
    Nothing else of the layout is kept: Qt's own bytes from a stranger's file can hang the window for ever.
    """

    open_panels: Mapping[str, bool] = field(default_factory=dict)
    in_front: tuple[str, ...] = ()
    panels: PanelStates = field(default_factory=dict)


def as_values(choice: "DataclassInstance", prefix: str = "") -> dict[str, Scalar]:
    """The fields of a dataclass of scalars and enumerations by name, after `prefix`."""
    values = {item.name: getattr(choice, item.name) for item in fields(choice)}
    return {
        prefix + name: value.value if isinstance(value, Enum) else value
        for name, value in values.items()
    }


def with_values(choice: ChoiceType, values: Values, prefix: str = "") -> ChoiceType:
    """The choice with those of its fields that are there; as it was where one cannot be taken."""
    taken: dict[str, object] = {}
    for item in fields(choice):
        if prefix + item.name in values:
            old, new = getattr(choice, item.name), values[prefix + item.name]
            if isinstance(old, Enum) and new not in [member.value for member in type(old)]:
                return choice
            taken[item.name] = type(old)(new) if isinstance(old, Enum) else new
    try:
        return replace(choice, **taken)
    except UserError:
        return choice


def unpack_open_panels(document: object) -> dict[str, bool]:
    """Read the open panels of a workspace file; raises TypeError where the document is something else."""
    return {panel: flag(is_open) for panel, is_open in fields_of(document).items()}


def unpack_panels(document: object) -> PanelStates:
    """Read the panels' states of a workspace file; raises TypeError or ValueError where it is something else."""
    panels = {text(panel): fields_of(values) for panel, values in fields_of(document).items()}
    require(max(len(panels), *map(len, panels.values()), 0) <= _MAX_VALUES, "too many values")
    return {
        panel: {text(name): _scalar(value) for name, value in values.items()}
        for panel, values in panels.items()
    }


def _scalar(value: object) -> Scalar:
    """Numbers are such that Qt takes them for an int."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value)
    if not isinstance(value, int | float):
        raise TypeError("not a plain value")
    require(abs(value) <= _MAX_NUMBER, "a number is too large")
    return value
