"""Learning rate and β as functions of the step."""

from dataclasses import replace
from itertools import pairwise

import pytest

from vae_gui.core.vae.config import TrainConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.schedule import (
    AFTER_EM,
    BLENDED,
    Phases,
    beta_factor,
    learning_rate_factor,
    place,
    run_epochs,
    run_steps,
    steps_per_epoch,
)

NO_EM = Phases()
ONE_CYCLE = TrainConfig(schedule="one-cycle")
DIGITS_TRAIN, MNIST_TRAIN = 1437, 60_000


@pytest.mark.parametrize(("images", "steps"), [(1, 1), (128, 1), (129, 2), (1437, 12)])
def test_an_epoch_leaves_no_image_out(images: int, steps: int) -> None:
    assert steps_per_epoch(TrainConfig(batch_size=128), images) == steps


def test_a_run_is_the_larger_of_its_epochs_and_its_least_steps() -> None:
    config = TrainConfig(batch_size=100, epochs=10, min_steps=1000)
    assert run_steps(config, 50) == 1000
    assert run_steps(config, 60_000) == 6000


def test_a_run_says_its_place_in_what_sets_its_length() -> None:
    config = TrainConfig(batch_size=10, epochs=3)  # 5 steps each
    places = [place(config, step, 50) for step in (0, 4, 5, 14, 15)]
    assert places == ["epoch 1/3", "epoch 1/3", "epoch 2/3", "epoch 3/3", "epoch 3/3"]
    longer = replace(config, min_steps=19)  # a fourth epoch and no more
    assert [place(longer, step, 50) for step in (0, 16, 19)] == [
        "step 0/19",
        "step 16/19",
        "step 19/19",
    ]
    assert place(replace(config, min_steps=15), 15, 50) == "epoch 3/3"


def test_the_epochs_of_a_run_are_those_that_it_takes() -> None:
    config = TrainConfig(batch_size=10, epochs=3)
    assert run_epochs(config, 50) == 3
    assert run_epochs(replace(config, min_steps=19), 50) == 4


def test_recommended_shows_something_on_a_small_data_set() -> None:
    train = PRESETS["recommended"].train
    assert run_steps(train, DIGITS_TRAIN) == 1000
    assert run_steps(train, MNIST_TRAIN) == 10 * 235


def test_a_constant_schedule_is_constant() -> None:
    assert {learning_rate_factor(TrainConfig(), NO_EM, step, 100) for step in (0, 50, 99, 500)} == {
        1.0
    }


def test_one_cycle_rises_to_its_peak_and_falls_to_almost_nothing() -> None:
    factors = [learning_rate_factor(ONE_CYCLE, NO_EM, step, 1000) for step in range(1001)]
    peak = factors.index(max(factors))
    assert factors[0] == pytest.approx(1 / 25)
    assert (peak, factors[peak]) == (150, 1.0)
    assert factors[1000] == pytest.approx(1e-3)
    assert all(a < b for a, b in pairwise(factors[: peak + 1]))
    assert all(a > b for a, b in pairwise(factors[peak:]))


@pytest.mark.parametrize("total", [1, 2, 3, 7])
def test_one_cycle_holds_for_very_short_runs(total: int) -> None:
    factors = [learning_rate_factor(ONE_CYCLE, NO_EM, step, total) for step in range(total + 5)]
    assert all(0 < factor <= 1 for factor in factors)


def test_warm_up_is_a_straight_line_from_zero() -> None:
    config = replace(TrainConfig(), warmup_epochs=2.5)
    factors = [beta_factor(config, step, per_epoch=4) for step in range(13)]
    assert factors == pytest.approx([min(1, step / 10) for step in range(13)])


def test_without_warm_up_beta_counts_from_the_first_step() -> None:
    assert beta_factor(TrainConfig(), 0, per_epoch=4) == 1.0


def test_each_part_of_a_run_with_exact_em_has_a_cycle_and_the_last_a_lower_one() -> None:
    em = Phases(range(100, 300), range(900, 1000))
    factors = [learning_rate_factor(ONE_CYCLE, em, step, 1000) for step in range(1000)]
    parts = factors[:100], factors[100:300], factors[300:900], factors[900:]
    assert [round(max(part), 3) for part in parts] == [1, 1, AFTER_EM, BLENDED]
    for part in parts:
        assert part[0] < 0.1 * max(part) and part[-1] < 0.01 * max(part)
