"""One worker for each card and the CPU for more, unless the runs name their device."""

import os

import pytest

from vae_gui.core.support.child import NO_CARD, VISIBLE_CARDS
from vae_gui.core.sweeps.places import places_of
from vae_gui.core.sweeps.plan import SweepPlan, plan_of
from vae_gui.core.sweeps.workers import LocalWorkers


@pytest.fixture(autouse=True)
def all_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VISIBLE_CARDS, raising=False)


def plan(**more: object) -> SweepPlan:
    return plan_of({"preset": "s3-mlp", "dataset": "digits", "grid": {"beta": [1, 2, 4]}} | more)


def seen(plan: SweepPlan, cards: int, workers: int | None = None) -> list[str]:
    """The cards that each worker sees, of a machine with eight cores."""
    return [place[VISIBLE_CARDS] for place in places_of(plan, cards, 8, workers)]


def test_each_card_has_one_worker_and_each_core_where_there_is_none() -> None:
    assert seen(plan(), cards=2) == ["0", "1"]
    assert seen(plan(), cards=0) == [""] * 8


def test_more_workers_than_cards_train_on_the_cpu() -> None:
    assert seen(plan(), cards=2, workers=4) == ["0", "1", "", ""]
    assert seen(plan(), cards=2, workers=1) == ["0"]


def test_runs_on_the_cpu_have_a_worker_for_each_core_and_no_card() -> None:
    assert seen(plan(settings={"device": "cpu"}), cards=2) == [""] * 8


@pytest.mark.parametrize(
    "more", [{"settings": {"device": "cuda"}}, {"grid": {"device": ["cpu", "cuda"]}}]
)
def test_workers_share_the_cards_where_runs_name_one(more: dict[str, object]) -> None:
    assert seen(plan(**more), cards=2, workers=3) == ["0", "1", "0"]


def test_a_search_over_devices_has_cards_for_all() -> None:
    search = {"trials": 4, "device": ["auto", "cuda"]}
    document = {"preset": "s3-mlp", "dataset": "digits", "search": search}
    assert seen(plan_of(document), cards=1, workers=2) == ["0", "0"]


def test_cards_that_were_left_out_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VISIBLE_CARDS, "2,GPU-7")
    assert seen(plan(), cards=2, workers=3) == ["2", "GPU-7", ""]


def test_each_worker_is_a_process_in_its_own_place() -> None:
    workers = LocalWorkers([{VISIBLE_CARDS: "7"}, NO_CARD])
    try:
        first, second = (workers.submit(os.getenv, VISIBLE_CARDS) for _ in range(2))
        assert sorted((first.result(), second.result())) == ["", "7"]
    finally:
        workers.stop()
