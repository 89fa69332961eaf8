"""The panels on the real window: what the mouse and the keys do, and what is painted of it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QComboBox

from tests.answers import wait_for_answers
from tests.runtime.conftest import entry
from tests.screen import click, differs, drag, pad_of, panel, pixels, place
from tests.tiny import tiny_config
from vae_gui.core.inference.engine import Engine
from vae_gui.core.paths.curves import straight
from vae_gui.ui.panels import PANELS
from vae_gui.ui.parts.digit_actions import z_as_text, z_from_text

Key, Modifier = Qt.Key, Qt.KeyboardModifier
FREE = (0.4, 2.2)  # a place on the pad without a marker


def cursor(window) -> tuple[float, ...]:
    return window.context.explorer.latent.cursor


def near(point: tuple[float, ...], window) -> object:
    view = pad_of(window).view
    return pytest.approx(point, abs=1.5 * (view.x1 - view.x0) / view.width)


def decode(window, z: np.ndarray) -> np.ndarray:
    return Engine(window.context.explorer.weights.snapshot).decode(
        np.atleast_2d(z).astype(np.float32)
    )


@pytest.fixture
def quiet(qtbot, window):
    """Nothing is on its way: what is painted from now on is painted for a reason."""
    wait_for_answers(qtbot, window.context)
    return window


def choose_axis(pad, direction: str, axis: int) -> QComboBox:
    """What a person does in the combo box of an axis."""
    name = f"{direction} dimension"
    (box,) = [box for box in pad.findChildren(QComboBox) if box.accessibleName() == name]
    assert box.isVisible()
    box.setCurrentIndex(axis)
    box.activated.emit(axis)
    return box


def test_a_drag_on_the_pad_changes_what_is_painted_everywhere(qtbot, quiet) -> None:
    view = pad_of(quiet)
    digit, traversal = panel(quiet, "explore").decoded.digit, panel(quiet, "explore").traversal
    before = pixels(digit), pixels(traversal), pixels(view)
    drag(qtbot, view, FREE, (1.0, 1.0), (1.6, -1.2))
    for widget, old in zip((digit, traversal, view), before, strict=True):
        qtbot.waitUntil(lambda one=widget, then=old: differs(one, then))
    assert cursor(quiet) == near((1.6, -1.2), quiet)
    expected = decode(quiet, cursor(quiet))[0]
    qtbot.waitUntil(lambda: np.array_equal(digit._image, expected))


def test_dragging_an_endpoint_changes_the_strip_and_not_the_cursor(qtbot, quiet) -> None:
    strip, latent = panel(quiet, "interpolation").strip, quiet.context.explorer.latent
    before = pixels(strip)
    drag(qtbot, pad_of(quiet), latent.a, (-0.5, 1.0), (-0.4, 2.0))
    qtbot.waitUntil(lambda: differs(strip, before))
    now = quiet.context.explorer.latent
    assert now.a == near((-0.4, 2.0), quiet)
    assert (now.b, now.cursor) == (latent.b, latent.cursor)
    expected = decode(quiet, straight(np.array(now.a), np.array(now.b), now.frames))
    qtbot.waitUntil(lambda: np.array_equal(strip._images, expected))


def test_a_drag_is_undone_by_one_key(qtbot, quiet) -> None:
    before = cursor(quiet)
    drag(qtbot, pad_of(quiet), FREE, (1.0, 1.0), (1.6, -1.2))
    after = cursor(quiet)
    stack = quiet.context.explorer.undo_stack
    assert stack.count() == 1
    stack.undo()
    assert cursor(quiet) == before
    stack.redo()
    assert cursor(quiet) == after


def test_hovering_decodes_and_leaves_the_cursor_where_it_is(qtbot, quiet) -> None:
    view, digit = pad_of(quiet), panel(quiet, "explore").decoded.digit
    before, at = cursor(quiet), pixels(digit)
    qtbot.mouseMove(view.viewport(), pos=place(view, (1.5, 1.5)))
    qtbot.waitUntil(lambda: differs(digit, at))
    assert cursor(quiet) == before
    view.hover_ended.emit()
    qtbot.waitUntil(lambda: not differs(digit, at))


def test_a_click_keeps_the_point(qtbot, quiet) -> None:
    click(qtbot, pad_of(quiet), FREE)
    assert cursor(quiet) == near(FREE, quiet)


def test_the_keys_of_the_pad_move_the_cursor_and_set_the_endpoints(qtbot, quiet) -> None:
    view, explorer = pad_of(quiet), quiet.context.explorer
    explorer.move_cursor((1.0, 1.0))
    qtbot.keyClick(view, Key.Key_Left)
    qtbot.keyClick(view, Key.Key_Up, Modifier.ShiftModifier)
    assert cursor(quiet) == pytest.approx((0.9, 1.5))
    qtbot.keyClick(view, Key.Key_A)
    qtbot.keyClick(view, Key.Key_Home)
    qtbot.keyClick(view, Key.Key_Right, Modifier.ControlModifier)
    qtbot.keyClick(view, Key.Key_B)
    assert cursor(quiet) == pytest.approx((0.01, 0.0))
    assert explorer.latent.a == pytest.approx((0.9, 1.5))
    assert explorer.latent.b == pytest.approx((0.01, 0.0))


def test_switching_a_class_off_takes_its_points_away(qtbot, quiet) -> None:
    view, legend = pad_of(quiet), panel(quiet, "pad").legend
    before = pixels(view)
    legend._chips[3].click()
    qtbot.waitUntil(lambda: differs(view, before))
    legend._chips[3].click()
    qtbot.waitUntil(lambda: not differs(view, before))


def test_in_more_than_two_dimensions_the_axes_are_chosen_and_the_rest_is_held(
    qtbot, window
) -> None:
    window.context.library.add(entry("wide", config=tiny_config(latent_dim=4)))
    explorer, pad = window.context.explorer, panel(window, "pad")
    explorer.move_cursor((0.1, 0.2, 0.3, 0.4))
    choose_axis(pad, "Horizontal", 3)
    choose_axis(pad, "Vertical", 2)
    click(qtbot, pad.view, FREE)
    x, y = cursor(window)[3], cursor(window)[2]
    assert (x, y) == near(FREE, window)
    assert cursor(window)[:2] == (0.1, 0.2)
    assert explorer.latent.axes == (3, 2)


def test_undoing_the_choice_of_axes_shows_the_old_ones(qtbot, window) -> None:
    window.context.library.add(entry("wide", config=tiny_config(latent_dim=4)))
    pad = panel(window, "pad")
    box = choose_axis(pad, "Horizontal", 3)
    window.context.explorer.undo_stack.undo()
    assert window.context.explorer.latent.axes == (0, 1)
    assert box.currentIndex() == 0


def test_z_can_be_typed_and_what_is_no_point_is_refused_with_a_sentence(qtbot, quiet) -> None:
    edit = panel(quiet, "explore").decoded.z_edit
    edit.selectAll()
    qtbot.keyClicks(edit, "1.25, -0.5")
    qtbot.keyClick(edit, Key.Key_Return)
    assert cursor(quiet) == (1.25, -0.5)
    edit.selectAll()
    qtbot.keyClicks(edit, "one, two")
    qtbot.keyClick(edit, Key.Key_Return)
    assert "type 2 numbers" in quiet.banner.text()
    assert cursor(quiet) == (1.25, -0.5)
    assert edit.text() == "1.25, -0.5"


@pytest.mark.parametrize(
    "text", ["0.5, -1.25", "(0.5; −1.25)", "z = [0.5 -1.25]", " 5e-1   -1.25 ", "z=(0.5,-1.25)"]
)
def test_z_is_read_in_the_ways_that_people_write_it(text: str) -> None:
    assert z_from_text(text, 2) == (0.5, -1.25)


@pytest.mark.parametrize("text", ["", "0.5", "1,2,3", "nan, 1", "inf, 0", "1e999, 0", "0x1, 2"])
def test_what_is_no_point_is_no_point(text: str) -> None:
    from vae_gui.core.support.errors import UserError

    with pytest.raises(UserError, match=r"numbers"):
        z_from_text(text, 2)


def test_z_survives_as_text() -> None:
    z = (0.1234, -12.5, 0.0)
    assert z_from_text(z_as_text(z), 3) == z


@pytest.fixture
def clipboard() -> Iterator[QClipboard]:
    """Emptied afterwards: offscreen, it outlives Python, and what Python put there does not."""
    clipboard = QGuiApplication.clipboard()
    yield clipboard
    clipboard.clear()


def test_copying_the_digit_copies_the_image_and_its_z(qtbot, quiet, clipboard) -> None:
    digit = panel(quiet, "explore").decoded.digit
    quiet.context.explorer.move_cursor((0.5, -1.0))
    expected = decode(quiet, np.array([0.5, -1.0]))[0]
    qtbot.waitUntil(lambda: np.array_equal(digit._image, expected))
    qtbot.keyClick(digit, Key.Key_C, Modifier.ControlModifier)
    mime = clipboard.mimeData()
    assert mime.text() == "0.5, -1"
    copied = mime.imageData()
    assert (copied.width(), copied.height()) == (28, 28)
    assert copied.pixelColor(14, 14).red() == expected[14, 14]


def test_the_pad_copies_the_digit_at_the_cursor(qtbot, quiet, clipboard) -> None:
    pad = pad_of(quiet)
    drag(qtbot, pad, FREE, (-1.5, 1.0))
    expected = decode(quiet, cursor(quiet))[0].astype(int)
    qtbot.waitUntil(lambda: np.abs(pad.marks.tile - expected).max() <= 1)  # alone or in a batch
    qtbot.keyClick(pad, Key.Key_C, Modifier.ControlModifier)
    assert z_from_text(clipboard.text(), 2) == pytest.approx(cursor(quiet), rel=5e-4)  # four digits
    assert clipboard.image().width() == 28


def test_clicking_a_frame_moves_the_cursor_there(qtbot, quiet) -> None:
    strip, latent = panel(quiet, "interpolation").strip, quiet.context.explorer.latent
    at = strip.tile_rect(3).center().toPoint()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=at)
    path = straight(np.array(latent.a), np.array(latent.b), latent.frames)
    assert cursor(quiet) == pytest.approx(tuple(path[3]))


def test_the_number_of_frames_is_kept_within_its_limits(qtbot, quiet) -> None:
    interpolation = panel(quiet, "interpolation")
    for typed, frames in ((5, 5), (1, 3), (500, 64)):
        interpolation.frames_box.setValue(typed)
        assert quiet.context.explorer.latent.frames == frames
        qtbot.waitUntil(lambda wanted=frames: interpolation.strip.count() == wanted)


def test_playing_looks_along_the_way_and_leaves_the_cursor(qtbot, quiet) -> None:
    explorer, play = quiet.context.explorer, panel(quiet, "interpolation").play_button
    before, seen = explorer.latent, []
    explorer.hover_changed.connect(lambda: seen.append(explorer.hover_point))
    play.click()
    qtbot.waitUntil(
        lambda: len([hover_point for hover_point in seen if hover_point is not None]) >= 2
    )
    play.click()
    assert explorer.hover_point is None
    assert explorer.latent == before


def test_the_traversal_has_a_row_for_each_dimension_at_the_cursor(qtbot, quiet) -> None:
    traversal = panel(quiet, "explore").traversal
    before = pixels(traversal)
    quiet.context.explorer.move_cursor((1.1, -0.9))
    qtbot.waitUntil(lambda: differs(traversal, before))


@pytest.mark.parametrize("panel_entry", PANELS, ids=lambda panel_entry: panel_entry.name)
def test_every_panel_shows_itself_and_forgets_its_questions_when_it_is_hidden(
    qtbot, quiet, panel_entry
) -> None:
    dock, shown = quiet.docks.docks[panel_entry.name], panel(quiet, panel_entry.name)
    dock.show()
    dock.raise_()
    qtbot.waitUntil(shown.isVisible)
    assert pixels(shown)[..., :3].std() > 0
    dock.hide()
    assert not shown._channels


def test_without_the_images_reconstructions_are_labelled_and_can_be_fetched(qtbot, quiet) -> None:
    shown = quiet.context.library.shown
    bare = replace(shown.workspace, originals=None)
    quiet.context.library.add(replace(shown, workspace=bare))
    reconstructions = panel(quiet, "reconstructions")
    quiet.docks.docks["reconstructions"].raise_()
    qtbot.waitUntil(reconstructions.isVisible)
    assert quiet.context.explorer.scatter.images is None
    assert "decode(μ)" in reconstructions.note.text()
    assert "not here" in reconstructions.note.text()
    assert reconstructions.get_button.isVisible()
    qtbot.waitUntil(lambda: reconstructions.grid.count() > 0)


def test_with_the_images_originals_stand_above_their_reconstructions(qtbot, quiet, bars) -> None:
    quiet.context.library.add(entry("bars", steps=2))
    reconstructions = panel(quiet, "reconstructions")
    quiet.docks.docks["reconstructions"].raise_()
    engine = Engine(quiet.context.explorer.weights.snapshot)
    again = engine.decode(engine.encode(bars.test.images)[0])

    def expected() -> np.ndarray:
        rows = range(0, len(again), reconstructions._columns)
        slices = [slice(row, row + reconstructions._columns) for row in rows]
        return np.concatenate([part for s in slices for part in (bars.test.images[s], again[s])])

    qtbot.waitUntil(lambda: np.array_equal(reconstructions.grid._images, expected()))
    assert 1 < reconstructions._columns < len(again)


def test_a_model_without_encodings_has_an_empty_pad_that_still_decodes(qtbot, window) -> None:
    shown = entry("bare", config=replace(tiny_config(), dataset="elsewhere"))
    window.context.library.add(shown)
    click(qtbot, pad_of(window), FREE)
    expected = decode(window, cursor(window))[0]
    digit = panel(window, "explore").decoded.digit
    qtbot.waitUntil(lambda: digit._image is not None and np.array_equal(digit._image, expected))
