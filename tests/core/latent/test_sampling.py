"""Samples of the prior, of posteriors and of classes, against scipy and against the model."""

import numpy as np
import pytest
from scipy import special, stats

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.requests import MAX_BATCH, Frozen
from vae_gui.core.latent.sampling import (
    ClassSigma,
    SamplePosterior,
    around_encodings,
    class_gaussians,
    pick,
    posterior,
    prior,
    standard_quantiles,
)
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

RANDOM = np.random.default_rng(3)
LABELS = np.repeat(np.array([0, 2], np.int16), 500)  # class 1 has no images
MU = (RANDOM.normal(size=(1000, 3)) * (0.5, 1, 2) + LABELS[:, None]).astype(np.float32)
LOGVAR = RANDOM.uniform(-6, -1, (1000, 3)).astype(np.float32)
ENCODINGS = Encodings(MU, LOGVAR, LABELS, ("zero", "one", "two"))


def untrained(architecture: str = "mlp-256") -> Snapshot:
    return Trainer(tiny_config(architecture), tiny_data(), "run").snapshot()


@pytest.mark.parametrize(("count", "low", "high"), [(20, 0.05, 0.95), (9, 0.1, 0.9), (1, 0.2, 0.8)])
def test_quantiles_are_those_of_scipy(count: int, low: float, high: float) -> None:
    percentiles = np.linspace(low, high, count) if count > 1 else [0.5]
    found = standard_quantiles(count, low, high)
    assert found == pytest.approx(special.ndtri(percentiles), abs=1e-12)


def test_prior_samples_are_standard_normal_and_repeat_with_the_seed() -> None:
    z = prior(4000, 3, seed=1)
    assert z.dtype == np.float32
    assert z.mean(axis=0) == pytest.approx(0, abs=0.06)
    assert np.cov(z.T) == pytest.approx(np.eye(3), abs=0.08)
    assert np.array_equal(prior(4000, 3, seed=1), z)
    assert not np.array_equal(prior(4000, 3, seed=2), z)


def test_more_prior_samples_keep_the_first() -> None:
    assert np.array_equal(prior(49, 5, seed=4)[:8], prior(8, 5, seed=4))


def test_posterior_samples_have_the_mean_and_sigma_of_their_image() -> None:
    mu, logvar = np.array([[1, -2], [3, 0]], np.float32), np.log([[0.25, 4], [1, 0.01]])
    z = posterior(mu, logvar.astype(np.float32), 5000, seed=0)
    assert z.shape == (5000, 2, 2)
    assert z.mean(axis=0) == pytest.approx(mu, abs=0.1)
    assert z.std(axis=0) == pytest.approx(np.array([[0.5, 2], [1, 0.1]]), rel=0.05)


def test_class_percentiles_are_the_inverse_cdf_of_each_dimension() -> None:
    normals = class_gaussians(ENCODINGS, ClassSigma.MEAN_POSTERIOR)
    assert normals is not None
    for label in (0, 2):
        members = label == LABELS
        mean, sigma = MU[members].mean(0), np.exp(LOGVAR[members] / 2).mean(0)
        expected = stats.norm.ppf(np.linspace(0.05, 0.95, 20)[:, None], mean, sigma)
        assert normals.percentiles(label, 20) == pytest.approx(expected, abs=1e-5)


def test_the_total_sigma_is_that_of_samples_of_the_whole_class() -> None:
    narrow = class_gaussians(ENCODINGS, ClassSigma.MEAN_POSTERIOR)
    total = class_gaussians(ENCODINGS, ClassSigma.TOTAL)
    assert narrow is not None and total is not None
    members = LABELS == 2
    expected = np.sqrt(np.exp(LOGVAR[members]).mean(0) + MU[members].var(0))
    drawn = posterior(MU[members], LOGVAR[members], 200, seed=0).reshape(-1, 3)
    assert total.sigma[2] == pytest.approx(expected, rel=1e-4)
    assert total.sigma[2] == pytest.approx(drawn.std(axis=0), rel=0.01)
    assert (total.sigma[2] > narrow.sigma[2]).all()


def test_random_class_samples_follow_the_class_and_classes_differ() -> None:
    normals = class_gaussians(ENCODINGS, ClassSigma.TOTAL)
    assert normals is not None
    z = normals.random(0, 5000, seed=9)
    assert z.mean(axis=0) == pytest.approx(normals.mean[0], abs=0.12)
    assert z.std(axis=0) == pytest.approx(normals.sigma[0], rel=0.05)
    standard = [
        (normals.random(c, 5, 9) - normals.mean[c]) / normals.sigma[c] for c in normals.nonempty
    ]
    assert not np.allclose(*standard)


def test_class_zero_is_there_and_a_class_without_images_is_not() -> None:
    normals = class_gaussians(ENCODINGS, ClassSigma.MEAN_POSTERIOR)
    assert normals is not None
    assert normals.nonempty == (0, 2)


def test_without_labels_there_are_no_classes() -> None:
    assert class_gaussians(Encodings(MU, LOGVAR, None, ()), ClassSigma.TOTAL) is None


@pytest.mark.parametrize("kind", ClassSigma)
def test_a_class_of_an_autoencoder_is_as_wide_as_its_codes(kind: ClassSigma) -> None:
    normals = class_gaussians(Encodings(MU, None, LABELS, ENCODINGS.class_names), kind)
    assert normals is not None
    assert normals.sigma[0] == pytest.approx(MU[LABELS == 0].std(0), rel=1e-4)


def test_random_points_of_an_autoencoder_lie_among_its_codes() -> None:
    z = around_encodings(MU, 4000, seed=0)
    assert z.mean(axis=0) == pytest.approx(MU.mean(axis=0), abs=0.2)
    assert z.std(axis=0) == pytest.approx(MU.std(axis=0), rel=0.05)


def test_a_pick_goes_through_all_classes_in_order() -> None:
    labels = np.tile(np.arange(26, dtype=np.int16), 40)
    chosen = pick(len(labels), labels, 52)
    assert len(set(chosen.tolist())) == 52
    assert (np.diff(labels[chosen]) >= 0).all()
    assert set(labels[chosen].tolist()) == set(range(26))


def test_a_pick_of_more_than_there_are_takes_all() -> None:
    assert sorted(pick(5, None, 20).tolist()) == [0, 1, 2, 3, 4]
    assert len(pick(0, None, 20)) == 0


def test_posterior_samples_are_decoded_under_their_image() -> None:
    snapshot, x = untrained(), tiny_data().test.images[:6]
    found = answer(snapshot, SamplePosterior(Frozen(x), 3, seed=5))
    assert found is not None
    engine = Engine(snapshot)
    mu, logvar = engine.encode(x)
    assert logvar is not None
    assert np.array_equal(found.mu, mu)
    assert np.array_equal(found.z, posterior(mu, logvar, 3, seed=5))
    assert found.images.shape == (3, 6, 28, 28)
    assert np.array_equal(found.images[2, 4], engine.decode(found.z[2])[4])


def test_an_autoencoder_has_no_posterior_samples() -> None:
    x = Frozen(tiny_data().test.images[:2])
    assert answer(untrained("autoencoder-512"), SamplePosterior(x, 3, seed=5)) is None


@pytest.mark.parametrize(("images", "count", "parts"), [(20, 3, 1), (20, 4, 2)])
def test_posterior_samples_are_answered_in_parts(images: int, count: int, parts: int) -> None:
    request = SamplePosterior(Frozen(tiny_data().test.images[:images]), count, seed=0)
    assert request.cost == images * count
    assert (request.cost <= MAX_BATCH) == (parts == 1)
    assert len(list(request.answer(Engine(untrained())))) == parts
