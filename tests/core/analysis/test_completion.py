"""Completions against closed forms, the exact posterior, and digits of which a half is covered."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import norm
from sklearn.datasets import load_digits
from torch import Tensor

from tests.tiny import tiny_config
from vae_gui.core.analysis.completion import MAX_MODES, Completions, completed, completions
from vae_gui.core.analysis.exact_posterior import exact_posterior, likelihood_grid
from vae_gui.core.analysis.observation_model import ObservationModel
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage.workspace import load
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

RESOURCES = Path(__file__).parents[3] / "resources"
SIDE = 8
NOTHING, ALL = np.zeros((SIDE, SIDE), bool), np.ones((SIDE, SIDE), bool)
BELOW = NOTHING.copy()
BELOW[SIDE // 2 :] = True
W = 0.03 * np.random.default_rng(4).standard_normal((SIDE**2, 3))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small tensors: several threads that wait for each other take ten times as long on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def linear(latent_dim: int, log_sigma: float, fold: bool = False) -> ObservationModel:
    """p(x|z) = N(½ + W z, σ²), or with |z1| for z1, as the logits whose sigmoid that is."""

    def logits(z: Tensor) -> Tensor:
        z = torch.cat((z[:, :1].abs(), z[:, 1:]), dim=1) if fold else z
        mean = 0.5 + z.double() @ torch.tensor(W[:, :latent_dim]).T
        return torch.logit(mean.clamp(1e-4, 1 - 1e-4)).float().reshape(-1, 1, SIDE, SIDE)

    return ObservationModel(logits, "gaussian-learned", torch.tensor(log_sigma))


def image_of(*z: float) -> np.ndarray:
    pixels = 0.5 + W[:, : len(z)] @ np.array(z)
    return np.rint(255 * pixels).astype(np.uint8).reshape(SIDE, SIDE)


def closed_form(image: np.ndarray, known: np.ndarray, dims: int, log_sigma: float) -> np.ndarray:
    """The mean of p(z | known pixels), which is its mode, of the decoder without a fold."""
    weights, variance = W[known.ravel(), :dims], np.exp(2 * log_sigma)
    x = image[known] / 255 - 0.5
    return np.linalg.solve(np.eye(dims) + weights.T @ weights / variance, weights.T @ x / variance)


@pytest.fixture(scope="module")
def digits() -> ImageData:
    """The 8 × 8 digits that come with scikit-learn."""
    images = np.rint(load_digits().images * (255 / 16)).astype(np.uint8)
    return ImageData("digits", "Digits", Split(images[100:], None), Split(images[:100], None), ())


def trained_on(digits: ImageData, latent_dim: int) -> Snapshot:
    config = tiny_config(latent_dim=latent_dim, side=SIDE, batch_size=64, min_steps=400)
    trainer = Trainer(config, digits, "run")
    for _ in range(400):
        trainer.step()
    return trainer.snapshot()


@pytest.fixture(scope="module")
def two(digits: ImageData) -> Snapshot:
    return trained_on(digits, 2)


@pytest.fixture(scope="module")
def five(digits: ImageData) -> Snapshot:
    return trained_on(digits, 5)


def of(snapshot: Snapshot, image: np.ndarray, unknown: np.ndarray) -> Completions:
    return finish(completions(snapshot, image, unknown))


def log_joint(engine: Engine, z: np.ndarray, image: np.ndarray, known: np.ndarray) -> np.ndarray:
    """log p(known pixels | z) + log p(z) of a Bernoulli model, pixel by pixel."""
    means = engine.mean_images(z)[:, known].astype(float).clip(1e-9, 1 - 1e-7)
    x = image[known] / 255
    likelihood = (x * np.log(means) + (1 - x) * np.log1p(-means)).sum(axis=1)
    return likelihood + norm.logpdf(z.astype(float)).sum(axis=1)


@pytest.mark.parametrize("log_sigma", [-1.0, -3.0])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_of_a_linear_decoder_the_mode_is_its_closed_form(dims: int, log_sigma: float) -> None:
    image = image_of(*(0.8, -1.1, 0.4)[:dims])
    found = finish(completed(linear(dims, log_sigma), dims, image, BELOW))
    assert found.z == pytest.approx(closed_form(image, ~BELOW, dims, log_sigma)[None], abs=0.02)
    assert found.images.shape == (1, SIDE, SIDE)
    if dims == 2:
        assert found.share == pytest.approx([1.0], abs=1e-3)
    else:
        assert found.share is None


def test_both_of_two_modes_are_found_with_half_of_the_probability() -> None:
    image = image_of(1.7, 0.4)
    found = finish(completed(linear(2, -3.5, fold=True), 2, image, BELOW))
    mode = closed_form(image, ~BELOW, 2, -3.5)
    assert sorted(found.z.tolist()) == [
        pytest.approx(mode * (-1, 1), abs=0.02),
        pytest.approx(mode, abs=0.02),
    ]
    assert found.share == pytest.approx([0.5, 0.5], abs=0.01)


def test_both_of_two_modes_are_found_in_three_dimensions() -> None:
    image = image_of(1.7, 0.4, -0.6)
    found = finish(completed(linear(3, -3.5, fold=True), 3, image, BELOW))
    mode = closed_form(image, ~BELOW, 3, -3.5)
    assert sorted(found.z.tolist()) == [
        pytest.approx(mode * (-1, 1, 1), abs=0.05),
        pytest.approx(mode, abs=0.05),
    ]


@pytest.mark.parametrize("dims", [2, 3])
def test_where_nothing_is_known_the_prior_is_left(dims: int) -> None:
    found = finish(completed(linear(dims, -3.0), dims, image_of(*([1.0] * dims)), ALL))
    assert found.z == pytest.approx(np.zeros((1, dims)), abs=0.02)
    assert found.log_joint == pytest.approx([-0.5 * dims * np.log(2 * np.pi)], abs=1e-3)
    assert found.share is None or found.share == pytest.approx([1.0], abs=1e-3)


def test_with_nothing_unknown_it_is_the_mode_of_the_exact_posterior(
    two: Snapshot, digits: ImageData
) -> None:
    grid = finish(likelihood_grid(two))
    for image in digits.test.images[:5]:
        exact = finish(exact_posterior(grid, image))
        highest = (exact.probabilities / np.square(exact.sizes)).argmax()
        found = of(two, image, NOTHING)
        assert np.abs(found.z - exact.centres[highest]).max(axis=1).min() < exact.sizes[highest]


@pytest.mark.parametrize("dims", [2, 5])
def test_a_completion_explains_the_half_that_is_known(
    dims: int, digits: ImageData, request: pytest.FixtureRequest
) -> None:
    snapshot = request.getfixturevalue({2: "two", 5: "five"}[dims])
    engine, known = Engine(snapshot), ~BELOW
    for image in digits.test.images[:6]:
        found = of(snapshot, image, BELOW)
        # The encoder saw the whole image, and its answer is for both halves.
        encoded = engine.encode(image[None])[0]
        assert found.log_joint.max() >= log_joint(engine, encoded, image, known)[0] - 1e-3
        assert found.log_joint == pytest.approx(log_joint(engine, found.z, image, known), abs=1e-2)
        assert np.array_equal(found.images, engine.decode(found.z))
        assert 1 <= len(found.z) <= MAX_MODES


def test_what_is_unknown_has_no_say(two: Snapshot, digits: ImageData) -> None:
    image = digits.test.images[3]
    scribbled = image.copy()
    scribbled[BELOW] = 255
    plain, other = (of(two, each, BELOW) for each in (image, scribbled))
    assert np.array_equal(plain.z, other.z) and plain.share is not None
    assert not np.allclose(of(two, scribbled, NOTHING).z[0], plain.z[0], atol=0.05)


def test_shares_fall_and_are_parts_of_one(two: Snapshot, digits: ImageData) -> None:
    for image in digits.test.images[:8]:
        found = of(two, image, BELOW)
        assert found.share is not None
        assert (np.diff(found.share) <= 0).all() and found.share.min() > 0
        assert 0.5 < found.share.sum() <= 1 + 1e-9


def test_a_digit_of_which_the_top_is_known_has_several_completions_alike_there() -> None:
    snapshot = load(RESOURCES / "pretrained.vae").checkpoint.snapshot
    (seven,) = Engine(snapshot).decode(np.array([[0.92, 0.2]], np.float32))
    unknown = np.zeros((28, 28), bool)
    unknown[10:] = True
    found = of(snapshot, seven, unknown)
    assert found.share is not None and len(found.z) > 1 and 0.5 < found.share.sum() <= 1
    errors = np.abs(found.images - seven.astype(float))
    assert errors[0, ~unknown].mean() < 5
    for error in errors[1:]:
        assert error[unknown].mean() > 1.5 * error[~unknown].mean()


def test_the_same_seed_gives_the_same_completions(five: Snapshot, digits: ImageData) -> None:
    first, again = (of(five, digits.test.images[0], BELOW) for _ in range(2))
    assert np.array_equal(first.z, again.z)
    assert (np.diff(first.log_joint) <= 0).all()
    apart = np.linalg.norm(first.z[:, None] - first.z, axis=2)
    assert (apart[~np.eye(len(apart), dtype=bool)] > 0.05).all()


def test_a_likelihood_that_is_not_affine_is_completed_by_restarts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = image_of(0.8, -1.1)
    entry = replace(LIKELIHOODS["gaussian-learned"], affine=False)
    monkeypatch.setitem(LIKELIHOODS, "gaussian-learned", entry)
    found = finish(completed(linear(2, -3.0), 2, image, BELOW))
    assert found.share is None
    assert found.z == pytest.approx(closed_form(image, ~BELOW, 2, -3.0)[None], abs=0.02)


def test_an_autoencoder_and_broken_weights_are_refused_in_a_sentence(two: Snapshot) -> None:
    plain = take_snapshot(build(ModelConfig("autoencoder-512", 2, "squared-error", SIDE)), "run", 0)
    with pytest.raises(UserError, match="autoencoder"):
        of(plain, image_of(0.0), BELOW)
    broken = {name: np.full_like(array, np.nan) for name, array in two.weights.items()}
    with pytest.raises(UserError, match="not finite"):
        of(replace(two, weights=broken), image_of(0.0), BELOW)


def test_it_reports_and_can_be_stopped(two: Snapshot) -> None:
    job = completions(two, image_of(0.0), BELOW)
    assert all(next(job).text for _ in range(5))
    job.close()
    with pytest.raises(StopIteration):
        next(job)
