"""L-BFGS from several starts, on functions whose minima are known."""

import numpy as np
import pytest

from vae_gui.core.support.lbfgs import Floats, minimise
from vae_gui.core.support.progress import finish


def rosenbrock(z: Floats) -> tuple[Floats, Floats]:
    x, y = z.T
    valley = y - x * x
    slopes = np.stack((-2 * (1 - x) - 400 * x * valley, 200 * valley), axis=1)
    return (1 - x) ** 2 + 100 * valley**2, slopes


def two_wells(z: Floats) -> tuple[Floats, Floats]:
    """Minima at ±1 along the first axis, 0 along the others."""
    slopes = 2 * z
    slopes[:, 0] = 4 * z[:, 0] * (z[:, 0] ** 2 - 1)
    return (z[:, 0] ** 2 - 1) ** 2 + np.square(z[:, 1:]).sum(axis=1), slopes


def test_the_bent_valley_is_followed_to_its_end() -> None:
    start = np.array([(-1.2, 1.0), (2.0, 2.0), (0.0, -1.0)])
    found = finish(minimise(rosenbrock, start, 200))
    assert found.points == pytest.approx(np.ones((3, 2)), abs=1e-2)
    assert found.values == pytest.approx(np.zeros(3), abs=1e-4)


def test_each_point_goes_down_on_its_own() -> None:
    start = np.array([(0.4, 2.0, -1.0), (-0.1, 0.3, 0.0)])
    together = finish(minimise(two_wells, start, 50)).points
    assert together == pytest.approx(np.array([(1, 0, 0), (-1, 0, 0)]), abs=1e-3)
    alone = np.concatenate([finish(minimise(two_wells, row[None], 50)).points for row in start])
    assert together == pytest.approx(alone, abs=1e-3)


def test_no_round_makes_a_value_larger_and_the_starts_are_counted() -> None:
    start = np.array([(-1.2, 1.0)])
    ends = [finish(minimise(rosenbrock, start, rounds)) for rounds in range(1, 12)]
    values = [float(end.values[0]) for end in ends]
    assert values == sorted(values, reverse=True)
    assert list(minimise(rosenbrock, np.repeat(start, 3, axis=0), 5)) == [1, 2, 3]


def test_what_is_no_number_stays_where_it_is() -> None:
    def broken(z: Floats) -> tuple[Floats, Floats]:
        values, slopes = two_wells(z)
        bad = z[:, 1] > 5
        return np.where(bad, np.nan, values), np.where(bad[:, None], np.nan, slopes)

    start = np.array([(0.4, 9.0), (0.4, 1.0)])
    found = finish(minimise(broken, start, 50))
    assert found.points[0].tolist() == [0.4, 9.0]
    assert found.points[1] == pytest.approx([1, 0], abs=1e-3)
