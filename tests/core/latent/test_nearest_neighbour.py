"""Which point a place or a direction means."""

import numpy as np
import pytest

from vae_gui.core.latent.nearest_neighbour import nearest, next_towards

CROSS = np.array([[0, 0], [1, 0], [3, 0.1], [0, 2], [-1, -3]], np.float32)


def test_the_nearest_point_is_found_in_any_dimension() -> None:
    assert nearest(CROSS, np.array([2.2, 0])) == 2
    assert nearest(np.eye(20), np.full(20, 0.1) + np.eye(20)[7]) == 7


@pytest.mark.parametrize(
    ("start", "direction", "expected"),
    [(0, (1, 0), 1), (1, (1, 0), 2), (0, (0, 1), 3), (0, (0, -1), 4), (2, (1, 0), 2)],
)
def test_a_direction_leads_to_the_next_point_and_stays_at_the_last(
    start: int, direction: tuple[int, int], expected: int
) -> None:
    assert next_towards(CROSS, start, np.array(direction)) == expected
