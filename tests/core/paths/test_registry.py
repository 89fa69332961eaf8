"""The contract of every entry in PATHS."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tiny import tiny_config
from vae_gui.core.paths import LINES, PATHS, PathEntry, path_named
from vae_gui.core.paths.path import frames_of, stops_of
from vae_gui.core.state.latent import LatentState
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.models.base import build, take_snapshot

every_path = pytest.mark.parametrize("entry", PATHS.values(), ids=PATHS)
SEARCHED = [entry for entry in PATHS.values() if entry.search is not None]


def latent(dims: int) -> LatentState:
    a, b = (-1.0, *(0.5,) * (dims - 1)), (1.5, *(-0.5,) * (dims - 1))
    middle = (0.2, *(1.0,) * (dims - 1))
    return replace(LatentState.origin(dims), a=a, b=b, freehand=(a, middle, b))


@every_path
def test_a_path_describes_itself(entry: PathEntry) -> None:
    assert PATHS[entry.name] is entry
    assert entry.title
    assert entry.tip
    assert entry.line in LINES
    assert 0 < entry.label_at < 1


def test_the_first_needs_no_search_and_nothing_drawn() -> None:
    first = next(iter(PATHS.values()))
    assert first.search is None
    assert first.offered(LatentState.origin(2))


def test_no_two_are_taken_for_each_other_in_files() -> None:
    names = [n for entry in PATHS.values() for n in (entry.name, entry.former_name) if n]
    assert len(set(names)) == len(names)
    assert all(path_named(entry.name) is entry for entry in PATHS.values())


@every_path
@pytest.mark.parametrize("dims", [1, 2, 20])
def test_it_is_built_at_once_from_a_to_b(entry: PathEntry, dims: int) -> None:
    state = latent(dims)
    path = entry.build(state)
    frames = frames_of(path, 7)
    assert frames.shape == (7, dims)
    assert np.isfinite(frames).all()
    np.testing.assert_allclose(frames[[0, -1]], [state.a, state.b])
    assert path.stops[0] == 0
    assert path.stops[-1] == len(path.line) - 1


@every_path
def test_equal_ends_are_a_path_that_stays_there(entry: PathEntry) -> None:
    path = entry.build(replace(LatentState.origin(2), a=(0.5, 1.0), b=(0.5, 1.0)))
    np.testing.assert_array_equal(frames_of(path, 5), [(0.5, 1.0)] * 5)


@pytest.mark.parametrize("entry", SEARCHED, ids=[entry.name for entry in SEARCHED])
def test_one_that_is_searched_for_ends_where_it_should(entry: PathEntry) -> None:
    state = latent(2)
    snapshot = take_snapshot(build(tiny_config().model), "run", 0)
    assert entry.search is not None
    path = finish(entry.search(snapshot, stops_of(state), 8))
    np.testing.assert_allclose(path.line[[0, -1]], [state.a, state.b], atol=1e-6)
