"""The contract of every line in MODELS, and the numbers of those that tutorials publish."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from tests.conftest import REPOSITORY
from tests.tiny import tiny_config
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.models import MODELS, ModelEntry
from vae_gui.core.vae.models.base import build, reparameterise, restore, take_snapshot

every_entry = pytest.mark.parametrize("entry", MODELS.values(), ids=MODELS)


def config_of(entry: ModelEntry, latent_dim: int) -> ModelConfig:
    return ModelConfig(entry.name, latent_dim, side=entry.sides[0] if entry.sides else 28)


def parameters(architecture: str, latent_dim: int = 2) -> int:
    model = build(tiny_config(architecture, latent_dim).model)
    return sum(parameter.numel() for parameter in model.parameters())


def linear(inputs: int, outputs: int) -> int:
    return inputs * outputs + outputs


@every_entry
@pytest.mark.parametrize("latent_dim", [1, 2, 16])
def test_images_go_to_the_latent_space_and_back(entry: ModelEntry, latent_dim: int) -> None:
    config = config_of(entry, latent_dim)
    model = build(config).eval()
    with torch.no_grad():
        mu, logvar = model.encode(torch.rand(3, 1, config.side, config.side))
        logits = model.decode(mu)
    assert mu.shape == (3, latent_dim)
    assert (logvar is None) == entry.deterministic
    assert logvar is None or logvar.shape == (3, latent_dim)
    assert logits.shape == (3, 1, config.side, config.side)
    assert torch.isfinite(logits).all()


@every_entry
def test_every_parameter_learns(entry: ModelEntry) -> None:
    config = config_of(entry, 2)
    model = build(config).train()
    mu, logvar = model.encode(torch.rand(4, 1, config.side, config.side))
    model.decode(reparameterise(mu, logvar, torch.randn(4, 2))).square().sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@every_entry
def test_a_snapshot_restores_the_same_model(entry: ModelEntry) -> None:
    config = config_of(entry, 2)
    model = build(config)
    copy = restore(take_snapshot(model, "run", 0))
    model.eval()
    z = torch.randn(5, 2)
    with torch.no_grad():
        assert torch.equal(copy.decode(z), model.decode(z))
    assert not any(parameter.requires_grad for parameter in copy.parameters())


@every_entry
def test_the_same_seed_builds_the_same_weights(entry: ModelEntry) -> None:
    first, second, other = (
        torch.cat([p.flatten() for p in build(config_of(entry, 2), seed).parameters()])
        for seed in (4, 4, 5)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


@every_entry
def test_an_entry_describes_itself(entry: ModelEntry) -> None:
    assert MODELS[entry.name] is entry
    assert entry.title
    assert entry.description.endswith(".")


def test_reading_the_registry_loads_no_torch() -> None:
    code = "import sys, vae_gui.core.vae.models; print('torch' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert result.stdout.strip() == "False"


def test_s3_has_the_parameters_that_its_layers_add_up_to() -> None:
    expected = linear(784, 256) + linear(256, 2 * 2) + linear(2, 256) + linear(256, 784)
    assert expected == 404_244
    assert parameters("mlp-256") == expected


def test_s3_decodes_with_one_hidden_layer_of_relu_units() -> None:
    model = build(tiny_config("mlp-256").model)
    first, _, second, _ = model.decoder
    z = torch.randn(3, 2)
    hidden = torch.clamp(z @ first.weight.T + first.bias, min=0)
    expected = hidden @ second.weight.T + second.bias
    with torch.no_grad():
        torch.testing.assert_close(model.decode(z).flatten(1), expected)


def test_the_recommended_models_have_the_parameters_that_their_layers_add_up_to() -> None:
    features = 2 + 2 * 16
    decoder = linear(features, 256) + 2 * linear(256, 256)
    lean = linear(784, 256) + 3 * linear(256, 256) + linear(256, 4)
    lean += decoder + linear(256, 384) + linear(384, 784)
    deep = linear(784, 512) + 3 * linear(512, 512) + linear(512, 4)
    deep += decoder + linear(256, 512) + linear(512, 512) + linear(512, 784)
    assert (lean, deep) == (940_436, 2_128_916)
    assert (parameters("lean-mlp"), parameters("deep-mlp")) == (lean, deep)


def test_an_autoencoder_gives_a_code_and_no_distribution() -> None:
    halves = linear(784, 512) + linear(512, 2), linear(2, 512) + linear(512, 784)
    assert parameters("autoencoder-512") == sum(halves)


def test_a_sample_is_mu_plus_sigma_times_the_noise() -> None:
    mu, logvar = torch.tensor([[1.0, -2.0]]), torch.log(torch.tensor([[4.0, 0.25]]))
    noise = torch.tensor([[0.5, -1.0]])
    assert torch.allclose(reparameterise(mu, logvar, noise), torch.tensor([[2.0, -2.5]]))
    assert reparameterise(mu, None, noise) is mu


def test_a_snapshot_does_not_change_when_the_model_learns_on() -> None:
    model = build(tiny_config("conv-bn").model)
    snapshot = take_snapshot(model, "run", 0)
    before = {name: array.copy() for name, array in snapshot.weights.items()}
    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.add_(1)
    assert all(np.array_equal(before[name], array) for name, array in snapshot.weights.items())
