"""The filmstrip slider: mouse, wheel, keys, the exact value, and what is painted."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from vae_gui.ui.panels.explore.filmstrip import Filmstrip
from vae_gui.ui.panels.explore.track import FilmTrack
from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.widgets.number_box import NumberBox

Key, Modifier, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton


@pytest.fixture
def row(qtbot, qapp: QApplication) -> Iterator[Filmstrip]:
    apply_theme(qapp, DARK)
    holder = QWidget()
    qtbot.addWidget(holder)
    row = Filmstrip("z1", "2.9 nats", holder)
    row.set_range(-2, 2)
    row.set_images(np.repeat(np.arange(0, 250, 25, dtype=np.uint8), 784).reshape(10, 28, 28))
    holder.resize(700, 60)
    row.resize(700, 60)
    holder.show()
    yield row


@pytest.fixture
def values(row: Filmstrip) -> list[float]:
    values: list[float] = []
    row.value_changed.connect(values.append)
    return values


def at(track: FilmTrack, value: float) -> QPoint:
    return QPoint(round(track.position_of(value)), 20)


def wheel(widget: QWidget, notches: int, modifiers: Modifier = Modifier.NoModifier) -> bool:
    """Turn the wheel over a widget; whether it took it."""
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Button.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def exact(row: Filmstrip) -> NumberBox:
    return row.findChild(NumberBox)


def test_a_drag_follows_the_mouse_between_start_and_finish(qtbot, row: Filmstrip) -> None:
    log: list[object] = []
    row.drag_started.connect(lambda: log.append("start"))
    row.value_changed.connect(log.append)
    row.drag_finished.connect(lambda: log.append("finish"))

    qtbot.mousePress(row.track, Button.LeftButton, pos=at(row.track, -1))
    qtbot.mouseMove(row.track, at(row.track, 0.5))
    qtbot.mouseMove(row.track, at(row.track, 1.5))
    qtbot.mouseRelease(row.track, Button.LeftButton, pos=at(row.track, 1.5))
    qtbot.mouseMove(row.track, at(row.track, 0))

    assert log[0] == "start" and log[-1] == "finish"
    assert log[1:-1] == pytest.approx([-1, 0.5, 1.5], abs=0.01)
    assert row.value() == log[-2]


def test_the_middle_of_a_preview_gives_its_value(qtbot, row: Filmstrip) -> None:
    cell = row.track.width() / 10

    for index, value in enumerate(np.linspace(-2, 2, 10)):
        assert row.track.value_at((index + 0.5) * cell) == pytest.approx(value)
        assert row.track.position_of(value) == pytest.approx((index + 0.5) * cell)


def test_the_previews_are_painted_in_order(row: Filmstrip) -> None:
    row.set_value(-2)
    picture = row.track.grab().toImage()
    cell = row.track.width() / 10

    greys = [picture.pixelColor(round((i + 0.5) * cell), 20).red() for i in range(1, 10)]

    assert greys == list(range(25, 250, 25))


def test_a_drag_beyond_the_end_stays_at_the_end(qtbot, row: Filmstrip, values: list[float]) -> None:
    qtbot.mousePress(row.track, Button.LeftButton, pos=at(row.track, 1.9))
    qtbot.mouseMove(row.track, QPoint(row.track.width() + 300, 20))

    assert values[-1] == 2


@pytest.mark.parametrize(
    ("key", "modifier", "change"),
    [
        (Key.Key_Right, Modifier.NoModifier, 0.05),
        (Key.Key_Left, Modifier.NoModifier, -0.05),
        (Key.Key_Right, Modifier.ShiftModifier, 0.5),
        (Key.Key_Left, Modifier.ControlModifier, -0.005),
        (Key.Key_PageUp, Modifier.NoModifier, 0.5),
    ],
)
def test_keys_move_in_three_sizes(
    qtbot, row: Filmstrip, values: list[float], key: Key, modifier: Modifier, change: float
) -> None:
    qtbot.keyClick(row.track, key, modifier)

    assert values == pytest.approx([change])


def test_home_and_a_double_click_ask_for_a_reset(qtbot, row: Filmstrip) -> None:
    with qtbot.waitSignal(row.reset_requested):
        qtbot.keyClick(row.track, Key.Key_Home)
    with qtbot.waitSignal(row.reset_requested):
        qtbot.mouseDClick(row.track, Button.LeftButton, pos=at(row.track, 1))


def test_the_wheel_moves_only_a_focused_track(row: Filmstrip, values: list[float]) -> None:
    row.track.clearFocus()
    assert not wheel(row.track, 1), "the rows scroll instead"
    assert values == []

    row.track.setFocus()
    assert wheel(row.track, 2)
    assert values == pytest.approx([0.1])


def test_set_value_is_silent_and_moves_the_handle(row: Filmstrip, values: list[float]) -> None:
    before = row.track.grab().toImage()

    row.set_value(1.234)

    assert values == []
    assert row.track.grab().toImage() != before
    assert exact(row).text() == "1.23"


def test_a_value_outside_the_track_is_kept(row: Filmstrip) -> None:
    row.set_value(4.5)

    assert row.value() == 4.5
    assert exact(row).text() == "4.50"
    assert row.track.position_of(4.5) == row.track.position_of(2)


@pytest.mark.parametrize("text", ["1.25", "1,25", "+1.25"])
def test_the_exact_value_can_be_typed(
    qtbot, row: Filmstrip, values: list[float], text: str
) -> None:
    box = exact(row)
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Key.Key_Return)

    assert values == [1.25]
    assert row.track.latent_value() == 1.25


def test_leaving_the_rounded_text_alone_changes_nothing(
    qtbot, row: Filmstrip, values: list[float]
) -> None:
    row.set_value(0.123456)
    box = exact(row)
    box.setFocus()

    qtbot.keyClick(box, Key.Key_Return)
    row.track.setFocus()

    assert values == []
    assert box.value() == 0.123456


def test_while_a_person_types_the_text_is_left_alone(qtbot, row: Filmstrip) -> None:
    box = exact(row)
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "1.")

    row.set_value(0.7)

    assert box.text() == "1."


def test_the_count_that_fits_follows_the_shape(row: Filmstrip) -> None:
    height = row.track.height() - 5

    assert row.fitting_count() == round(row.track.width() / height)
