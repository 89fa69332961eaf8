"""The window in Qt's accessibility tree: what a screen reader finds at pad, sliders, canvas, pictures and playhead."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

from tests.screen import pad_of, panel
from tests.ui.listening import Listener
from vae_gui.ui.widgets.log_slider import LogSlider
from vae_gui.ui.window.main_window import MainWindow

Key, ROLE, TEXT = Qt.Key, QAccessible.Role, QAccessible.Text


def found(widget: QWidget) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(widget)


def words(widget: QWidget) -> str:
    return found(widget).text(TEXT.Value)


def cursor(window: MainWindow) -> tuple[float, ...]:
    return window.context.explorer.latent.cursor


def focus(qtbot, window: MainWindow, widget: QWidget) -> None:
    window.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)


def test_the_pad_says_where_the_cursor_is_beside_which_class_and_whether_on_the_map(
    qtbot, window
) -> None:
    pad = pad_of(window)
    assert found(pad).role() == ROLE.Graphic
    assert found(pad).text(TEXT.Name) == "Latent pad"
    assert "arrow keys" in found(pad).text(TEXT.Description)
    explorer = window.context.explorer
    explorer.move_cursor((2.2, 0.4))
    qtbot.waitUntil(lambda: window.context.coverage.value is not None)
    assert words(pad) == "z1 2.20, z2 0.40, beside encodings of 1, well inside"
    explorer.move_cursor((-40.0, 30.0))
    assert words(pad) == "z1 −40.00, z2 30.00, off the map"


def test_a_move_on_the_pad_is_announced_when_it_rests(qtbot, window, listener: Listener) -> None:
    pad = pad_of(window)
    focus(qtbot, window, pad)
    window.context.explorer.move_cursor((0.0, 0.0))
    for _ in range(5):
        qtbot.keyClick(pad, Key.Key_Right)
    qtbot.waitUntil(lambda: len(listener.said) > 0)
    assert [said.partition(", beside")[0] for said in listener.said] == ["z1 0.50, z2 0.00"]


def test_a_cursor_that_something_else_moves_is_not_announced_by_the_pad(
    qtbot, window, listener: Listener
) -> None:
    focus(qtbot, window, window.run_bar.dataset_box)
    window.context.explorer.move_cursor((1.0, 1.0))
    focus(qtbot, window, panel(window, "interpolation").strip)
    qtbot.waitUntil(lambda: listener.said != [])
    assert not any("z1" in said for said in listener.said)


def test_a_filmstrip_slider_has_its_value_in_hundredths(qtbot, window) -> None:
    row = panel(window, "explore").traversal.rows[0]
    row.set_range(-3.0, 4.5)
    window.context.explorer.move_cursor((0.5, -1.2))
    qtbot.waitUntil(lambda: row.value() == 0.5)
    track = found(row.track)
    number = track.valueInterface()
    assert track.role() == ROLE.Slider and track.text(TEXT.Name) == "z1 in hundredths"
    assert (number.currentValue(), number.minimumStepSize()) == (50, 5)
    assert (number.minimumValue(), number.maximumValue()) == (-300, 450)
    assert track.text(TEXT.Description) == "0.50"


def test_a_screen_reader_sets_a_filmstrip_slider(qtbot, window) -> None:
    row = panel(window, "explore").traversal.rows[1]
    found(row.track).valueInterface().setCurrentValue(-75)
    assert cursor(window)[1] == pytest.approx(-0.75)
    assert row.value() == pytest.approx(-0.75)


def test_a_filmstrip_slider_that_is_dragged_is_read_when_it_rests(
    qtbot, window, listener: Listener
) -> None:
    track = panel(window, "explore").traversal.rows[0].track
    told = []
    for value in (0.11, 0.22, 0.33):
        track.set_value(value)
        told.append(found(track).valueInterface().currentValue())
    assert len(set(told)) == 1
    qtbot.waitUntil(lambda: found(track).valueInterface().currentValue() == 33)
    assert found(track).text(TEXT.Description) == "0.33"


def test_the_canvas_says_what_was_drawn_and_where_it_was_encoded(
    qtbot, window, listener: Listener
) -> None:
    window.docks.bring_up("draw")
    draw = panel(window, "draw")
    qtbot.waitUntil(draw.isVisible)
    canvas = draw.canvas
    assert found(canvas).role() == ROLE.Canvas
    assert "Space puts it down" in found(canvas).text(TEXT.Description)
    assert words(canvas) == "empty"
    focus(qtbot, window, canvas)
    qtbot.keyClick(canvas, Key.Key_Space)
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Right, Key.Key_Down):
        qtbot.keyClick(canvas, key)
    qtbot.waitUntil(lambda: draw.found is not None)
    assert words(canvas).startswith("drawn, encoded at z = ")
    assert words(canvas).endswith("; pen down, 54 % across, 62 % down the side")
    qtbot.waitUntil(lambda: listener.said[-1:] == [words(canvas)])
    qtbot.keyClick(canvas, Key.Key_Backspace)
    qtbot.waitUntil(lambda: listener.said[-1].startswith("empty; pen up"))


def test_the_playhead_says_its_step(qtbot, window) -> None:
    slider = window.timeline_bar.slider
    slider.setValue(2)
    number, count = found(slider).valueInterface(), slider.maximum() + 1
    assert found(slider).role() == ROLE.Slider
    assert (number.currentValue(), number.minimumValue(), number.maximumValue()) == (
        *(2, 0, count - 1),
    )
    step = window.timeline_bar.timeline.entries[2].step
    assert found(slider).text(TEXT.Description) == f"step {step}, moment 3 of {count}"


def test_a_strip_says_which_frame_is_highlighted(qtbot, window, listener: Listener) -> None:
    strip = panel(window, "interpolation").strip
    qtbot.waitUntil(lambda: strip.count() > 0)
    assert found(strip).role() == ROLE.Graphic
    focus(qtbot, window, strip)
    qtbot.keyClick(strip, Key.Key_Home)
    qtbot.keyClick(strip, Key.Key_Right)
    qtbot.waitUntil(lambda: listener.said != [])
    assert listener.said == [f"2 of {strip.count()}"] == [words(strip)]


def test_an_embedding_says_at_which_encoding_the_cursor_is(qtbot, window) -> None:
    window.docks.bring_up("embedding")
    embedding = panel(window, "embedding")
    qtbot.waitUntil(lambda: embedding.embedding is not None)
    window.context.explorer.move_cursor((2.2, 0.4))
    qtbot.waitUntil(lambda: words(embedding.view).startswith("encoding of 1, z = 2."))


def test_a_slider_on_a_scale_of_its_own_says_its_value(window) -> None:
    beta: LogSlider = window.run_bar.beta
    beta.set_value(2.5)
    assert found(beta._slider).text(TEXT.Description) == "2.5"
