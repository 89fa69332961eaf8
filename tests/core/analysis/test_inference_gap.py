"""The gap between ELBO and log p(x), and its parts."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.analysis.exact_posterior import ExactPosterior, exact_posterior, likelihood_grid
from vae_gui.core.analysis.inference_gap import gaussian_of_main_mode, inference_gap
from vae_gui.core.analysis.shared_quadrature import posteriors_of
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

IMAGES = tiny_data().test.images[:6]


@pytest.fixture(scope="module")
def trained() -> Snapshot:
    trainer = Trainer(tiny_config(epochs=100), tiny_data(), "run")
    for _ in range(300):
        trainer.step()
    return trainer.snapshot()


def grid_posterior(log_density) -> ExactPosterior:
    """On a fine grid over [-2, 2]²."""
    side = np.arange(-2, 2, 0.02) + 0.01
    centres = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    mass = np.exp(log_density(centres))
    mass /= mass.sum()
    mean = mass @ centres
    covariance = (centres - mean).T @ ((centres - mean) * mass[:, None])
    return ExactPosterior(0.0, centres, np.full(len(centres), 0.02), mass, mean, covariance)


def test_the_gaussian_of_a_gaussian_is_itself() -> None:
    at, spread = np.array([0.3, -0.5]), np.array([0.2, 0.4])
    posterior = grid_posterior(lambda z: -0.5 * (((z - at) / spread) ** 2).sum(1))
    mu, logvar = gaussian_of_main_mode(posterior)
    assert np.allclose(mu[0], at, atol=0.01)
    assert np.allclose(np.exp(0.5 * logvar[0]), spread, rtol=0.05)


def test_of_two_peaks_the_higher_one_is_taken() -> None:
    def two(z):
        far, near = np.array([1.0, 1.0]), np.array([-1.0, 0.0])
        peaks = [-50 * ((z - near) ** 2).sum(1), -50 * ((z - far) ** 2).sum(1) - 0.5]
        return np.logaddexp(*peaks)

    mu, logvar = gaussian_of_main_mode(grid_posterior(two))
    assert np.allclose(mu[0], [-1, 0], atol=0.02)
    assert np.allclose(np.exp(0.5 * logvar[0]), 0.1, rtol=0.1)


def test_the_parts_add_up_between_elbo_and_the_exact_evidence(trained: Snapshot) -> None:
    gap = finish(inference_gap(trained, IMAGES))
    grid = finish(likelihood_grid(trained))
    evidence = np.mean([finish(exact_posterior(grid, image)).log_evidence for image in IMAGES])
    assert gap.exact and gap.images == len(IMAGES) and gap.step == 300
    assert gap.evidence == pytest.approx(evidence, abs=0.05)
    assert gap.place >= 0 and gap.shape >= 0
    assert gap.elbo + gap.place + gap.shape == pytest.approx(gap.evidence)


def test_an_encoder_that_is_shifted_is_in_the_wrong_place(trained: Snapshot) -> None:
    bias = max(name for name in trained.weights if name.startswith("encoder") and "bias" in name)
    shifted = trained.weights[bias] + np.array([0.5, 0, 0, 0], np.float32)
    before = finish(inference_gap(trained, IMAGES))
    after = finish(
        inference_gap(replace(trained, weights={**trained.weights, bias: shifted}), IMAGES)
    )
    assert after.place > before.place + 1
    assert after.shape == pytest.approx(before.shape, abs=1)


def test_images_together_have_the_posteriors_that_each_has_alone(trained: Snapshot) -> None:
    grid = finish(likelihood_grid(trained))
    for together, image in zip(finish(posteriors_of(grid, IMAGES)), IMAGES, strict=True):
        alone = finish(exact_posterior(grid, image))
        assert together.log_evidence == pytest.approx(alone.log_evidence, abs=0.02)
        assert np.allclose(together.mean, alone.mean, atol=0.01)
        assert np.allclose(together.covariance, alone.covariance, atol=0.01)


def test_the_standard_error_covers_what_other_images_would_say(trained: Snapshot) -> None:
    """By the means of many samples of the same size."""
    images = tiny_data(test=80).test.images
    whole = finish(inference_gap(trained, images))
    samples = [finish(inference_gap(trained, images[start::8])) for start in range(8)]
    means = [gap.evidence - gap.elbo for gap in samples]
    spread = float(np.std(means, ddof=1))
    assert 0.4 < np.mean([gap.error for gap in samples]) / spread < 2.5
    assert whole.error == pytest.approx(spread / np.sqrt(8), rel=0.6)


def test_in_more_dimensions_there_is_a_bound() -> None:
    snapshot = take_snapshot(build(ModelConfig("mlp-256", latent_dim=3)), "run", 7)
    gap = finish(inference_gap(snapshot, IMAGES))
    assert not gap.exact and gap.place is None and gap.shape is None
    assert gap.evidence >= gap.elbo


def test_an_autoencoder_has_none() -> None:
    config = ModelConfig("autoencoder-512", likelihood="squared-error")
    with pytest.raises(UserError):
        finish(inference_gap(take_snapshot(build(config), "run", 0), IMAGES))
