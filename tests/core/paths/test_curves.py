"""The way from A to B, by which points it goes and how they are spaced."""

from collections.abc import Callable

import numpy as np
import pytest

from vae_gui.core.paths.curves import (
    equal_z_spacing,
    image_length,
    measured,
    on_plane,
    slerp,
    straight,
    through,
    z_length,
)
from vae_gui.core.support.progress import finish


@pytest.mark.parametrize("points", [2, 3, 64])
def test_a_straight_path_has_equal_steps_and_exact_ends(points: int) -> None:
    a, b = np.array([0.1, -2.0, 3.0]), np.array([1.7, 0.3, 3.0])
    path = straight(a, b, points)
    assert path.shape == (points, 3)
    assert np.array_equal(path[0], a)
    assert np.array_equal(path[-1], b)
    assert np.allclose(np.diff(path, axis=0), (b - a) / (points - 1))


def test_a_path_to_where_it_began_stays_there() -> None:
    a = np.array([0.3, -0.7])
    assert np.array_equal(straight(a, a, 5), np.tile(a, (5, 1)))


def circle(z: np.ndarray) -> np.ndarray:
    """Images of two pixels on a circle: the way is the angle, and it grows with the square of z1."""
    angle = z[:, 0] ** 2
    return np.stack((np.cos(angle), np.sin(angle)), axis=1)


def test_a_spherical_path_turns_and_grows_evenly() -> None:
    a, b = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 3.0])
    path = slerp(a, b, 7)
    norms = np.linalg.norm(path.points, axis=1)
    directions = path.points / norms[:, None]
    assert path.note == ""
    assert np.array_equal(path.points[[0, -1]], [a, b])
    assert np.allclose(norms, np.linspace(1, 3, 7))
    turns = np.arccos(np.sum(directions[1:] * directions[:-1], axis=1))
    assert np.allclose(turns, np.pi / 12)


@pytest.mark.parametrize(
    "b", [[2.0, 1.0], [4.0, 2.0], [2.0 + 1e-9, 1.0], [2.0, 1.0 + 1e-12]], ids=str
)
def test_a_spherical_path_between_equal_directions_is_the_line(b: list[float]) -> None:
    a = np.array([2.0, 1.0])
    path = slerp(a, np.array(b), 5)
    assert path.note == ""
    assert np.allclose(path.points, straight(a, np.array(b), 5), atol=1e-8)


@pytest.mark.parametrize(
    ("b", "reason"),
    [([1e-7, 0.0], "origin"), ([-2.0, 0.0], "opposite"), ([-3.0, 1e-3], "opposite")],
    ids=str,
)
def test_where_there_is_no_arc_the_straight_path_says_so(b: list[float], reason: str) -> None:
    a = np.array([1.0, 0.0])
    path = slerp(a, np.array(b), 9)
    assert np.array_equal(path.points, straight(a, np.array(b), 9))
    assert reason in path.note


def test_an_arc_just_short_of_a_half_turn_is_still_an_arc() -> None:
    path = slerp(np.array([1.0, 0.0]), np.array([-1.0, 2e-3]), 3)
    assert path.note == ""
    assert path.points[1] == pytest.approx([0, 1], abs=2e-3)


@pytest.mark.parametrize("arcs", [False, True])
def test_a_path_through_keyframes_stops_at_each(arcs: bool) -> None:
    keyframes = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.5], [4.0, 1.5]])
    path = through(keyframes, 20, arcs=arcs)
    assert path.points.shape == (20, 2)
    stops = [np.flatnonzero((path.points == keyframe).all(axis=1)) for keyframe in keyframes]
    assert [len(stop) for stop in stops] == [1, 1, 1, 1]
    assert np.concatenate(stops).tolist() == sorted(np.concatenate(stops))
    steps = np.diff(np.concatenate(stops))
    assert steps[2] > steps[0] > steps[1] >= 1


def test_every_keyframe_is_shown_even_if_there_are_more_than_points() -> None:
    keyframes = np.arange(10.0)[:, None] ** 2
    assert np.array_equal(through(keyframes, 3).points, keyframes)


def test_keyframes_on_one_spot_and_a_single_keyframe_stay_there() -> None:
    spot = np.array([[0.5, 2.0]])
    for keyframes in (spot, np.repeat(spot, 3, axis=0)):
        assert np.array_equal(through(keyframes, 8).points, np.repeat(spot, 8, axis=0))


def test_the_reason_for_a_straight_leg_is_told_once() -> None:
    keyframes = np.array([[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert through(keyframes, 12, arcs=True).note.count("opposite") == 1


def test_a_path_drawn_by_hand_is_spaced_by_its_length() -> None:
    random = np.random.default_rng(0)
    shares = np.sort(random.random(80))[:, None]
    corner = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 1.0]])
    stroke = np.concatenate((shares * [3.0, 0.0], corner[1:2], corner[1] + shares * [0.0, 1.0]))
    stroke = np.concatenate((corner[:1], stroke, corner[2:], corner[2:]))
    path = equal_z_spacing(stroke, 9)
    expected = [(min(d, 3), max(0, d - 3)) for d in np.linspace(0, 4, 9)]
    assert np.allclose(path, expected)
    assert z_length(path) == pytest.approx(4)


def test_a_stroke_on_the_pad_keeps_the_other_dimensions() -> None:
    points = on_plane(np.array([[7.0, 8.0], [9.0, 6.0]]), (1.0, 2.0, 3.0), (2, 0))
    assert points.tolist() == [[8.0, 2.0, 7.0], [6.0, 2.0, 9.0]]


def test_equal_changes_of_the_image_are_found_where_steps_in_z_are_not() -> None:
    path = finish(measured(np.array([[0.0, 5.0], [1.5, 5.0]]), circle, times=2000)).evenly(10)
    assert np.allclose(path[:, 0] ** 2, np.linspace(0, 2.25, 10), atol=1e-4)
    assert np.array_equal(path[:, 1], np.full(10, 5.0))


@pytest.mark.parametrize("image", [np.zeros, lambda shape: np.full(shape, np.nan)])
def test_where_the_image_never_changes_steps_in_z_are_equal(image: Callable) -> None:
    path = finish(measured(np.array([[0.0], [1.0], [4.0]]), lambda z: image((len(z), 3)))).evenly(5)
    assert path.ravel().tolist() == [0, 1, 2, 3, 4]


def test_the_length_of_the_images_way_is_refined() -> None:
    path = np.array([[0.0, 0.0], [1.0, 0.0]])
    assert image_length(path, circle, times=1) == pytest.approx(2 * np.sin(0.5))
    assert image_length(path, circle) == pytest.approx(1, abs=1e-3)
    assert image_length(path, circle, times=600) == pytest.approx(1, abs=1e-6)


def test_equal_ends_make_a_path_of_length_zero() -> None:
    path = np.repeat([[0.3, -2.0]], 4, axis=0)
    assert z_length(path) == image_length(path, circle) == 0
    assert np.array_equal(equal_z_spacing(path, 6), np.repeat(path[:1], 6, axis=0))
    assert np.array_equal(finish(measured(path, circle)).evenly(6), np.repeat(path[:1], 6, axis=0))
    assert np.array_equal(slerp(path[0], path[0], 4).points, path)
