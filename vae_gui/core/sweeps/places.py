"""The places where the workers of a sweep train: one on each card, and further ones on the CPU."""

import os
from collections.abc import Mapping

from vae_gui.core.support.child import NO_CARD, VISIBLE_CARDS
from vae_gui.core.sweeps.plan import SweepPlan
from vae_gui.core.sweeps.search_space import Range

Place = Mapping[str, str]  # variables of a worker, by which torch sees one card or none


def places_of(
    plan: SweepPlan, cards: int, cores: int, workers: int | None = None
) -> tuple[Place, ...]:
    """Return the place of each worker.

    cards: that this machine has. workers: how many there are to be; None for one a card, or one a core where no card
    is used. Where runs name a card as their device, the workers share the cards and none is left to the CPU.
    """
    named = _devices_named(plan)
    if named == {"cpu"} or not cards:
        return (NO_CARD,) * (workers or cores)
    count = workers or cards
    used = count if named & {"cuda", "mps"} else min(count, cards)
    ids = _visible_cards(cards)
    return tuple({VISIBLE_CARDS: ids[number % cards]} for number in range(used)) + (NO_CARD,) * (
        count - used
    )


def _devices_named(plan: SweepPlan) -> set[str]:
    """Return the settings of the device among the runs."""
    common = dict(plan.settings).get("device", "auto")
    named = {str(dict(run.values).get("device", common)) for run in plan.runs}
    if plan.search is not None:
        among = dict(plan.search.space).get("device", (common,))
        named = set() if isinstance(among, Range) else set(map(str, among))
    return named


def _visible_cards(cards: int) -> list[str]:
    """Name them as whoever started the sweep does, who may have left some of them out."""
    given = os.environ.get(VISIBLE_CARDS)
    return given.split(",") if given else [str(number) for number in range(cards)]
