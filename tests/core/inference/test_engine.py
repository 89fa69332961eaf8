"""The engine shows what the model computes, from one snapshot at a time."""

import numpy as np
import pytest
import torch

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import restore
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.snapshot import half as rounded
from vae_gui.core.vae.trainer import Trainer

Z = np.random.default_rng(0).normal(size=(7, 2)).astype(np.float32)


def trained(architecture: str = "mlp-256", steps: int = 2, latent_dim: int = 2) -> Snapshot:
    config = tiny_config(architecture, latent_dim, learning_rate=1e-2)
    trainer = Trainer(config, tiny_data(), f"run of {architecture}")
    for _ in range(steps):
        trainer.step()
    return trainer.snapshot()


def test_a_decoded_digit_is_the_sigmoid_of_the_logits() -> None:
    snapshot = trained()
    with torch.no_grad():
        mean = torch.sigmoid(restore(snapshot).decode(torch.tensor(Z))).squeeze(1).numpy()
    shown = Engine(snapshot).decode(Z)
    assert shown.dtype == np.uint8
    assert np.abs(shown - 255 * mean).max() <= 0.5 + 1e-3
    assert np.ptp(shown) > 50


def test_encoding_gives_mu_and_logvar_of_the_scaled_image() -> None:
    snapshot, images = trained(), tiny_data().test.images
    with torch.no_grad():
        mu, logvar = restore(snapshot).encode(torch.tensor(images / 255).float().unsqueeze(1))
    found_mu, found_logvar = Engine(snapshot).encode(images)
    assert logvar is not None
    assert found_logvar is not None
    assert found_mu == pytest.approx(mu.numpy(), abs=1e-5)
    assert found_logvar == pytest.approx(logvar.numpy(), abs=1e-5)


@pytest.mark.parametrize("architecture", MODELS)
def test_the_engine_is_in_eval_mode_and_does_not_change_with_use(architecture: str) -> None:
    snapshot, images = trained(architecture), tiny_data().test.images
    engine = Engine(snapshot)
    alone = engine.encode(images[:1])[0]
    together = engine.encode(images)[0]
    assert together[:1] == pytest.approx(alone, abs=1e-4)
    assert np.array_equal(engine.encode(images)[0], together)


def test_after_adopting_newer_weights_it_answers_with_those() -> None:
    old, new = trained(steps=1), trained(steps=5)
    engine = Engine(old)
    engine.adopt(new)
    assert engine.snapshot is new
    assert np.array_equal(engine.decode(Z), Engine(new).decode(Z))
    assert not np.array_equal(engine.decode(Z), Engine(old).decode(Z))


def test_another_architecture_is_adopted_too() -> None:
    engine = Engine(trained())
    engine.adopt(trained("deep-mlp"))
    assert np.array_equal(engine.decode(Z), Engine(trained("deep-mlp")).decode(Z))


def test_using_the_engine_leaves_the_snapshot_alone() -> None:
    snapshot = trained("conv-bn")
    before = {name: array.copy() for name, array in snapshot.weights.items()}
    engine = Engine(snapshot)
    engine.encode(tiny_data().test.images)
    engine.adopt(trained("conv-bn", steps=4))
    assert all(np.array_equal(before[name], array) for name, array in snapshot.weights.items())


def test_weights_as_shipped_are_half_the_size_and_look_the_same() -> None:
    snapshot = trained("deep-mlp")
    half = rounded(snapshot)
    assert {array.dtype for array in half.weights.values()} == {np.dtype(np.float16)}
    difference = Engine(half).decode(Z).astype(int) - Engine(snapshot).decode(Z)
    assert np.abs(difference).max() <= 2


def test_weights_of_another_model_are_refused_with_a_sentence() -> None:
    snapshot = trained()
    wrong = Snapshot("run", 0, tiny_config("deep-mlp").model, snapshot.weights)
    with pytest.raises(UserError, match="do not fit"):
        Engine(wrong)


def test_restoring_draws_no_random_numbers() -> None:
    snapshot = trained("deep-mlp")
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    restore(snapshot)
    assert torch.equal(torch.rand(3), expected)
