"""A collapsed posterior is said once, when it holds, and not where all is flat anyway."""

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.collapse import IN_A_ROW, CollapseWatch, advice
from vae_gui.core.vae.config import LiveHyperparameters, TrainConfig
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.run.headless import HeadlessRun

EPOCH = 10


def encodings(spread: float, point: bool = False) -> Encodings:
    """Two dimensions; the first has this standard deviation of mu, the second nothing."""
    mu = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32) * (spread, 0.0)
    return Encodings(mu, None if point else np.zeros_like(mu), None, ())


FLAT, ACTIVE = encodings(0.0), encodings(1.0)


def seen(watch: CollapseWatch, *evaluations: Encodings, first: int = EPOCH) -> list[bool]:
    return [watch.sees_it(first + EPOCH * i, each) for i, each in enumerate(evaluations)]


def test_it_is_told_at_the_third_evaluation_in_a_row_and_once() -> None:
    watch = CollapseWatch(TrainConfig(), EPOCH)
    assert IN_A_ROW == 3
    assert seen(watch, *[FLAT] * 6) == [False, False, True, False, False, False]


def test_a_single_active_dimension_is_enough_and_begins_the_count_anew() -> None:
    watch = CollapseWatch(TrainConfig(), EPOCH)
    told = seen(watch, FLAT, FLAT, ACTIVE, FLAT, FLAT, FLAT)
    assert told == [False, False, False, False, False, True]


def test_not_before_one_epoch_nor_during_the_warm_up() -> None:
    assert seen(CollapseWatch(TrainConfig(), EPOCH), *[FLAT] * 4, first=0) == [
        *[False] * 3,
        True,
    ]
    slow = CollapseWatch(TrainConfig(warmup_epochs=5), EPOCH)
    assert seen(slow, *[FLAT] * 7) == [*[False] * 6, True]


def test_an_autoencoder_has_no_posterior_to_collapse() -> None:
    watch = CollapseWatch(TrainConfig(), EPOCH)
    assert not any(seen(watch, *[encodings(0.0, point=True)] * 5))


def test_the_advice_names_beta_warm_up_and_learning_rate() -> None:
    text = advice(TrainConfig(warmup_epochs=2), LiveHyperparameters(20.0, 3e-3))
    assert "β (now 20)" in text and "warm-up" in text and "learning rate (now 0.003)" in text


@pytest.mark.parametrize(("beta", "collapses"), [(100.0, True), (0.1, False)])
def test_a_run_with_far_too_much_beta_collapses(beta: float, collapses: bool) -> None:
    config = tiny_config(beta=beta, epochs=60, learning_rate=3e-3)
    run = HeadlessRun(config, tiny_data(), "run")
    list(run.epochs())
    assert ("collapsed" in run.warning) == collapses
