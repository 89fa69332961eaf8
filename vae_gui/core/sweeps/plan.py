"""SweepPlan: which runs a sweep consists of, read from the tables of a TOML file."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import fields, flag, items
from vae_gui.core.support.settings import Value
from vae_gui.core.sweeps.rows import MAX_RUNS, plain
from vae_gui.core.sweeps.search_space import (
    HELD_OUT_SHARE,
    Range,
    Search,
    check_comparable,
    search_of,
)
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.run_settings import (
    MODEL_FIELDS,
    TRAIN_FIELDS,
    new_run,
    setting_value,
    with_settings,
)

_KNOWN = ("preset", "dataset", "keep_optimizer", "probe", "settings", "grid", "run", "search")
_MAX_NAME_LENGTH = 120
_SIDE = 28  # of the images, where a setting is only checked

Values = tuple[tuple[str, Value], ...]  # setting and value, in the order of the file


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """name: of its file, without the suffix. values: the settings that are its own among the runs of the sweep."""

    name: str
    values: Values


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """settings: of all runs. keep_optimizer: whether the files can be trained further. probe: whether each is probed.

    search: what Optuna chooses from, where the runs are not listed.
    """

    preset: str
    dataset: str
    settings: Values
    runs: tuple[PlannedRun, ...]
    keep_optimizer: bool = False
    probe: bool = False
    search: Search | None = None

    @property
    def size(self) -> int:
        """Runs, or trials of a search."""
        return len(self.runs) if self.search is None else self.search.trials

    def config(self, run: PlannedRun, threads: int, side: int = _SIDE) -> RunConfig:
        """Return the config of one run on images of this side; `threads` holds where no setting says otherwise."""
        base = new_run(PRESETS[self.preset], self.dataset, threads)
        return with_settings(base, dict(self.settings) | dict(run.values), side)


def plan_of(document: Mapping[str, object]) -> SweepPlan:
    """Raises UserError, in a sentence that names the entry, for what is no sweep."""
    unknown = [name for name in document if name not in _KNOWN]
    if unknown:
        raise UserError(f"A sweep has no “{unknown[0]}”: it has {', '.join(_KNOWN)}.")
    preset = _text(document, "preset")
    if preset not in PRESETS:
        raise UserError(f"There is no preset “{preset}”: choose one of {', '.join(PRESETS)}.")
    search = search_of(_table(document, "search"))
    runs = () if search is not None else _runs(document)
    settings = _values(_table(document, "settings"))
    if search is not None:
        settings.setdefault("held_out", HELD_OUT_SHARE)
    plan = SweepPlan(
        preset,
        _text(document, "dataset"),
        tuple(settings.items()),
        runs,
        _flag(document, "keep_optimizer"),
        _flag(document, "probe"),
        search,
    )
    if search is not None:
        check_comparable(_models(plan, search))
    for run in (*runs, *_extremes(search)):
        plan.config(run, threads=1)  # raises UserError where a value is outside its limits
    return plan


def _models(plan: SweepPlan, search: Search) -> list[ModelConfig]:
    """The combinations of what a search may choose that decide what a loss is."""
    choices = {
        name: among
        for name, among in search.space
        if name in ("architecture", "likelihood") and not isinstance(among, Range)
    }
    runs = (
        PlannedRun("", tuple(zip(choices, chosen, strict=True)))
        for chosen in itertools.product(*choices.values())
    )
    return [plan.config(run, threads=1).model for run in runs]


def _extremes(search: Search | None) -> Iterator[PlannedRun]:
    """Each value that a search may choose, of a range both ends, alone."""
    for name, among in search.space if search is not None else ():
        ends = (among.low, among.high) if isinstance(among, Range) else among
        for value in ends:
            whole = isinstance(among, Range) and among.whole
            yield PlannedRun("", ((name, int(value) if whole else value),))


def run_of(values: Mapping[str, Value]) -> PlannedRun:
    """Name a run after its values, so that the same values are the same run."""
    parts = [f"{name}-{plain(value)}" for name, value in values.items()]
    name = re.sub(r"[^\w.+-]", "-", "_".join(parts))
    return PlannedRun(name[:_MAX_NAME_LENGTH] or "run", tuple(values.items()))


def _runs(document: Mapping[str, object]) -> tuple[PlannedRun, ...]:
    grid = {name: _choices(name, given) for name, given in _table(document, "grid").items()}
    listed = [_values(entry) for entry in _tables(document, "run")]
    size = 1
    for choices in grid.values():
        size *= len(choices)
    if size + len(listed) > MAX_RUNS:
        raise UserError(f"A sweep has at most {MAX_RUNS:,} runs: leave values out of its grid.")
    combined = [
        dict(zip(grid, chosen, strict=True)) for chosen in itertools.product(*grid.values())
    ]
    runs = [run_of(values) for values in (combined if grid or not listed else []) + listed]
    name, times = Counter(run.name for run in runs).most_common(1)[0]
    if times > 1:
        raise UserError(f"Two runs would be called “{name}”: leave one of them out.")
    return tuple(runs)


def _choices(name: str, given: object) -> list[Value]:
    if not isinstance(given, list) or not given:
        raise UserError(f"“{name}” in the grid must be a list of values, as [0.5, 1, 2].")
    return [_value(name, one) for one in given]


def _values(table: Mapping[str, object]) -> dict[str, Value]:
    return {name: _value(name, given) for name, given in table.items()}


def _value(name: str, given: object) -> Value:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise UserError(f"“{name}” must be a number or a text, not “{given}”.")
    known = name.replace("-", "_")
    kind = (
        (MODEL_FIELDS | TRAIN_FIELDS)[known].kind if known in MODEL_FIELDS | TRAIN_FIELDS else str
    )
    text = (
        str(int(given))
        if kind is int and isinstance(given, float) and given.is_integer()
        else given
    )
    return setting_value(known, str(text))


def _text(document: Mapping[str, object], name: str) -> str:
    given = document.get(name)
    if not isinstance(given, str) or not given:
        raise UserError(f'A sweep names its {name}, as {name} = "…".')
    return given


def _flag(document: Mapping[str, object], name: str) -> bool:
    given = document.get(name, False)
    try:
        return flag(given)
    except TypeError:
        raise UserError(f"“{name}” must be true or false, not “{given}”.") from None


def _table(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    try:
        return fields(document.get(name, {}))
    except TypeError:
        raise UserError(f"“{name}” must be a table, as [{name}].") from None


def _tables(document: Mapping[str, object], name: str) -> list[dict[str, object]]:
    try:
        return [fields(entry) for entry in items(document.get(name, []))]
    except TypeError:
        raise UserError(f"“{name}” must be tables, as [[{name}]].") from None
