"""One or two dimensions move, the others are held."""

import numpy as np
import pytest
from scipy import stats

from vae_gui.core.latent.traversal import (
    AROUND,
    NARROW,
    PRIOR,
    RANGE,
    WIDE,
    PlaneOptions,
    RowOptions,
    along,
    nearest_tile,
    percentile_values,
    plane,
    plane_values,
    ranked,
    track,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.encodings import Encodings, importance, inactive


def encodings_with(mu: np.ndarray, deterministic: bool = False) -> Encodings:
    logvar = None if deterministic else np.zeros_like(mu, np.float32)
    return Encodings(mu.astype(np.float32), logvar, None, ())


def test_only_the_chosen_dimension_moves() -> None:
    z = along((1.0, 2.0, 3.0), 1, np.array([-3.0, 0.0, 3.0]))
    assert z.tolist() == [[1, -3, 3], [1, 0, 3], [1, 3, 3]]


def test_the_track_covers_the_prior_where_nothing_is_known() -> None:
    assert track(None, 0) == (-3.0, 3.0)
    assert track(encodings_with(np.zeros((0, 2))), 1) == (-3.0, 3.0)


def test_the_track_covers_the_encodings_but_not_their_outliers() -> None:
    mu = np.zeros((1001, 2))
    mu[:, 1] = np.linspace(-8, 5, 1001)
    mu[500, 1] = 1e6
    assert track(encodings_with(mu), 0) == (-3.0, 3.0)
    low, high = track(encodings_with(mu), 1)
    assert -8 < low < -7.8
    assert 4.8 < high < 5.1


def test_the_track_of_an_autoencoder_covers_its_codes_alone() -> None:
    mu = np.stack((np.linspace(4, 12, 1001), np.full(1001, 7.0)), axis=1)
    codes = encodings_with(mu, deterministic=True)
    assert track(codes, 0) == pytest.approx((4.04, 11.96))
    assert track(codes, 1) == (6.5, 7.5)


def test_an_autoencoder_has_even_steps_over_its_codes_instead_of_percentiles() -> None:
    codes = (4.0, 12.0), (-1.0, 0.0)
    steps = percentile_values(0.7, RowOptions(WIDE, 5), codes[0])
    assert steps.tolist() == [4, 6, 8, 10, 12]
    for spacing in (PRIOR, AROUND):
        xs, ys = plane_values((0.0, 0.0), (0, 1), PlaneOptions(9, spacing), codes)
        assert (xs[0], xs[-1], ys[0], ys[-1]) == (4, 12, -1, 0)
        assert np.ptp(np.diff(xs)) < 1e-12


@pytest.mark.parametrize(("spacing", "low", "high"), [(WIDE, 0.05, 0.95), (NARROW, 0.1, 0.9)])
def test_steps_are_percentiles_of_a_normal_around_the_start(
    spacing: str, low: float, high: float
) -> None:
    found = percentile_values(0.7, RowOptions(spacing, 20))
    assert found == pytest.approx(stats.norm.ppf(np.linspace(low, high, 20), 0.7, 1))


@pytest.mark.parametrize("steps", [4, 26])
def test_a_row_has_5_to_25_steps(steps: int) -> None:
    with pytest.raises(UserError, match="between 5 and 25"):
        RowOptions(WIDE, steps)


@pytest.mark.parametrize("size", [7, 26])
def test_a_plane_has_8_to_25_digits_a_side(size: int) -> None:
    with pytest.raises(UserError, match="between 8 and 25"):
        PlaneOptions(size)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UserError, match="lower to its higher"):
        PlaneOptions(y_low=2, y_high=2)


def test_a_plane_runs_through_percentiles_of_the_prior_or_around_its_start() -> None:
    start, quantiles = (9.0, 2.0, -4.0), stats.norm.ppf(np.linspace(0.1, 0.9, 8))
    xs, ys = plane_values(start, (2, 1), PlaneOptions(8, PRIOR))
    assert xs == pytest.approx(quantiles)
    assert ys == pytest.approx(quantiles)
    xs, ys = plane_values(start, (2, 1), PlaneOptions(8, AROUND))
    assert xs == pytest.approx(quantiles - 4)
    assert ys == pytest.approx(quantiles + 2)


def test_a_plane_over_a_range_has_even_steps() -> None:
    options = PlaneOptions(16, RANGE, x_low=-5, x_high=10, y_low=-10, y_high=5)
    xs, ys = plane_values((0.0, 0.0), (0, 1), options)
    assert xs.tolist() == np.linspace(-5, 10, 16).tolist()
    assert ys.tolist() == np.linspace(-10, 5, 16).tolist()


def test_a_plane_starts_at_the_top_left_with_the_lowest_x_and_the_highest_y() -> None:
    z = plane((7.0, 8.0, 9.0), (2, 0), np.array([1.0, 2.0, 3.0]), np.array([-1.0, 1.0]))
    assert z.tolist() == [
        [1, 8, 1],
        [1, 8, 2],
        [1, 8, 3],
        [-1, 8, 1],
        [-1, 8, 2],
        [-1, 8, 3],
    ]


def test_the_tile_next_to_a_point_lies_on_the_plane() -> None:
    points = plane((0.0, 0.0, 5.0), (0, 1), np.linspace(-1, 1, 3), np.linspace(-1, 1, 3))
    assert nearest_tile((0.9, 0.6, 5.0), (0, 1), points) == 2
    assert nearest_tile((0.9, 0.6, 4.0), (0, 1), points) is None
    assert nearest_tile((1.2, 0.6, 5.0), (0, 1), points) is None


def test_a_dimension_is_inactive_where_mu_is_still_and_kl_is_nothing() -> None:
    random = np.random.default_rng(0)
    mu = (random.normal(size=(500, 3)) * (1, 0.01, 0.01)).astype(np.float32)
    logvar = np.tile(np.array([-3, 0, -3], np.float32), (500, 1))
    assert inactive(Encodings(mu, logvar, None, ())).tolist() == [False, True, False]
    assert inactive(Encodings(mu, None, None, ())).tolist() == [False, True, True]


def test_without_a_kl_the_variance_of_mu_tells_what_matters() -> None:
    mu = np.array([[0, 3], [2, -3]], np.float32)
    assert importance(encodings_with(mu, deterministic=True)).tolist() == [1, 9]


def test_dimensions_are_ranked_by_falling_value() -> None:
    values = np.array([0.1, 3.0, 0.0, 2.0])
    assert ranked(values, (0, 1, 2, 3)) == (1, 3, 0, 2)


def test_dimensions_that_print_the_same_keep_their_places() -> None:
    assert ranked(np.array([1.001, 1.004, 2.0]), (0, 1, 2)) == (2, 0, 1)
    assert ranked(np.array([1.0, 1.01, 2.0]), (0, 1, 2)) == (2, 1, 0)
