"""Ways from A to B and the frames on them."""

import numpy as np
import pytest

from tests.tiny import tiny_config
from vae_gui.core.inference.engine import answer
from vae_gui.core.paths import PATHS
from vae_gui.core.paths.path import (
    MeasuredPath,
    frames_of,
    freehand_path,
    keyframe_leg,
    measured_at,
    places_of,
    slerp_path,
    straight_path,
)
from vae_gui.core.paths.requests import Measure, PathPlan, planned_frames
from vae_gui.core.state.drag import Drag
from vae_gui.core.state.latent import LatentState
from vae_gui.core.support.progress import finish
from vae_gui.core.support.types import Z
from vae_gui.core.vae.models.base import build, take_snapshot

A, K, B = (-2.0, 0.0), (0.0, 1.0), (1.0, 1.0)


def through(*stops: Z) -> LatentState:
    """From the first stop to the last, by keyframes."""
    return LatentState(stops[0], stops[0], stops[-1], keyframes=stops[1:-1])


def test_frames_have_equal_steps_and_each_stop_is_one() -> None:
    frames = frames_of(straight_path(through(A, K, B)), 12)
    assert len(frames) == 12
    for stop in (A, K, B):
        assert np.isclose(frames, stop).all(axis=1).any()
    steps = np.linalg.norm(np.diff(frames, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.35


def test_there_are_more_frames_where_there_are_more_stops() -> None:
    assert len(frames_of(straight_path(through(A, K, B, K, A)), 3)) == 5


@pytest.mark.parametrize("path", [straight_path, slerp_path])
def test_a_way_between_equal_ends_has_length_zero_and_says_so(path) -> None:
    same = path(through(A, A))
    assert same.length == 0 and "length 0" in same.note
    assert np.array_equal(frames_of(same, 5), [A] * 5)


def test_a_spherical_way_turns_at_a_keyframe() -> None:
    path = slerp_path(through((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)))
    assert np.allclose(np.linalg.norm(path.line, axis=1), 1)
    assert path.length == pytest.approx(np.pi, rel=1e-3)


def test_frames_follow_what_the_image_does() -> None:
    """Where the image changes only in the second half, the frames between the ends are there."""
    path = straight_path(through((0.0,), (1.0,)))
    late = MeasuredPath(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.0, 8.0]))
    frames = frames_of(path, 5, late)[:, 0]
    assert frames[0] == 0 and frames[-1] == 1
    assert frames[1:] == pytest.approx([0.625, 0.75, 0.875, 1.0])


def test_an_image_that_never_changes_gives_equal_steps_in_z() -> None:
    flat = MeasuredPath(np.array([0.0, 1.0]), np.zeros(2))
    assert frames_of(straight_path(through((0.0,), (1.0,))), 3, flat)[:, 0] == pytest.approx(
        [0, 0.5, 1]
    )


def test_a_drawn_way_goes_from_a_to_b_of_now() -> None:
    latent = LatentState(A, A, B, freehand=((9.0, 9.0), K, (8.0, 8.0)))
    assert freehand_path(latent).line.tolist() == [list(A), list(K), list(B)]
    assert "drag" in freehand_path(LatentState(A, A, B)).note


def test_a_keyframe_goes_where_it_is_the_least_detour() -> None:
    assert keyframe_leg((A, K, B), (-1.0, 0.4)) == 0
    assert keyframe_leg((A, K, B), (0.6, 1.1)) == 1


def test_measuring_adds_up_the_changes_of_unrounded_images() -> None:
    snapshot = take_snapshot(build(tiny_config().model), "run", 0)
    path = straight_path(through((-3.0, 0.0), (3.0, 0.0)))
    measured = answer(snapshot, Measure.of(path))
    assert len(measured.z) == len(places_of(path))
    assert measured.z[[0, -1]].tolist() == [0.0, pytest.approx(1.0)]
    chord = answer(snapshot, Measure.of(straight_path(through((-3.0, 0.0), (3.0, 0.0))))).length
    assert measured.length == pytest.approx(chord) and measured.length > 0


def test_changes_become_distances_along_the_way() -> None:
    places = np.array([[0.0], [1.0], [3.0]])
    measured = measured_at(places, np.array([2.0, 1.0]))
    assert measured.z == pytest.approx([0, 1 / 3, 1])
    assert measured.image == pytest.approx([0, 2, 3])


def test_an_export_finds_what_is_not_known_yet() -> None:
    snapshot = take_snapshot(build(tiny_config().model), "run", 0)
    plan = PathPlan(PATHS["geodesic"], (A, K, B), None, even_images=True)
    frames = finish(planned_frames(snapshot, plan, 9))
    assert len(frames) == 9
    assert frames[[0, -1]] == pytest.approx(np.array([A, B]))
    assert np.isclose(frames, K).all(axis=1).any()


def test_a_drag_is_played_as_fast_as_the_hand_was() -> None:
    drag = Drag((0.0, 1.0, 4.0), ((0.0, 0.0), (2.0, 0.0), (2.0, 6.0)))
    assert drag.frames(5).tolist() == [[0, 0], [2, 0], [2, 2], [2, 4], [2, 6]]
