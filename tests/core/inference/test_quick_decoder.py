"""The quick decoder: what it draws is what the engine draws."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from vae_gui.core.inference.engine import Engine
from vae_gui.core.inference.quick_decoder import QuickDecoder, can_decode
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.core.vae.models.deep_mlp import FourierFeatures, Residual
from vae_gui.core.vae.snapshot import Snapshot, half

KINDS = {
    nn.Linear: "linear",
    nn.ReLU: "relu",
    nn.GELU: "gelu",
    Residual: "residual",
    FourierFeatures: "fourier features",
}
QUICK = [name for name, entry in MODELS.items() if entry.decoder]


def config_of(architecture: str, likelihood: str = "bernoulli") -> ModelConfig:
    if MODELS[architecture].deterministic:
        likelihood = "squared-error"
    return ModelConfig(architecture, latent_dim=3, likelihood=likelihood)


def vivid_snapshot(config: ModelConfig) -> Snapshot:
    """Weights large enough that different z give different images."""
    snapshot = take_snapshot(build(config, seed=1), "run", 0)
    return replace(snapshot, weights={name: 3 * array for name, array in snapshot.weights.items()})


@pytest.mark.parametrize("architecture", MODELS)
def test_the_registry_lists_the_layers_of_the_decoder(architecture: str) -> None:
    """Where all of them are known here; the last one only shapes the image."""
    decoder = build(config_of(architecture)).decoder
    *layers, last = decoder
    kinds = [KINDS.get(type(layer)) for layer in layers]
    listed = [*kinds] if isinstance(last, nn.Unflatten) and all(kinds) else []
    assert [*MODELS[architecture].decoder] == listed


@pytest.mark.parametrize("rounded", [False, True], ids=["float32", "float16"])
@pytest.mark.parametrize("architecture", QUICK)
def test_it_draws_what_the_engine_draws(architecture: str, rounded: bool) -> None:
    snapshot = vivid_snapshot(config_of(architecture))
    if rounded:
        snapshot = half(snapshot)
    engine = Engine(snapshot)
    quick = QuickDecoder(snapshot)
    z = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    expected = engine.decode(z).astype(int)
    drawn = np.stack([quick.decode(point) for point in z]).astype(int)
    difference = np.abs(drawn - expected)
    assert np.ptp(expected) > 50
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.001


@pytest.mark.parametrize("architecture", sorted(MODELS.keys() - QUICK))
def test_convolutions_stay_with_the_engine(architecture: str) -> None:
    assert not can_decode(config_of(architecture))


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_only_a_mean_that_is_no_sigmoid_stays_with_the_engine(name: str) -> None:
    logits = torch.linspace(-4, 4, 9)
    is_sigmoid = torch.equal(LIKELIHOODS[name].build().mean(logits), torch.sigmoid(logits))
    assert LIKELIHOODS[name].sigmoid_mean == is_sigmoid
    if name != "squared-error":
        assert can_decode(config_of("deep-mlp", name)) == is_sigmoid
