"""The measures of a model: the trainer's own ELBO, and the importance-weighted bound against its definition."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.distributions import Bernoulli, Independent, Normal

from tests.tiny import through_a_file, tiny_config, tiny_data
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish
from vae_gui.core.vae import evaluation
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.evaluation import TestResult, evaluate
from vae_gui.core.vae.models.base import restore
from vae_gui.core.vae.random_streams import IMPORTANCE_NOISE, VERSIONS, generator_seed
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.snapshot import half as rounded
from vae_gui.core.vae.trainer import Trainer

DATA = tiny_data()


def trained(config: RunConfig, steps: int = 3) -> Trainer:
    trainer = Trainer(config, DATA, "run")
    for _ in range(steps):
        trainer.step()
    return trainer


def measure(config: RunConfig, snapshot: Snapshot, samples: int = 0) -> TestResult:
    return finish(evaluate(config, snapshot, DATA, samples))


@pytest.mark.parametrize("streams", VERSIONS)
def test_the_elbo_is_that_of_the_trainers_test(streams: int, tmp_path: Path) -> None:
    trainer = trained(replace(tiny_config(seed=3), random_streams=streams))
    expected = trainer.evaluate()
    assert expected is not None
    checkpoint = through_a_file(Workspace("", trainer.checkpoint()), tmp_path).checkpoint
    result = measure(checkpoint.config, checkpoint.snapshot)
    assert result.reconstruction == pytest.approx(expected.reconstruction, rel=1e-6)
    assert result.kl == pytest.approx(expected.kl, rel=1e-6)
    assert result.elbo == pytest.approx(-expected.reconstruction - expected.kl, rel=1e-6)
    assert (result.images, result.importance_weighted, result.samples) == (20, None, 0)


def test_the_elbo_is_at_beta_1_whatever_the_run_was_trained_with() -> None:
    config = tiny_config(beta=4.0)
    snapshot = trained(config).snapshot()
    result = measure(config, snapshot)
    assert result.elbo == pytest.approx(-result.reconstruction - result.kl)


def test_the_bound_is_its_definition() -> None:
    config, samples = tiny_config(seed=2), 5
    snapshot = trained(config).snapshot()
    result = measure(config, snapshot, samples)
    model = restore(snapshot)
    x = torch.tensor(DATA.test.images).unsqueeze(1) / 255
    mu, logvar = model.encode(x)
    assert logvar is not None
    seed = generator_seed(config.random_streams, 2, IMPORTANCE_NOISE, 0)
    noise = torch.randn((samples, *mu.shape), generator=torch.Generator().manual_seed(seed))
    posterior = Independent(Normal(mu, torch.exp(0.5 * logvar)), 1)
    z = mu + torch.exp(0.5 * logvar) * noise
    prior = Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    logits = model.decode(z.flatten(0, 1)).reshape(samples, *x.shape)
    pixels = Independent(Bernoulli(logits=logits, validate_args=False), 3).log_prob(x)
    weights = (pixels + prior.log_prob(z) - posterior.log_prob(z)).double()
    expected = torch.log(torch.exp(weights - weights.max(0).values).mean(0)) + weights.max(0).values
    assert result.importance_weighted == pytest.approx(float(expected.mean()), rel=1e-6)


def test_more_samples_give_a_tighter_bound_and_the_same_ones_the_same() -> None:
    config = tiny_config()
    snapshot = trained(config, steps=6).snapshot()
    bounds = [measure(config, snapshot, k).importance_weighted for k in (1, 10, 300)]
    assert bounds == sorted(bounds) and bounds[0] < bounds[2]
    assert bounds[1] == measure(config, snapshot, 10).importance_weighted


def test_samples_are_taken_in_parts_without_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    config = tiny_config()
    snapshot = trained(config).snapshot()
    whole = measure(config, snapshot, 7).importance_weighted
    monkeypatch.setattr(evaluation, "_DECODED_AT_ONCE", 40)
    reports: list[Progress] = []
    parts = finish(evaluate(config, snapshot, DATA, 7), reports.append).importance_weighted
    assert parts == pytest.approx(whole, rel=1e-6)
    assert [(report.done, report.total) for report in reports[:-1]] == [
        (2, 7),
        (4, 7),
        (6, 7),
        (7, 7),
    ]


@pytest.mark.parametrize("likelihood", ["continuous-bernoulli", "gaussian", "gaussian-learned"])
def test_every_likelihood_has_both_bounds(likelihood: str) -> None:
    config = tiny_config()
    config = replace(config, model=replace(config.model, likelihood=likelihood))
    result = measure(config, trained(config).snapshot(), 50)
    assert result.importance_weighted is not None and result.elbo is not None
    assert result.importance_weighted > result.elbo


def test_a_point_encoder_has_a_squared_error_only() -> None:
    config = tiny_config("autoencoder-512")
    config = replace(config, model=replace(config.model, likelihood="squared-error"))
    trainer = trained(config)
    result = measure(config, trainer.snapshot(), 10)
    expected = trainer.evaluate()
    assert expected is not None
    assert result.reconstruction == pytest.approx(expected.reconstruction, rel=1e-6)
    assert (result.elbo, result.importance_weighted, result.samples) == (None, None, 0)


def test_weights_as_shipped_are_measured_as_they_are() -> None:
    config = tiny_config()
    snapshot = trained(config).snapshot()
    half, whole = measure(config, rounded(snapshot)), measure(config, snapshot)
    assert half.reconstruction != whole.reconstruction
    assert half.reconstruction == pytest.approx(whole.reconstruction, rel=1e-3)


def test_data_of_another_size_and_a_wrong_count_are_refused() -> None:
    config = tiny_config()
    snapshot = trained(config, 1).snapshot()
    with pytest.raises(UserError, match="pixels"):
        finish(evaluate(config, snapshot, tiny_data(side=32), 1))
    for samples in (-1, 10_001):
        with pytest.raises(UserError, match="Samples"):
            measure(config, snapshot, samples)
