"""PathLab: one owner of the paths, so that everything shows the same one."""

from dataclasses import replace

import numpy as np
import pytest

from tests.spaces import random_snapshot, show_space
from vae_gui.core.paths.curves import slerp, straight
from vae_gui.core.paths.path import LatentPath
from vae_gui.core.state.drag import DragId
from vae_gui.runtime.context import Context
from vae_gui.runtime.live.live import Live


def search(context: Context) -> Live[LatentPath]:
    """That for the geodesic."""
    return context.path_lab.searches["geodesic"].live


def ends(context: Context, a, b) -> None:
    context.explorer.set_latent(replace(context.explorer.latent, a=a, b=b))


def test_straight_line_and_slerp_are_there_at_once(context: Context) -> None:
    show_space(context)
    ends(context, (1.0, 0.0), (0.0, 2.0))
    a, b = np.array([1.0, 0.0]), np.array([0.0, 2.0])
    assert context.path_lab.points(7, "straight") == pytest.approx(straight(a, b, 7))
    arc = context.path_lab.points(33, "slerp")
    fine = slerp(a, b, 2000).points
    assert max(np.linalg.norm(fine - point, axis=1).min() for point in arc) < 0.01
    steps = np.linalg.norm(np.diff(arc, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.01  # while the angles are not even
    assert context.path_lab.path("straight").length == pytest.approx(5**0.5)


def test_the_geodesic_is_searched_for_only_when_it_is_wanted(qtbot, context: Context) -> None:
    show_space(context)
    ends(context, (1.0, 0.0), (0.0, 2.0))
    assert not search(context).running
    assert "until then" in context.path_lab.path("geodesic").note
    context.path_lab.choose("geodesic")
    qtbot.waitUntil(lambda: search(context).up_to_date)
    points = context.path_lab.points(9)
    assert points[[0, -1]].tolist() == [[1.0, 0.0], [0.0, 2.0]]


def test_other_ends_are_looked_at_again(qtbot, context: Context) -> None:
    show_space(context)
    context.path_lab.choose("geodesic")
    qtbot.waitUntil(lambda: search(context).up_to_date)
    ends(context, (0.5, 0.5), (-1.0, 2.0))
    assert not search(context).up_to_date
    qtbot.waitUntil(lambda: search(context).up_to_date)
    assert context.path_lab.points(5)[0].tolist() == [0.5, 0.5]


def test_a_cancelled_search_stays_cancelled_until_asked_again(qtbot, context: Context) -> None:
    show_space(context)
    context.path_lab.choose("geodesic")
    qtbot.waitUntil(lambda: search(context).running is not None)
    search(context).cancel()
    assert not search(context).running and not search(context).up_to_date
    assert "cancelled" in context.path_lab.path("geodesic").note
    context.path_lab.watch(True)  # asks for the same again
    qtbot.waitUntil(lambda: all(context.path_lab.measured(name) for name in ("straight", "slerp")))
    assert not search(context).running and not search(context).up_to_date
    search(context).retry()
    qtbot.waitUntil(lambda: search(context).up_to_date)


def test_newer_weights_find_another_path(qtbot, context: Context) -> None:
    snapshot = show_space(context)
    context.path_lab.choose("geodesic")
    qtbot.waitUntil(lambda: search(context).up_to_date)
    newer = replace(random_snapshot(snapshot.model, seed=7, step=1), run_id=snapshot.run_id)
    context.explorer.weights.adopt(newer)
    assert not search(context).up_to_date
    qtbot.waitUntil(lambda: search(context).up_to_date)


def test_equal_steps_in_the_image_differ_from_equal_steps_in_z(qtbot, context: Context) -> None:
    show_space(context)
    ends(context, (-3.0, 0.0), (3.0, 0.5))
    even = context.path_lab.points(9)
    context.path_lab.space("image")
    qtbot.waitUntil(lambda: context.path_lab.measured("straight") is not None)
    spaced = context.path_lab.points(9)
    assert spaced[[0, -1]] == pytest.approx(even[[0, -1]])
    assert np.abs(spaced - even).max() > 0.01


def test_keyframes_are_undone_one_by_one(context: Context) -> None:
    show_space(context)
    lab, explorer = context.path_lab, context.explorer
    ends(context, (0.0, 0.0), (4.0, 0.0))
    lab.add_keyframe((3.0, 1.0))
    lab.add_keyframe((1.0, 1.0))
    assert explorer.latent.keyframes == ((1.0, 1.0), (3.0, 1.0))
    lab.move_keyframe(0, (1.0, 2.0))
    assert any(np.allclose(point, (1.0, 2.0)) for point in lab.points(12))
    lab.remove_keyframe(1)
    assert explorer.latent.keyframes == ((1.0, 2.0),)
    for _ in range(4):
        explorer.undo_stack.undo()
    assert explorer.latent.keyframes == ()


def test_a_drawn_path_is_followed_and_undone_in_one_step(context: Context) -> None:
    show_space(context)
    before = context.explorer.latent
    stroke = ((0.0, 0.0), (1.0, 1.0), (2.0, 0.0))
    drag_id = DragId()
    context.path_lab.draw(stroke[:2], drag_id)
    context.path_lab.draw(stroke, drag_id)
    latent = context.explorer.latent
    assert (latent.path, latent.a, latent.b) == ("freehand", (0.0, 0.0), (2.0, 0.0))
    assert context.path_lab.points(3).tolist() == [list(place) for place in stroke]
    context.explorer.undo_stack.undo()
    assert context.explorer.latent == before


def test_the_last_drag_is_remembered_and_a_press_is_none(context: Context) -> None:
    show_space(context)
    explorer = context.explorer
    drag_id = DragId()
    for x in (0.0, 0.5, 1.0):
        explorer.move_cursor((x, 0.0), drag_id)
    explorer.move_cursor((7.0, 7.0), DragId())
    drag = explorer.drag_recorder.last
    assert drag is not None
    assert drag.points == ((0.0, 0.0), (0.5, 0.0), (1.0, 0.0))
    assert drag.seconds[0] == 0 and list(drag.seconds) == sorted(drag.seconds)
    show_space(context)
    assert explorer.drag_recorder.last is None


@pytest.mark.parametrize(
    ("latent_dim", "architecture"), [(1, "mlp-256"), (20, "mlp-256"), (2, "autoencoder-512")]
)
def test_any_space_has_its_paths(
    qtbot, context: Context, latent_dim: int, architecture: str
) -> None:
    show_space(context, latent_dim, architecture, classes=0)
    context.path_lab.watch(True)
    lab = context.path_lab
    qtbot.waitUntil(lambda: search(context).up_to_date)
    qtbot.waitUntil(lambda: all(lab.measured(name) for name in lab.names()))
    for name in lab.names():
        assert lab.points(6, name).shape == (6, latent_dim)


def test_equal_ends_make_a_path_of_length_zero(qtbot, context: Context) -> None:
    show_space(context)
    ends(context, (1.0, 1.0), (1.0, 1.0))
    context.path_lab.choose("geodesic")
    qtbot.waitUntil(lambda: search(context).up_to_date)
    assert context.path_lab.path("geodesic").length == 0
    assert context.path_lab.points(4).tolist() == [[1.0, 1.0]] * 4
