"""log q(z) at points and on slices against scipy; the words that are calibrated with held-out samples."""

import numpy as np
import pytest
from scipy import stats

from vae_gui.core.analysis.coverage import CoverageLevel, calibrate
from vae_gui.core.analysis.density import SLICED, log_density, mixture, plane_density, run
from vae_gui.core.vae.encodings import Encodings


def encodings(count: int = 60, dims: int = 3, logvar: float | None = -2.0) -> Encodings:
    random = np.random.default_rng(7)
    mu = random.normal(size=(count, dims)).astype(np.float32)
    spread = random.uniform(-0.5, 0.5, mu.shape).astype(np.float32)
    return Encodings(mu, None if logvar is None else spread + np.float32(logvar), None, ())


def reference(data: Encodings, z: np.ndarray) -> float:
    assert data.logvar is not None
    logs = stats.norm.logpdf(z, data.mu, np.exp(0.5 * data.logvar)).sum(axis=1)
    return float(np.logaddexp.reduce(logs) - np.log(len(logs)))


@pytest.mark.parametrize("dims", [1, 2, 20])
def test_the_density_at_a_point_is_that_of_the_mixture(dims: int) -> None:
    data = encodings(dims=dims)
    for z in (np.zeros(dims), np.full(dims, 0.7), np.full(dims, 9.0)):
        expected = reference(data, z)
        assert log_density(mixture(data), z[None])[0] == pytest.approx(expected, rel=1e-4)


def test_a_slice_holds_the_joint_density_with_the_others_at_the_cursor() -> None:
    data, point = encodings(), (9.0, 0.4, 9.0)
    grid = run(plane_density(mixture(data), (-2.0, 2.0, -1.0, 1.0), (2, 0), point, cells=100))
    # column 60 and row 30 are cells of 0.04 × 0.02, their middles at z3 = 0.42 and z1 = -0.39
    assert grid[30, 60] == pytest.approx(reference(data, np.array([-0.39, 0.4, 0.42])), abs=1e-2)


def test_far_from_all_others_a_slice_keeps_its_shape() -> None:
    data = encodings()
    grid = run(plane_density(mixture(data), (-1.0, 1.0, -1.0, 1.0), (0, 1), (0.0, 0.0, 40.0), 50))
    expected = reference(data, np.array([0.02, 0.02, 40.0]))
    assert grid[25, 25] == pytest.approx(expected, rel=1e-3)


def test_one_dimension_is_one_row() -> None:
    data = encodings(dims=1)
    grid = run(plane_density(mixture(data), (-1.0, 1.0, -9.0, 9.0), (0, 0), (0.0,), cells=200))
    assert grid.shape == (1, 200)
    assert grid[0, 130] == pytest.approx(reference(data, np.array([0.305])), abs=1e-2)


def test_codes_of_an_autoencoder_get_scotts_kernels() -> None:
    data = encodings(count=300, dims=2, logvar=None)
    q = mixture(data)
    # scipy's kernel has the full covariance; these codes are uncorrelated, so it is close
    kernel = stats.gaussian_kde(data.mu.T, "scott")
    assert q.kernel
    assert log_density(q, np.zeros((1, 2)))[0] == pytest.approx(kernel.logpdf([0, 0])[0], abs=0.05)


def test_above_two_dimensions_a_fixed_sample_stands_for_all() -> None:
    many = encodings(count=SLICED + 500, dims=3)
    assert len(mixture(many)) == SLICED
    assert len(mixture(encodings(count=SLICED + 500, dims=2))) == SLICED + 500


def normal_pairs(count: int, seed: int) -> Encodings:
    mu = np.random.default_rng(seed).normal(size=(count, 2)).astype(np.float32)
    return Encodings(mu, np.full_like(mu, -4), None, ())


def test_words_follow_the_percentiles_of_held_out_samples() -> None:
    coverage = run(calibrate(normal_pairs(3000, 1), normal_pairs(1000, 2)))
    random = np.random.default_rng(3)
    z = random.normal(size=(2000, 2)) * np.sqrt(1 + np.exp(-4))
    levels = [coverage.level(float(value)) for value in log_density(coverage.mixture, z)]
    assert levels.count(CoverageLevel.OFF) / len(levels) == pytest.approx(0.01, abs=0.01)
    assert levels.count(CoverageLevel.EDGE) / len(levels) == pytest.approx(0.09, abs=0.03)
    assert coverage.level(coverage.log_density((0.0, 0.0))) is CoverageLevel.INSIDE
    assert coverage.level(coverage.log_density((6.0, 6.0))) is CoverageLevel.OFF


def test_an_image_does_not_vouch_for_itself() -> None:
    # given encodings so far apart that each covers its own place alone
    mu = np.arange(50, dtype=np.float32)[:, None] * np.ones(2, np.float32) * 10
    lonely = Encodings(mu, np.full_like(mu, -6), None, ())
    # then its own samples are far off the map of all others
    coverage = run(calibrate(lonely))
    assert coverage.inside < coverage.log_density((0.0, 0.0)) - 100
