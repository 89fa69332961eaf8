"""Paint and z follows: strokes with the mouse and the keys on the decoded digit, and their undo."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.answers import wait_for_answers
from tests.screen import differs, pixels
from tests.spaces import decoded, random_snapshot, show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.inference.engine import answer
from vae_gui.core.inference.paint import DARK, LIGHT, FollowPaint
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.ui.panels.explore.decoded import DecodedDigit
from vae_gui.ui.panels.explore.painted_digit import PaintedDigit

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panel(qtbot, panel_of: PanelOf, context) -> DecodedDigit:
    panel = panel_of(DecodedDigit, 600, 300)
    show_space(context)
    qtbot.waitUntil(lambda: panel._image is not None)
    return panel


def places(digit: PaintedDigit, *points: tuple[float, float]) -> list[QPoint]:
    square = digit.digit_rect()
    return [(square.topLeft() + QPointF(x, y) * square.width()).toPoint() for x, y in points]


def stroke(
    digit: PaintedDigit,
    *points: tuple[float, float],
    button: Qt.MouseButton = LEFT,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """With the mouse, from the first to the last."""
    at = places(digit, *points)
    QTest.mousePress(digit, button, modifier, at[0])
    for place in at[1:]:
        QTest.mouseMove(digit, place)
    QTest.mouseRelease(digit, button, modifier, at[-1])


def rested(qtbot, panel: DecodedDigit) -> None:
    """Waits until z has arrived, of a plane with the help of its survey."""
    follower = panel._follower
    surveyed = panel.explorer.latent_dim == 2
    qtbot.waitUntil(lambda: follower._asked is None and (follower._survey is not None) == surveyed)


def brightness(snapshot: Snapshot, z: tuple[float, ...], marks: np.ndarray) -> float:
    """Of the image where it was painted, in 0..255."""
    return float(decoded(snapshot, z)[0, marks != 0].mean())


@pytest.mark.parametrize(
    ("button", "modifier", "lighter"),
    [(LEFT, Qt.KeyboardModifier.NoModifier, True), (RIGHT, SHIFT, False), (LEFT, SHIFT, False)],
)
def test_z_goes_where_the_image_agrees(
    qtbot, context, panel, button: Qt.MouseButton, modifier: Qt.KeyboardModifier, lighter: bool
) -> None:
    explorer, snapshot, digit = context.explorer, context.explorer.weights.snapshot, panel.digit
    before, painted = explorer.latent.cursor, []
    digit.stroke_grew.connect(lambda: painted.append(digit.marks))
    panel.paint_button.click()
    stroke(digit, (0.4, 0.5), (0.55, 0.5), button=button, modifier=modifier)
    rested(qtbot, panel)
    assert set(np.unique(painted[-1])) == {0, LIGHT if lighter else DARK}
    was, now = (brightness(snapshot, z, painted[-1]) for z in (before, explorer.latent.cursor))
    assert now > was + 1 if lighter else now < was - 1


def test_a_plane_is_surveyed_once_for_its_weights_and_z_goes_on(qtbot, context, panel) -> None:
    explorer, follower = context.explorer, panel._follower
    panel.paint_button.click()
    surveys = []
    for points in (((0.2, 0.3), (0.7, 0.3)), ((0.3, 0.7), (0.6, 0.8))):
        start = Frozen(np.array(explorer.latent.cursor, np.float32))
        stroke(panel.digit, *points)
        rested(qtbot, panel)
        surveys.append(follower._survey)
        now = Frozen(np.array(explorer.latent.cursor, np.float32))
        again = FollowPaint(follower._marks, start, now, follower._survey)
        found = answer(explorer.weights.snapshot, again)
        assert found == pytest.approx(now.array, abs=2e-3)  # with its help there is nothing better
    assert surveys[0] is surveys[1]


def test_a_survey_that_comes_late_leaves_the_cursor_where_one_put_it(qtbot, context, panel) -> None:
    follower, explorer = panel._follower, context.explorer
    panel.paint_button.click()
    stroke(panel.digit, (0.2, 0.3), (0.7, 0.3))
    qtbot.waitUntil(lambda: follower._asked is None)
    explorer.move_cursor((0.9, -0.9))
    rested(qtbot, panel)
    wait_for_answers(qtbot, context)
    assert explorer.latent.cursor == (0.9, -0.9)


def test_a_stroke_is_one_step_of_undo_however_long(qtbot, context, panel) -> None:
    explorer, digit = context.explorer, panel.digit
    explorer.move_cursor((0.3, -0.2))
    before, count = explorer.latent.cursor, explorer.undo_stack.count()
    panel.paint_button.click()
    at = places(digit, (0.2, 0.2), (0.4, 0.4), (0.6, 0.7), (0.8, 0.8))
    visited = [before]
    QTest.mousePress(digit, LEFT, pos=at[0])
    for place in at[1:]:
        QTest.mouseMove(digit, place)
        rested(qtbot, panel)
        visited.append(explorer.latent.cursor)
    QTest.mouseRelease(digit, LEFT, pos=at[-1])
    rested(qtbot, panel)
    assert len(set(visited)) > 2  # it follows while the stroke lasts
    assert explorer.undo_stack.count() == count + 1
    explorer.undo_stack.undo()
    assert explorer.latent.cursor == before
    explorer.undo_stack.redo()
    stroke(digit, (0.2, 0.8), (0.3, 0.8), button=RIGHT)
    rested(qtbot, panel)
    assert explorer.undo_stack.count() == count + 2


def test_the_marks_are_seen_while_the_button_is_down(qtbot, context, panel) -> None:
    digit = panel.digit
    panel.paint_button.click()
    context.explorer.questions.hold(True)  # the digit under the marks stays
    before = pixels(digit)
    first, second = places(digit, (0.2, 0.2), (0.7, 0.2))
    QTest.mousePress(digit, LEFT, pos=first)
    QTest.mouseMove(digit, second)
    assert set(np.unique(digit.marks)) == {0, LIGHT}
    assert (digit.marks == LIGHT).any(axis=0).sum() > 12
    assert differs(digit, before)
    QTest.mouseRelease(digit, LEFT, pos=second)
    assert digit.marks is None
    context.explorer.questions.hold(False)


def test_x_exchanges_light_and_dark(qtbot, context, panel) -> None:
    digit = panel.digit
    panel.paint_button.click()
    (place,) = places(digit, (0.5, 0.5))
    for expected in (LIGHT, DARK, LIGHT):
        QTest.mousePress(digit, LEFT, pos=place)
        assert digit.marks.any() and set(np.unique(digit.marks)) <= {0, expected}
        QTest.mouseRelease(digit, LEFT, pos=place)
        qtbot.keyClick(digit, Qt.Key.Key_X)
    rested(qtbot, panel)


def test_the_keys_paint_too(qtbot, context, panel) -> None:
    digit, before = panel.digit, context.explorer.latent.cursor
    panel.paint_button.click()
    keys = (Qt.Key.Key_Left, Qt.Key.Key_Space, *[Qt.Key.Key_Down] * 5)
    for key in keys:
        qtbot.keyClick(digit, key)
    assert (digit.marks == LIGHT).any(axis=1).sum() >= 5
    assert digit._words().startswith("pen down, light, 46 % across")
    qtbot.keyClick(digit, Qt.Key.Key_Space)
    assert digit.marks is None
    rested(qtbot, panel)
    assert context.explorer.latent.cursor != before


def test_escape_ends_it_in_the_middle_of_a_stroke(qtbot, context, panel) -> None:
    digit, explorer = panel.digit, context.explorer
    panel.paint_button.click()
    QTest.mousePress(digit, LEFT, pos=places(digit, (0.3, 0.3))[0])
    qtbot.keyClick(digit, Qt.Key.Key_Escape)
    assert not panel.paint_button.isChecked() and digit.marks is None and not digit.paints
    at = explorer.latent.cursor
    QTest.mouseMove(digit, places(digit, (0.7, 0.7))[0])
    wait_for_answers(qtbot, context)
    assert explorer.latent.cursor == at


def test_without_paint_a_stroke_is_none(qtbot, context, panel) -> None:
    before = context.explorer.latent.cursor
    stroke(panel.digit, (0.3, 0.3), (0.6, 0.6))
    wait_for_answers(qtbot, context)
    assert context.explorer.latent.cursor == before and panel.digit.marks is None


def test_the_right_button_opens_the_menu_only_without_paint(qtbot, context, panel) -> None:
    asked: list[object] = []
    panel.digit.menu_requested.disconnect(panel._on_menu)
    panel.digit.menu_requested.connect(asked.append)
    square = panel.digit.digit_rect().center().toPoint()
    for painting, count in ((True, 0), (False, 1)):
        panel.paint_button.setChecked(painting)
        reason = QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(reason, square, panel.digit.mapToGlobal(square))
        QApplication.sendEvent(panel.digit, event)
        assert len(asked) == count


def test_another_model_ends_a_stroke_that_is_followed(qtbot, context, panel) -> None:
    panel.paint_button.click()
    stroke(panel.digit, (0.3, 0.3), (0.6, 0.6))
    show_space(context, latent_dim=3)
    cursor = context.explorer.latent.cursor
    wait_for_answers(qtbot, context)
    assert context.explorer.latent.cursor == cursor and len(cursor) == 3
    stroke(panel.digit, (0.3, 0.3), (0.6, 0.6))
    rested(qtbot, panel)
    assert context.explorer.latent.cursor != cursor


def test_weights_that_diverged_lead_nowhere(qtbot, context, panel) -> None:
    broken = random_snapshot(context.explorer.weights.snapshot.model, step=3)
    for array in broken.weights.values():
        array[:] = np.nan
    context.explorer.weights.adopt(broken)
    before = context.explorer.latent.cursor
    panel.paint_button.click()
    stroke(panel.digit, (0.3, 0.3), (0.6, 0.6))
    rested(qtbot, panel)
    assert context.explorer.latent.cursor == before
