"""The contract of every line in PRESETS."""

import json

import pytest

from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.config_json import run_config_from_json, to_json
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.presets import PRESETS, Preset

every_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


def test_the_first_is_the_recommended_one_in_two_dimensions() -> None:
    first = next(iter(PRESETS.values()))
    assert first.name == "recommended"
    assert first.model.latent_dim == 2


@every_preset
def test_a_preset_describes_itself(preset: Preset) -> None:
    assert PRESETS[preset.name] is preset
    assert preset.title
    assert preset.description.endswith(".")


@every_preset
def test_its_model_exists_and_takes_its_images(preset: Preset) -> None:
    entry = MODELS[preset.model.architecture]
    assert not entry.sides or preset.model.side in entry.sides
    assert entry.deterministic == (preset.model.likelihood == "squared-error")


@every_preset
def test_its_run_can_be_saved(preset: Preset) -> None:
    config = RunConfig(preset.name, "digits", preset.model, preset.train)
    assert run_config_from_json(json.loads(json.dumps(to_json(config)))) == config


def test_s3_is_as_its_tutorial_has_it() -> None:
    s3 = PRESETS["s3-mlp"]
    assert (s3.model.architecture, s3.model.latent_dim) == ("mlp-256", 2)
    assert s3.model.likelihood == "bernoulli"
    assert (s3.train.optimizer, s3.train.learning_rate) == ("adam", 1e-3)
    assert (s3.train.batch_size, s3.train.epochs, s3.train.schedule) == (128, 30, "constant")
