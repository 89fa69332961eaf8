"""The values that a run is made from: what they accept, what they say, and that JSON keeps them."""

import json
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import settings_of
from vae_gui.core.vae.config import (
    HyperparameterChange,
    LiveHyperparameters,
    ModelConfig,
    RunConfig,
    TrainConfig,
    default_threads,
)
from vae_gui.core.vae.config_json import ForeignRunError, run_config_from_json, to_json
from vae_gui.core.vae.random_streams import MIXED, NEWEST, SHIFTED

CONFIG = RunConfig(
    "recommended",
    "digits",
    ModelConfig("mlp-256", latent_dim=3),
    TrainConfig(seed=5, threads=2, beta=0.5, warmup_epochs=1.5),
    (HyperparameterChange(3, "beta", 4.0), HyperparameterChange(8, "learning_rate", 1e-4)),
)


def test_a_config_cannot_be_edited() -> None:
    with pytest.raises(FrozenInstanceError):
        CONFIG.train.beta = 2.0  # type: ignore[misc]


@pytest.mark.parametrize("config_type", [ModelConfig, TrainConfig])
def test_every_field_is_described_for_the_form(config_type: type) -> None:
    described = settings_of(config_type)
    assert [item.name for item in described] == [field.name for field in fields(config_type)]
    for item in described:
        assert item.setting.label
        assert item.setting.help.endswith(".")
        assert bool(item.setting.choices) == (item.kind is str)


@pytest.mark.parametrize("config", [ModelConfig(), TrainConfig()])
def test_the_limits_belong_to_what_is_allowed(config: ModelConfig | TrainConfig) -> None:
    for item in settings_of(type(config)):
        if item.kind is int:
            for limit in (item.setting.minimum, item.setting.maximum):
                assert getattr(replace(config, **{item.name: int(limit)}), item.name) == limit


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"learning_rate": 0.0}, "Learning rate is 0, but must lie between 1e-06 and 10."),
        ({"learning_rate": float("nan")}, "Learning rate is nan"),
        ({"beta": -0.1}, "β is -0.1"),
        ({"batch_size": 0}, "Batch size is 0"),
        ({"batch_size": 1.5}, "Batch size must be a whole number"),
        ({"epochs": True}, "Epochs must be a whole number"),
        ({"seed": 2**31}, "Seed is 2.14748e+09"),
        ({"optimizer": "sgd"}, "Optimizer cannot be “sgd”: choose one of adam, adamw."),
    ],
)
def test_a_wrong_value_is_refused_with_its_name(values: dict[str, object], words: str) -> None:
    with pytest.raises(UserError) as refused:
        replace(TrainConfig(), **values)
    assert words in str(refused.value)


def test_one_core_stays_free_for_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for cores in (None, 1, 2, 8):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append((default_threads(), TrainConfig().threads))
    assert found == [(1, 1), (1, 1), (1, 1), (7, 7)]


def test_a_config_comes_back_from_json_as_it_was() -> None:
    text = json.dumps(to_json(CONFIG))
    assert run_config_from_json(json.loads(text)) == CONFIG


def test_a_run_states_its_random_streams_and_an_older_one_that_does_not_has_the_first() -> None:
    values = json.loads(json.dumps(to_json(CONFIG)))
    assert values["random_streams"] == CONFIG.random_streams == MIXED
    del values["random_streams"]
    assert run_config_from_json(values) == replace(CONFIG, random_streams=SHIFTED)


@pytest.mark.parametrize(
    "damage",
    [
        {"model": None},
        {"train": {"epochs": 3, "device": None}},
        {"model": {"architecture": "x" * 100}},
        {"changes": "none"},
        {"changes": [{"step": 1, "name": "seed", "value": 2}]},
        {"changes": [{"step": 1, "name": "beta", "value": float("inf")}]},
        {"changes": [{"step": "soon", "name": "beta", "value": 1.0}]},
        {"random_streams": 0},
        {"random_streams": "new"},
        {"random_streams": None},
    ],
    ids=str,
)
def test_json_that_is_no_config_is_refused_with_a_sentence(damage: dict[str, object]) -> None:
    with pytest.raises(UserError, match="settings of the run"):
        run_config_from_json(json.loads(json.dumps(to_json(CONFIG))) | damage)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"model": {"architecture": "linear"}}, "the architecture “linear”"),
        ({"model": {"likelihood": "poisson"}}, "the likelihood “poisson”"),
        ({"train": {"optimizer": "sgd"}}, "the optimizer “sgd”"),
        ({"train": {"dropout": 0.5}}, "the setting “dropout”"),
        ({"random_streams": NEWEST + 1}, "newer random streams"),
    ],
    ids=str,
)
def test_what_only_another_version_has_is_named(changed: dict[str, object], named: str) -> None:
    with pytest.raises(ForeignRunError, match=f"needs {named}, .* open it with the one that made"):
        run_config_from_json(json.loads(json.dumps(to_json(CONFIG))) | changed)


def test_the_knobs_are_the_fields_of_a_change() -> None:
    assert [field.name for field in fields(LiveHyperparameters)] == ["beta", "learning_rate"]
