"""The plane alone: where a press lands, what keys and wheel do, that nothing is computed here."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPixmap, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.runtime.conftest import Collector
from tests.screen import as_array, click, differs, drag, pixels, place
from vae_gui.core.pictures.scatter import rasterise
from vae_gui.ui.plane.marks import Marks
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style.theme import DARK, apply_theme

Key, Modifier, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton


@pytest.fixture
def view(qtbot, qapp: QApplication) -> PadView:
    apply_theme(qapp, DARK)
    view = PadView()
    qtbot.addWidget(view)
    view.resize(500, 400)
    with qtbot.waitExposed(view):
        view.show()
    view.set_marks(Marks(markers=(("A", (-1.0, 0.0)), ("B", (1.0, 0.0)))))
    return view


class Heard:
    """The arguments of every emission of a signal."""

    def __init__(self, signal: object) -> None:
        self.calls: list[tuple[object, ...]] = []
        signal.connect(lambda *args: self.calls.append(args))


def width(view: PadView) -> float:
    return view.view.x1 - view.view.x0


def wheel(view: PadView, at: QPoint, notches: int) -> None:
    position, step = QPointF(at), QPoint(0, 120 * notches)
    event = QWheelEvent(
        position, QPointF(view.mapToGlobal(at)), QPoint(), step, Button.NoButton,
        Modifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def test_latent_units_and_pixels_are_inverse_and_up_is_up(view) -> None:
    for point in ((0.0, 0.0), (1.5, -2.0), (-2.5, 1.0)):
        back = view.to_latent(view.to_pixels(point))
        assert back == pytest.approx(point, abs=1.5 * width(view) / view.width())
    assert view.to_pixels((0, 1)).y() < view.to_pixels((0, 0)).y()
    assert view.to_pixels((1, 0)).x() > view.to_pixels((0, 0)).x()


def test_one_unit_is_as_long_across_as_down(view) -> None:
    origin, right, up = (view.to_pixels(point) for point in ((0, 0), (2, 0), (0, 2)))
    assert right.x() - origin.x() == pytest.approx(origin.y() - up.y(), abs=2)


def test_a_click_says_where(qtbot, view) -> None:
    heard = Heard(view.dragged)
    click(qtbot, view, (0.5, 1.5))
    ((x, y, _),) = heard.calls
    assert (x, y) == pytest.approx((0.5, 1.5), abs=0.03)


def test_a_drag_is_one_gesture_and_the_next_another(qtbot, view) -> None:
    heard = Heard(view.dragged)
    drag(qtbot, view, (0.5, 1.5), (0.7, 1.5), (0.9, 1.6))
    drag(qtbot, view, (0.2, 0.5), (0.3, 0.5))
    gestures = [drag_id for _, _, drag_id in heard.calls]
    assert gestures[:3] == [gestures[0]] * 3
    assert gestures[3:] == [gestures[3]] * 2
    assert gestures[0] != gestures[3]


def test_a_press_on_a_marker_moves_that_marker(qtbot, view) -> None:
    cursor, markers = Heard(view.dragged), Heard(view.marker_dragged)
    drag(qtbot, view, (-1.0, 0.0), (-0.5, 0.5))
    assert cursor.calls == []
    name, x, y, _ = markers.calls[-1]
    assert (name, x, y) == ("A", pytest.approx(-0.5, abs=0.03), pytest.approx(0.5, abs=0.03))


def test_the_pointer_hovers_inside_and_not_over_the_axes(qtbot, view) -> None:
    hovered, ended = Heard(view.hovered), Heard(view.hover_ended)
    qtbot.mouseMove(view.viewport(), pos=place(view, (0.5, 0.5)))
    qtbot.mouseMove(view.viewport(), pos=QPoint(2, view.height() - 2))
    assert hovered.calls == [pytest.approx((0.5, 0.5), abs=0.03)]
    assert len(ended.calls) == 1


@pytest.mark.parametrize(
    ("key", "modifier", "step"),
    [
        (Key.Key_Right, Modifier.NoModifier, (0.1, 0.0)),
        (Key.Key_Left, Modifier.NoModifier, (-0.1, 0.0)),
        (Key.Key_Up, Modifier.NoModifier, (0.0, 0.1)),
        (Key.Key_Down, Modifier.NoModifier, (0.0, -0.1)),
        (Key.Key_Right, Modifier.ShiftModifier, (0.5, 0.0)),
        (Key.Key_Up, Modifier.ControlModifier, (0.0, 0.01)),
    ],
)
def test_arrows_nudge(qtbot, view, key: Key, modifier: Modifier, step: tuple[float, float]) -> None:
    heard = Heard(view.nudged)
    qtbot.keyClick(view, key, modifier)
    assert heard.calls == [pytest.approx(step)]


def test_home_and_the_endpoints_have_keys(qtbot, view) -> None:
    homed, marked = Heard(view.homed), Heard(view.marked)
    qtbot.keyClick(view, Key.Key_Home)
    qtbot.keyClicks(view, "ab")
    qtbot.keyClick(view, Key.Key_A, Modifier.ControlModifier)
    assert len(homed.calls) == 1
    assert marked.calls == [("A",), ("B",)]


def test_the_wheel_zooms_about_the_pointer(qtbot, view) -> None:
    settled = Collector()
    view.view_settled.connect(settled.take)
    at = place(view, (1.0, 1.0))
    before, fixed = width(view), view.to_latent(QPointF(at))
    wheel(view, at, 2)
    assert width(view) == pytest.approx(before / 1.2**2)
    assert view.to_latent(QPointF(at)) == pytest.approx(fixed, abs=1e-6)
    qtbot.waitUntil(lambda: len(settled.values) > 0)
    wheel(view, at, -2)
    assert width(view) == pytest.approx(before)


def test_keys_zoom_about_the_middle(qtbot, view) -> None:
    before = width(view)
    qtbot.keyClick(view, Key.Key_Plus)
    assert width(view) == pytest.approx(before / 1.2)
    qtbot.keyClick(view, Key.Key_Minus)
    assert width(view) == pytest.approx(before)


def test_the_middle_button_pans_and_moves_nothing_else(qtbot, view) -> None:
    dragged = Heard(view.dragged)
    start, stop = place(view, (0.0, 0.0)), place(view, (1.0, 0.5))
    before = view.view
    qtbot.mousePress(view.viewport(), Button.MiddleButton, pos=start)
    qtbot.mouseMove(view.viewport(), pos=stop)
    qtbot.mouseRelease(view.viewport(), Button.MiddleButton, pos=stop)
    assert view.view.x0 == pytest.approx(before.x0 - 1.0, abs=0.03)
    assert view.view.y0 == pytest.approx(before.y0 - 0.5, abs=0.03)
    assert dragged.calls == []


def test_fitting_shows_at_least_what_is_asked_for(view) -> None:
    view.fit(-10, 4, -1, 2)
    shown = view.view
    assert shown.x0 <= -10
    assert shown.x1 >= 4
    assert shown.y0 <= -1
    assert shown.y1 >= 2


def test_the_scatter_is_painted_where_its_points_are(qtbot, view) -> None:
    green = np.array([[0, 255, 0]])
    picture = rasterise(np.array([[1.5, 1.5]]), green, view.view, radius=3)
    before = pixels(view)
    view.set_scatter(picture, view.view)
    qtbot.waitUntil(lambda: differs(view, before))
    changed = np.argwhere((pixels(view) != before).any(axis=2))
    at = view.to_pixels((1.5, 1.5))
    assert changed.mean(axis=0) == pytest.approx([at.y(), at.x()], abs=2.5)
    view.set_scatter(None, view.view)
    qtbot.waitUntil(lambda: not differs(view, before))


def test_marks_are_painted_at_once(view) -> None:
    before = pixels(view)
    view.set_marks(Marks(cursor=(0.5, 0.5), tile=np.full((28, 28), 200, np.uint8)))
    assert differs(view, before)


def test_on_twice_the_pixels_everything_stays_where_it_is(qtbot, view) -> None:
    """On another screen, or in a picture that is exported."""
    empty = pixels(view)
    scatter = np.zeros((100, 100, 4), np.uint8)
    scatter[60:80, 20:40] = 255
    view.set_scatter(scatter, view.view)
    qtbot.waitUntil(lambda: differs(view, empty))
    once = pixels(view).astype(int)
    picture = QPixmap(2 * view.size())
    picture.setDevicePixelRatio(2)
    QWidget.render(view, picture)
    flags = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    twice = as_array(picture.toImage().scaled(view.size(), *flags)).astype(int)
    assert np.abs(twice - once).mean() < 3
    assert view._still.width() == 2 * view.viewport().width()
