"""The quick decoder: what it draws is what the engine draws."""

from dataclasses import replace

import numpy as np
import pytest

from vae_gui.core.inference.engine import Engine
from vae_gui.core.inference.quick_decoder import QuickDecoder
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.core.vae.snapshot import Snapshot, half

OF_LINEAR_LAYERS = ["deep-mlp", "lean-mlp", "mlp-256", "mlp-400", "mlp-512", "autoencoder-512"]
OTHERS = ["conv-bn", "conv-pool", "deep-conv"]


def config_of(architecture: str, likelihood: str = "bernoulli") -> ModelConfig:
    if MODELS[architecture].deterministic:
        likelihood = "squared-error"
    return ModelConfig(architecture, latent_dim=3, likelihood=likelihood)


def vivid_snapshot(config: ModelConfig) -> Snapshot:
    """Weights large enough that different z give different images."""
    snapshot = take_snapshot(build(config, seed=1), "run", 0)
    return replace(snapshot, weights={name: 3 * array for name, array in snapshot.weights.items()})


def test_every_architecture_is_spoken_for() -> None:
    assert sorted(OF_LINEAR_LAYERS + OTHERS) == sorted(MODELS)


@pytest.mark.parametrize("rounded", [False, True], ids=["float32", "float16"])
@pytest.mark.parametrize("architecture", OF_LINEAR_LAYERS)
def test_it_draws_what_the_engine_draws(architecture: str, rounded: bool) -> None:
    snapshot = vivid_snapshot(config_of(architecture))
    if rounded:
        snapshot = half(snapshot)
    engine = Engine(snapshot)
    quick = QuickDecoder(snapshot, engine.decoder_steps)
    z = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    expected = engine.decode(z).astype(int)
    drawn = np.stack([quick.decode(point) for point in z]).astype(int)
    difference = np.abs(drawn - expected)
    assert np.ptp(expected) > 50
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.001


@pytest.mark.parametrize("architecture", OTHERS)
def test_convolutions_stay_with_the_engine(architecture: str) -> None:
    assert Engine(vivid_snapshot(config_of(architecture))).decoder_steps == ()


@pytest.mark.parametrize("likelihood", [name for name in LIKELIHOODS if name != "squared-error"])
def test_only_a_mean_that_is_no_sigmoid_stays_with_the_engine(likelihood: str) -> None:
    steps = Engine(vivid_snapshot(config_of("deep-mlp", likelihood))).decoder_steps
    assert (steps == ()) == (likelihood == "continuous-bernoulli")
