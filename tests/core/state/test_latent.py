"""Where the user stands."""

import pytest

from vae_gui.core.state.latent import LatentState


@pytest.mark.parametrize("dims", [1, 2, 5])
def test_a_new_space_begins_at_the_origin_between_two_endpoints(dims: int) -> None:
    state = LatentState.origin(dims)
    rest = (0.0,) * (dims - 1)
    assert (state.cursor, state.a, state.b) == ((0.0, *rest), (-1.0, *rest), (1.0, *rest))
    assert state.axes == (0, min(1, dims - 1))


def test_moving_the_cursor_gives_another_value_and_keeps_the_rest() -> None:
    state = LatentState.origin(2)
    moved = state.with_cursor((0.5, -1.0))
    assert state.cursor == (0.0, 0.0)
    assert moved == LatentState((0.5, -1.0), state.a, state.b)
