"""p(z|x) by quadrature against closed forms, and log p(x) against its lower bounds."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm
from sklearn.datasets import load_digits
from torch import Tensor

from tests.tiny import tiny_config
from vae_gui.core.analysis.exact_posterior import (
    ExactPosterior,
    density_raster,
    exact_posterior,
    grid_of,
    likelihood_grid,
)
from vae_gui.core.analysis.iwae import iwae_bound
from vae_gui.core.analysis.observation_model import ObservationModel
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.engine import Engine
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.losses import reconstruction_loss
from vae_gui.core.vae.models.base import build, restore, take_snapshot
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

SIDE = 8
W = 0.03 * np.random.default_rng(4).standard_normal((SIDE**2, 2))


def gaussian(log_sigma: float, fold: bool = False) -> ObservationModel:
    """p(x|z) = N(½ + W z, σ²), or with |z1| for z1, as the logits whose sigmoid that is."""

    def logits(z: Tensor) -> Tensor:
        z = torch.stack((z[:, 0].abs(), z[:, 1]), dim=1) if fold else z
        mean = 0.5 + z.double() @ torch.tensor(W).T
        return torch.logit(mean.clamp(1e-4, 1 - 1e-4)).float().reshape(-1, 1, SIDE, SIDE)

    return ObservationModel(logits, "gaussian-learned", torch.tensor(log_sigma))


def image_of(*z: float, noise: float = 0.02) -> np.ndarray:
    pixels = 0.5 + W @ np.array(z)
    pixels += noise * np.random.default_rng(1).standard_normal(len(pixels))
    return np.rint(255 * pixels).astype(np.uint8).reshape(SIDE, SIDE)


def closed_form(image: np.ndarray, log_sigma: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean and covariance of p(z|x), and log p(x), of the decoder without a fold."""
    x, variance = image.ravel() / 255 - 0.5, np.exp(2 * log_sigma)
    covariance = np.linalg.inv(np.eye(2) + W.T @ W / variance)
    marginal = multivariate_normal(np.zeros(len(x)), W @ W.T + variance * np.eye(len(x)))
    return covariance @ W.T @ x / variance, covariance, float(marginal.logpdf(x))


def posterior(observation: ObservationModel, image: np.ndarray) -> ExactPosterior:
    return finish(exact_posterior(finish(grid_of(observation, SIDE**2)), image))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small tensors: several threads that wait for each other take ten times as long on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def digits() -> ImageData:
    """The 8 × 8 digits that come with scikit-learn."""
    images = np.rint(load_digits().images * (255 / 16)).astype(np.uint8)
    return ImageData("digits", "Digits", Split(images[100:], None), Split(images[:100], None), ())


@pytest.fixture(scope="module")
def trained(digits: ImageData) -> Snapshot:
    config = tiny_config(side=SIDE, batch_size=64, min_steps=400)
    trainer = Trainer(config, digits, "run")
    for _ in range(400):
        trainer.step()
    return trainer.snapshot()


@pytest.mark.parametrize("log_sigma", [-1.0, -2.5, -4.0, -5.5])
@pytest.mark.parametrize("z", [(0.3, -1.2), (-4.0, 3.0)])
def test_a_linear_gaussian_decoder_has_its_closed_form(
    z: tuple[float, float], log_sigma: float
) -> None:
    image = image_of(*z)
    mean, covariance, log_evidence = closed_form(image, log_sigma)
    exact = posterior(gaussian(log_sigma), image)
    deviation = np.sqrt(np.diag(covariance))
    assert exact.log_evidence == pytest.approx(log_evidence, abs=1e-3)
    assert np.abs(exact.mean - mean).max() < 0.02 * deviation.min()
    assert np.allclose(exact.covariance, covariance, atol=0.02 * deviation.prod())


def test_both_of_two_modes_are_found() -> None:
    log_sigma, image = -3.5, image_of(1.7, 0.4)
    mean, covariance, log_evidence = closed_form(image, log_sigma)
    exact = posterior(gaussian(log_sigma, fold=True), image)
    right = exact.centres[:, 0] > 0
    assert exact.probabilities[right].sum() == pytest.approx(0.5, abs=1e-3)
    for half, sign in ((right, 1), (~right, -1)):
        centre = 2 * exact.probabilities[half] @ exact.centres[half]
        assert centre == pytest.approx(mean * (sign, 1), abs=0.01)
    # The half plane z1 > 0 counts twice.
    positive = norm.sf(0, mean[0], np.sqrt(covariance[0, 0]))
    assert exact.log_evidence == pytest.approx(log_evidence + np.log(2 * positive), abs=0.01)


def test_a_decoder_that_ignores_z_leaves_the_prior() -> None:
    def logits(z: Tensor) -> Tensor:
        return torch.full((len(z), 1, SIDE, SIDE), -1.0)

    image = np.full((SIDE, SIDE), 51, np.uint8)
    exact = posterior(ObservationModel(logits, "bernoulli"), image)
    x = torch.tensor(image / 255).float()[None, None]
    expected = -reconstruction_loss("bernoulli", torch.full_like(x, -1.0), x)
    assert exact.log_evidence == pytest.approx(expected.item(), abs=1e-3)
    assert np.allclose(exact.mean, 0, atol=1e-3)
    assert np.allclose(exact.covariance, np.eye(2), atol=0.01)


@pytest.mark.parametrize(
    "likelihood", ["bernoulli", "continuous-bernoulli", "gaussian", "gaussian-learned"]
)
def test_every_likelihood_agrees_with_a_fine_grid(likelihood: str) -> None:
    model = build(ModelConfig("mlp-256", 2, likelihood, SIDE), seed=3)
    snapshot = take_snapshot(model, "run", 0)
    image = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE)).astype(np.uint8)
    exact = finish(exact_posterior(finish(likelihood_grid(snapshot)), image))

    edge = torch.linspace(-6, 6, 121)
    z = torch.cartesian_prod(edge, edge)
    x = torch.tensor(image).float().div(255).expand(len(z), 1, SIDE, SIDE)
    with torch.no_grad():
        log_p = -reconstruction_loss(likelihood, model.decode(z), x, model.pixel_log_sigma())
    log_p = log_p.double() + torch.distributions.Normal(0.0, 1.0).log_prob(z).double().sum(1)
    assert exact.log_evidence == pytest.approx(
        torch.logsumexp(log_p, 0).item() + 2 * np.log(0.1), abs=0.01
    )


def test_the_cells_cover_the_mass_once() -> None:
    exact = posterior(gaussian(-3.0), image_of(0.2, 0.1))
    assert exact.probabilities.sum() == pytest.approx(1)
    assert exact.probabilities.min() > 0
    wide = density_raster(exact, (-8, 8, -8, 8), 128, 64)
    assert wide.shape == (64, 128)
    assert wide.sum() * (16 / 128) * (16 / 64) == pytest.approx(1)
    overlap = np.abs(exact.centres[:, None] - exact.centres).max(axis=2)
    apart = (exact.sizes[:, None] + exact.sizes) / 2
    assert (overlap >= apart - 1e-9)[~np.eye(len(exact.sizes), dtype=bool)].all()


def test_a_zoomed_view_shows_the_same_density() -> None:
    exact = posterior(gaussian(-3.0), image_of(0.2, 0.1))
    peak = multivariate_normal(*closed_form(image_of(0.2, 0.1), -3.0)[:2])
    near = density_raster(exact, (-0.5, 1.0, -0.5, 1.0), 300, 300)
    far = density_raster(exact, (-2.0, 2.5, -2.0, 2.5), 300, 300)
    assert near.reshape(100, 3, 100, 3).mean(axis=(1, 3)) == pytest.approx(
        far[100:200, 100:200], abs=1e-4
    )
    row, column = np.unravel_index(near.argmax(), near.shape)
    highest = (-0.5 + (column + 0.5) / 200, -0.5 + (row + 0.5) / 200)
    assert near.max() == pytest.approx(peak.pdf(peak.mean), rel=0.1)
    assert highest == pytest.approx(peak.mean, abs=0.05)


def test_no_bound_of_a_hundred_images_lies_above_log_p(
    trained: Snapshot, digits: ImageData
) -> None:
    grid, model = finish(likelihood_grid(trained)), restore(trained)
    mu, logvar = Engine(trained).encode(digits.test.images)
    assert logvar is not None
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    pairs = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    pair_weights = torch.tensor(np.outer(weights, weights).ravel() / (2 * np.pi))
    gaps = []
    for image, m, v in zip(digits.test.images, mu, logvar, strict=True):
        z = torch.tensor(m + np.exp(0.5 * v) * pairs, dtype=torch.float32)
        x = torch.tensor(image).float().div(255).expand(len(z), 1, SIDE, SIDE)
        with torch.no_grad():
            loss = reconstruction_loss("bernoulli", model.decode(z), x)
        kl = 0.5 * float(np.sum(m**2 + np.exp(v) - v - 1))
        elbo = -float(pair_weights @ loss.double()) - kl
        gaps.append(finish(exact_posterior(grid, image)).log_evidence - elbo)
    assert len(gaps) == 100
    assert min(gaps) > -1e-3
    assert np.mean(gaps) < 3


def test_the_importance_weighted_bound_lies_between(trained: Snapshot, digits: ImageData) -> None:
    grid = finish(likelihood_grid(trained))
    for image in digits.test.images[:5]:
        exact = finish(exact_posterior(grid, image)).log_evidence
        bound = finish(iwae_bound(trained, image, 4000))
        assert bound.elbo < bound.bound < exact + 0.1
        assert bound.bound == pytest.approx(exact, abs=0.5)
        assert bound.samples == 4000


def test_the_importance_weighted_bound_works_in_many_dimensions_and_repeats() -> None:
    snapshot = take_snapshot(build(ModelConfig("mlp-256", 20, side=SIDE)), "run", 0)
    image = np.full((SIDE, SIDE), 100, np.uint8)
    first, again, other = (finish(iwae_bound(snapshot, image, 600, seed)) for seed in (1, 1, 2))
    assert np.isfinite(first.elbo) and first.elbo < first.bound
    assert first == again != other


def test_a_plain_autoencoder_and_other_dimensions_are_refused_in_a_sentence() -> None:
    plain = take_snapshot(build(ModelConfig("autoencoder-512", 2, "squared-error", SIDE)), "run", 0)
    image = np.zeros((SIDE, SIDE), np.uint8)
    with pytest.raises(UserError, match="autoencoder"):
        finish(likelihood_grid(plain))
    with pytest.raises(UserError, match="autoencoder"):
        finish(iwae_bound(plain, image))
    with pytest.raises(UserError, match="two latent dimensions"):
        finish(likelihood_grid(replace(plain, model=ModelConfig("mlp-256", 3, side=SIDE))))


def test_it_reports_and_can_be_stopped(trained: Snapshot) -> None:
    reports: list[Progress] = []
    grid = finish(likelihood_grid(trained), reports.append)
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    job = exact_posterior(grid, np.zeros((SIDE, SIDE), np.uint8))
    assert next(job).text and next(job).text
    job.close()
    with pytest.raises(StopIteration):
        next(job)


def test_a_likelihood_that_is_not_affine_in_the_pixels_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = replace(LIKELIHOODS["gaussian-learned"], title="Laplace", affine=False)
    monkeypatch.setitem(LIKELIHOODS, "gaussian-learned", entry)
    with pytest.raises(UserError, match="Laplace is not"):
        finish(grid_of(gaussian(-2.0), SIDE**2))
