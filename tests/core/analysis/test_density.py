"""The aggregated posterior against a mixture evaluated by scipy."""

import numpy as np
import pytest
from scipy import integrate, stats

from vae_gui.core.analysis.density import aggregated_posterior
from vae_gui.core.vae.encodings import Encodings


def encodings(n: int = 50, logvar: float | None = -3.0) -> Encodings:
    mu = np.random.default_rng(3).normal(size=(n, 2)).astype(np.float32)
    spread = np.linspace(-0.5, 0.5, 2 * n, dtype=np.float32).reshape(n, 2)
    return Encodings(mu, None if logvar is None else spread + np.float32(logvar), None, ())


def mixture(data: Encodings, z1: float, z2: float) -> float:
    assert data.logvar is not None
    densities = stats.norm.pdf((z1, z2), data.mu, np.exp(0.5 * data.logvar))
    return float(densities.prod(axis=1).mean())


def test_a_cell_holds_the_mean_density_over_its_area() -> None:
    data = encodings()
    result = aggregated_posterior(data, 8, (-2.0, 2.0, -1.0, 1.0))
    assert result is not None
    for row, column in ((0, 0), (1, 6), (7, 3)):
        x, y = -2.0 + 0.5 * column, -1.0 + 0.25 * row
        mass, _ = integrate.dblquad(
            lambda z2, z1: mixture(data, z1, z2), x, x + 0.5, y, y + 0.25, epsabs=1e-9
        )
        assert result.log_density[row, column] == pytest.approx(np.log(mass / 0.125), abs=1e-4)


def test_small_cells_approach_the_density_at_their_middle() -> None:
    data = encodings()
    result = aggregated_posterior(data, 100, (-1.0, 1.0, 0.0, 2.0))
    assert result is not None
    assert result.log_density[25, 70] == pytest.approx(np.log(mixture(data, 0.41, 0.51)), abs=1e-2)


def test_the_whole_mass_lies_on_the_default_grid() -> None:
    result = aggregated_posterior(encodings(5000))
    assert result is not None
    x0, x1, y0, y1 = result.extent
    cell = (x1 - x0) * (y1 - y0) / result.log_density.size
    assert result.log_density.shape == (128, 128)
    assert np.exp(result.log_density).sum() * cell == pytest.approx(1, abs=1e-4)


def test_all_mass_is_kept_where_a_posterior_is_narrower_than_a_cell() -> None:
    data = Encodings(np.zeros((1, 2), np.float32), np.full((1, 2), -12, np.float32), None, ())
    result = aggregated_posterior(data, 5, (-1.0, 1.0, -1.0, 1.0))
    assert result is not None
    assert np.exp(result.log_density[2, 2]) * 0.16 == pytest.approx(1)
    assert result.log_density[0, 0] == -60


def test_far_out_is_as_exact_on_every_side() -> None:
    data = Encodings(np.zeros((1, 2), np.float32), np.zeros((1, 2), np.float32), None, ())
    result = aggregated_posterior(data, 20, (-9.0, 9.0, -9.0, 9.0))
    assert result is not None
    density = result.log_density
    np.testing.assert_allclose(density, density[::-1, ::-1], rtol=1e-6)
    assert -60 < density[10, 19] < -36


def test_a_point_encoder_has_no_density() -> None:
    assert aggregated_posterior(encodings(logvar=None)) is None


def test_the_grid_is_read_only_float32() -> None:
    result = aggregated_posterior(encodings(), 4)
    assert result is not None
    assert result.log_density.dtype == np.float32
    assert not result.log_density.flags.writeable
