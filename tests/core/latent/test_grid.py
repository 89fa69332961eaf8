"""Lattices of the latent plane: their values, their order, and the picture made of their tiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_gui.core.latent.grid import RANGE, Lattice, ManifoldChoice, even_lattice, montage
from vae_gui.core.support.errors import UserError


@pytest.mark.parametrize(("lowest", "reach"), [(0.05, 1.6449), (0.1, 1.2816)])
def test_percentiles_are_those_of_the_prior(lowest: float, reach: float) -> None:
    lattice = ManifoldChoice(rows=12, lowest=lowest).lattice(2)
    expected = stats.norm.ppf(np.linspace(lowest, 1 - lowest, 12))
    np.testing.assert_allclose(lattice.x, expected, atol=1e-12)
    np.testing.assert_allclose(lattice.y, expected[::-1], atol=1e-12)
    assert lattice.x[-1] == pytest.approx(reach, abs=5e-5)


def test_a_range_is_even_and_holds_both_its_ends() -> None:
    choice = ManifoldChoice(mode=RANGE, rows=16, x_low=-5, x_high=10, y_low=-10, y_high=5)
    lattice = choice.lattice(2)
    assert (lattice.x[0], lattice.x[-1]) == (-5, 10)
    assert (lattice.y[0], lattice.y[-1]) == (5, -10)
    np.testing.assert_allclose(np.diff(lattice.x), 1)
    np.testing.assert_allclose(np.diff(lattice.y), -1)


def test_up_is_up_and_the_other_dimensions_are_held() -> None:
    points = Lattice((-1.0, 0.0, 1.0), (5.0, 4.0)).points((7.0, 8.0, 9.0), (2, 0))
    assert points.tolist() == [
        [5, 8, -1], [5, 8, 0], [5, 8, 1],
        [4, 8, -1], [4, 8, 0], [4, 8, 1],
    ]  # fmt: skip


def test_one_dimension_has_one_row() -> None:
    lattice = ManifoldChoice(rows=5).lattice(1)
    points = lattice.points((0.25,), (0, 0))
    assert points.shape == (5, 1)
    np.testing.assert_allclose(points[:, 0], lattice.x, rtol=1e-6)


def test_cells_over_a_part_of_the_plane_have_their_z_in_their_middle() -> None:
    lattice = even_lattice((0.0, 4.0, -1.0, 1.0), columns=4, rows=2)
    assert lattice.x == (0.5, 1.5, 2.5, 3.5)
    assert lattice.y == (0.5, -0.5)


@given(st.floats(-3, 3), st.floats(-2, 2), st.integers(1, 30), st.integers(1, 30))
def test_the_nearest_cell_is_the_one_that_covers_the_point(
    x: float, y: float, columns: int, rows: int
) -> None:
    lattice = even_lattice((-3.0, 3.0, -2.0, 2.0), columns, rows)
    z = lattice.points((0.0, 0.0), (0, 1))[lattice.nearest(x, y)]
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
