"""Lattices of the latent plane: their values, their order, and the picture made of their tiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_gui.core.latent.grid import RANGE, LatentGrid, ManifoldChoice, even_grid, montage
from vae_gui.core.support.errors import UserError


@pytest.mark.parametrize(("lowest", "reach"), [(0.05, 1.6449), (0.1, 1.2816)])
def test_percentiles_are_those_of_the_prior(lowest: float, reach: float) -> None:
    latent_grid = ManifoldChoice(rows=12, lowest=lowest).latent_grid(2)
    expected = stats.norm.ppf(np.linspace(lowest, 1 - lowest, 12))
    np.testing.assert_allclose(latent_grid.x, expected, atol=1e-12)
    np.testing.assert_allclose(latent_grid.y, expected[::-1], atol=1e-12)
    assert latent_grid.x[-1] == pytest.approx(reach, abs=5e-5)


def test_a_range_is_even_and_holds_both_its_ends() -> None:
    choice = ManifoldChoice(mode=RANGE, rows=16, x_low=-5, x_high=10, y_low=-10, y_high=5)
    latent_grid = choice.latent_grid(2)
    assert (latent_grid.x[0], latent_grid.x[-1]) == (-5, 10)
    assert (latent_grid.y[0], latent_grid.y[-1]) == (5, -10)
    np.testing.assert_allclose(np.diff(latent_grid.x), 1)
    np.testing.assert_allclose(np.diff(latent_grid.y), -1)


def test_an_autoencoder_has_the_range_of_its_codes_instead_of_percentiles() -> None:
    latent_grid = ManifoldChoice(rows=5).latent_grid(2, ((4.0, 12.0), (-1.0, 0.0)))
    assert latent_grid.x == (4, 6, 8, 10, 12)
    assert latent_grid.y == (0, -0.25, -0.5, -0.75, -1)
    chosen = ManifoldChoice(mode=RANGE, rows=5).latent_grid(2, ((4.0, 12.0), (-1.0, 0.0)))
    assert (chosen.x[0], chosen.x[-1]) == (-3, 3)


def test_up_is_up_and_the_other_dimensions_are_held() -> None:
    points = LatentGrid((-1.0, 0.0, 1.0), (5.0, 4.0)).points((7.0, 8.0, 9.0), (2, 0))
    assert points.tolist() == [
        [5, 8, -1], [5, 8, 0], [5, 8, 1],
        [4, 8, -1], [4, 8, 0], [4, 8, 1],
    ]  # fmt: skip


def test_one_dimension_has_one_row() -> None:
    latent_grid = ManifoldChoice(rows=5).latent_grid(1)
    points = latent_grid.points((0.25,), (0, 0))
    assert points.shape == (5, 1)
    np.testing.assert_allclose(points[:, 0], latent_grid.x, rtol=1e-6)


def test_cells_over_a_part_of_the_plane_have_their_z_in_their_middle() -> None:
    latent_grid = even_grid((0.0, 4.0, -1.0, 1.0), columns=4, rows=2)
    assert latent_grid.x == (0.5, 1.5, 2.5, 3.5)
    assert latent_grid.y == (0.5, -0.5)


@given(st.floats(-3, 3), st.floats(-2, 2), st.integers(1, 30), st.integers(1, 30))
def test_the_nearest_cell_is_the_one_that_covers_the_point(
    x: float, y: float, columns: int, rows: int
) -> None:
    latent_grid = even_grid((-3.0, 3.0, -2.0, 2.0), columns, rows)
    z = latent_grid.points((0.0, 0.0), (0, 1))[latent_grid.nearest(x, y)]
    assert abs(z[0] - x) <= 3 / columns + 1e-6
    assert abs(z[1] - y) <= 2 / rows + 1e-6


def test_tiles_stand_side_by_side_row_by_row() -> None:
    tiles = np.arange(6, dtype=np.uint8)[:, None, None] * np.ones((6, 2, 2), np.uint8)
    picture = montage(tiles, columns=3)
    assert picture[::2, ::2].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert picture.shape == (4, 6)


@pytest.mark.parametrize(
    "wrong", [{"rows": 4}, {"rows": 41}, {"lowest": 0.5}, {"mode": "x"}, {"x_low": 3.0}]
)
def test_a_choice_outside_its_limits_is_refused_in_a_sentence(wrong: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"\.$"):
        ManifoldChoice(**wrong)
