"""Which runs a file stands for, and a sentence for what is no sweep."""

import pytest

from vae_gui.core.support.errors import UserError
from vae_gui.core.sweeps.plan import plan_of

HEAD = {"preset": "s3-mlp", "dataset": "digits"}


def test_a_grid_is_every_combination_and_a_list_stands_beside_it() -> None:
    plan = plan_of(
        {
            **HEAD,
            "settings": {"epochs": 3},
            "grid": {"beta": [0.5, 4], "seed": [0, 1]},
            "run": [{"latent_dim": 16}],
        }
    )
    assert [run.name for run in plan.runs] == [
        "beta-0.5_seed-0",
        "beta-0.5_seed-1",
        "beta-4_seed-0",
        "beta-4_seed-1",
        "latent_dim-16",
    ]
    config = plan.config(plan.runs[2], threads=1)
    assert (config.train.beta, config.train.seed, config.train.epochs) == (4.0, 0, 3)
    assert (config.train.threads, config.train.min_steps) == (1, 0)
    assert plan.config(plan.runs[4], threads=2).model.latent_dim == 16


def test_a_file_without_runs_is_one_run() -> None:
    (run,) = plan_of(HEAD).runs
    assert (run.name, run.values) == ("run", ())


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"dataset": "digits"}, "names its preset"),
        ({**HEAD, "preset": "s9"}, "no preset “s9”"),
        ({**HEAD, "colour": 1}, "no “colour”"),
        ({**HEAD, "grid": {"beta": 4}}, "must be a list"),
        ({**HEAD, "grid": {"beta": []}}, "must be a list"),
        ({**HEAD, "grid": {"bate": [4]}}, "no setting “bate”"),
        ({**HEAD, "grid": {"beta": [-1]}}, "must lie between"),
        ({**HEAD, "grid": {"beta": [True]}}, "number or a text"),
        ({**HEAD, "grid": {"beta": [1, 1.0]}}, "Two runs would be called"),
        ({**HEAD, "grid": {"seed": list(range(200)), "beta": [1] * 200}}, "at most 10,000 runs"),
        ({**HEAD, "grid": [1]}, "must be a table"),
        ({**HEAD, "run": {"beta": 1}}, "must be tables"),
        ({**HEAD, "run": [1]}, "must be tables"),
        ({**HEAD, "probe": 1}, "true or false"),
        ({**HEAD, "search": {"trials": 3}}, "at least one setting"),
        ({**HEAD, "search": {"trials": "3", "beta": [1]}}, "whole number"),
        ({**HEAD, "search": {"objective": "kl", "beta": [1]}}, "not “kl”"),
        ({**HEAD, "search": {"beta": {"low": 4}}}, "a range"),
        ({**HEAD, "search": {"beta": {"low": -4, "high": 1}}}, "must lie between"),
        ({**HEAD, "search": {"latent_dim": [2, 0]}}, "must lie between"),
        ({**HEAD, "search": {"beta": {"low": 4, "high": 1}}}, "no range"),
        ({**HEAD, "search": {"beta": {"low": 0, "high": 1, "log": True}}}, "above 0"),
        ({**HEAD, "search": {"patience": {"low": 0, "high": 9, "log": True}}}, "above 0"),
        ({**HEAD, "search": {"beta": {"low": 1, "high": 2, "log": 1}}}, "true or false"),
        ({**HEAD, "search": {"seed": 2**32, "beta": [1]}}, "at most 4294967295"),
        ({**HEAD, "search": {"seed": 10**4999, "beta": [1]}}, "more than 30 digits"),
        ({**HEAD, "settings": {"seed": 2**32}}, "must lie between"),
        ({**HEAD, "grid": {"seed": [0, 2**70]}}, "must lie between"),
    ],
)
def test_what_is_no_sweep_is_told_in_a_sentence(document: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        plan_of(document)
