"""Settings as they are, beside those that the person had chosen before somebody else changed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import ConfigType, Value, settings_of


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that is not as the person had chosen it.

    by: who changed it, as a sentence begins: “The lesson “Holes””. before: the value that the person had chosen.
    """

    by: str
    before: Value


@dataclass(frozen=True, slots=True)
class Chosen(Generic[ConfigType]):
    """`now` is what holds, `own` what the person had chosen, `by` who made each change between the two."""

    now: ConfigType
    own: ConfigType
    by: Mapping[str, str] = field(default_factory=dict)

    def changed(self, now: ConfigType, by: str = "") -> Chosen[ConfigType]:
        """Give some settings other values; by: who did, "" for the person, whose own they then are."""
        names = _differing(self.now, now)
        if by:
            return Chosen(now, self.own, {**self.by, **dict.fromkeys(names, by)})
        try:
            own = _with(self.own, now, names)
        except UserError:  # it goes with what was changed alone, so that is accepted, too
            own = now
        return Chosen(now, own, self.by)

    def changes(self) -> dict[str, Change]:
        """Name the settings that somebody else changed."""
        own = self.own
        return {
            name: Change(self.by[name], getattr(own, name)) for name in _differing(own, self.now)
        }

    def put_back(self, name: str) -> Chosen[ConfigType]:
        """Give a setting the person's value again, and all of them where it does not go with the others."""
        try:
            return Chosen(_with(self.now, self.own, (name,)), self.own, self.by)
        except UserError:
            return self.all_put_back()

    def all_put_back(self) -> Chosen[ConfigType]:
        return Chosen(self.own, self.own)


def _differing(one: ConfigType, other: ConfigType) -> tuple[str, ...]:
    names = (item.name for item in settings_of(type(one)))
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


def _with(config: ConfigType, source: ConfigType, names: tuple[str, ...]) -> ConfigType:
    """Raise UserError where the values do not go together."""
    values: dict[str, Any] = {name: getattr(source, name) for name in names}
    return replace(config, **values)
