"""Walking: to the end and back, or from the start again, at a speed that the menu sets."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.spaces import show_space
from tests.ui.conftest import PanelOf
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.explore.traversal import Traversal
from vae_gui.ui.parts.play_button import BOUNCE, LOOP, STEP_MS, TICK_MS, PlayButton
from vae_gui.ui.style.theme import DARK, apply_theme


@pytest.fixture
def button(qtbot, qapp: QApplication) -> Iterator[PlayButton]:
    apply_theme(qapp, DARK)
    host = QWidget()
    qtbot.addWidget(host)
    yield PlayButton("Walk", 2.0, host)


def choose(button: PlayButton, text: str) -> None:
    """In the menu, as a person does."""
    (action,) = [action for action in button._menu.actions() if action.text() == text]
    action.trigger()


def walked(button: PlayButton, moves: int) -> list[float]:
    places: list[float] = []
    button.moved.connect(places.append)
    for _ in range(moves):
        button.advance()
    button.moved.disconnect(places.append)
    return places


def test_it_goes_to_the_end_and_back(button: PlayButton) -> None:
    choose(button, "4")
    step = 4 * TICK_MS / STEP_MS
    assert walked(button, 5) == pytest.approx([step, 2.0, 2.0 - step, 0.0, step])


def test_it_begins_from_the_start_again(button: PlayButton) -> None:
    choose(button, "4")
    choose(button, LOOP)
    step = 4 * TICK_MS / STEP_MS
    assert walked(button, 4) == pytest.approx([step, 0.0, step, 0.0])
    choose(button, BOUNCE)
    assert walked(button, 2) == pytest.approx([step, 2.0])


def test_it_says_that_it_can_be_stopped_and_what_a_right_click_does(button: PlayButton) -> None:
    assert "Walk" in button.toolTip() and "Right click" in button.toolTip()
    button.click()
    assert button.plays and button.toolTip().startswith("Stop")
    button.click()
    assert not button.plays


@pytest.mark.qt_log_ignore(r"grabbing the keyboard", r"raise\(\)", extend=True)  # offscreen
def test_a_right_click_opens_its_menu(button: PlayButton) -> None:
    button.window().show()
    place = QPoint(4, 4)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(button, QContextMenuEvent(reason, place, button.mapToGlobal(place)))
    assert button._menu.isVisible()
    button._menu.close()


def test_a_dimension_is_walked_along_and_the_cursor_stays(
    qtbot, context: Context, panel_of: PanelOf
) -> None:
    traversal = panel_of(Traversal, 700, 400)
    show_space(context, 3)
    explorer, (first, second, _) = context.explorer, traversal.rows
    explorer.move_cursor((0.5, -0.5, 0.25))
    qtbot.waitUntil(lambda: second.value() == -0.5)
    second.play_button.click()
    seen: list[float] = []
    second.play_button.moved.connect(lambda _: seen.append(explorer.hover_point[1]))
    qtbot.waitUntil(lambda: len(seen) > 3)
    assert seen == sorted(seen) and seen[0] == pytest.approx(-0.5, abs=0.2)
    assert (explorer.hover_point[0], explorer.hover_point[2]) == (0.5, 0.25)
    assert explorer.latent.cursor == (0.5, -0.5, 0.25)
    first.play_button.click()
    assert not second.play_button.plays and first.play_button.plays
    assert second.value() == -0.5
    traversal.hide()
    assert not first.play_button.plays and explorer.hover_point is None
