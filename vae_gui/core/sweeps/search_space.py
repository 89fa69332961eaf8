"""Search: what a sweep chooses its runs from, instead of listing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import Value
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.run_settings import MODEL_FIELDS, TRAIN_FIELDS, setting_value

HELD_OUT_SHARE = (
    0.15  # of the training images, by which a search chooses where the sweep does not say otherwise
)
LOWEST_LOSS, FRONT = "negative_elbo", "front"
MAX_TRIALS = 10_000
MAX_SEED = 2**32 - 1  # of NumPy, which Optuna draws from
_RANGE = {"low", "high"}
_NOT_COMPARED = {"dataset": "data set", "side": "size of the images", "held_out": "held-out images"}


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, both included; logarithmic: each factor is as likely as the next."""

    low: float
    high: float
    logarithmic: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Search:
    """objective: LOWEST_LOSS, or FRONT for the trade between KL and reconstruction. seed: of the choices."""

    trials: int
    objective: str
    seed: int
    space: tuple[tuple[str, Range | tuple[Value, ...]], ...]


def search_of(table: Mapping[str, object]) -> Search | None:
    """Read the search of a sweep's file; None without a table. Raises UserError for what cannot be searched."""
    if not table:
        return None
    values = dict(table)
    trials, seed = (
        _count(name, values.pop(name, other)) for name, other in (("trials", 20), ("seed", 0))
    )
    objective = values.pop("objective", LOWEST_LOSS)
    if objective not in (LOWEST_LOSS, FRONT):
        raise UserError(
            f"A search minimises “{LOWEST_LOSS}” or finds the “{FRONT}”, not “{objective}”."
        )
    if seed > MAX_SEED:
        raise UserError(f"The “seed” of a search is at most {MAX_SEED}, not {_shortened(seed)}.")
    for name in values.keys() & _NOT_COMPARED:
        raise UserError(
            f"A search cannot choose the {_NOT_COMPARED[name]}: losses of different images do not compare. "
            "Search once for each."
        )
    if not values or not 1 <= trials <= MAX_TRIALS:
        raise UserError(f"A search needs 1 to {MAX_TRIALS:,} trials and at least one setting.")
    return Search(
        trials, str(objective), seed, tuple((n, _choices(n, v)) for n, v in values.items())
    )


def check_comparable(models: Sequence[ModelConfig]) -> None:
    """Raise UserError unless the losses of all these models, from which a search chooses, compare."""
    for model in models:
        if model.deterministic:
            raise UserError(
                f"A search compares −ELBOs, and {MODELS[model.architecture].title} is a plain autoencoder, which has "
                "none: leave it out, or list the runs in a grid."
            )
    names = {LIKELIHOODS[model.likelihood].scale: model.likelihood for model in models}
    if len(names) > 1:
        one, other = sorted(LIKELIHOODS[name].title for name in names.values())[:2]
        raise UserError(
            f"A search cannot choose between the likelihoods {one} and {other}: their losses do not compare. "
            "Search once for each."
        )


def _choices(name: str, given: object) -> Range | tuple[Value, ...]:
    setting_value(name, "1")  # raises UserError where there is no such setting
    if isinstance(given, list) and given:
        return tuple(setting_value(name, str(one)) for one in given)
    if not isinstance(given, dict) or not set(given) - {"log"} == _RANGE:
        raise UserError(
            f"“{name}” must be a list of values, or a range as {{low = 0.5, high = 4}}."
        )
    kind = (MODEL_FIELDS | TRAIN_FIELDS)[name].kind
    low, high = (setting_value(name, str(given[end])) for end in ("low", "high"))
    if isinstance(low, str) or isinstance(high, str) or low > high:
        raise UserError(f"“{name}” has no range from “{low}” to “{high}”.")
    logarithmic = given.get("log", False)
    if not isinstance(logarithmic, bool):
        raise UserError(f"“log” of “{name}” must be true or false, not “{logarithmic}”.")
    if logarithmic and low <= 0:
        raise UserError(
            f"“{name}” cannot be searched by factors from {low:g} on: with log = true, low must be above 0."
        )
    return Range(float(low), float(high), logarithmic, kind is int)


def _shortened(number: int) -> str:
    """Return a number as text; the digits of a very long one fill no screen."""
    return str(number) if number < 10**30 else "a number of more than 30 digits"


def _count(name: str, given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise UserError(f"“{name}” of a search must be a whole number, not “{given}”.")
    return given
