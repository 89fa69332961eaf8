"""The tour: to its end by doing what it says, with real mouse events, and out of it at any time."""

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.screen import drag, pad_of, panel
from vae_gui.runtime.training import Phase
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.tour import STEPS

LEFT = Qt.MouseButton.LeftButton


def at(window: MainWindow) -> int:
    return window.tour._index


@pytest.fixture
def trained(qtbot, bars, window) -> MainWindow:
    """With a model whose timeline can be dragged back."""
    window.run_bar.train()
    qtbot.waitUntil(lambda: window.context.training.steps_done > 4)
    window.context.training.stop()
    qtbot.waitUntil(lambda: window.context.training.phase is Phase.IDLE)
    qtbot.waitUntil(window.timeline_bar.slider.isEnabled)
    return window


def test_who_does_what_it_says_comes_to_its_end(qtbot, trained: MainWindow) -> None:
    window, tour = trained, trained.tour
    tour.start()
    assert tour.isVisible() and tour.text.text().startswith("1 of 6")
    drag(qtbot, pad_of(window), (0.0, 0.0), (0.5, 0.5))
    qtbot.waitUntil(lambda: at(window) == 1)
    qtbot.mouseClick(panel(window, "interpolation").play_button, LEFT)
    assert at(window) == 2
    slider = window.timeline_bar.slider
    qtbot.mouseClick(slider, LEFT, pos=QPoint(round(slider.x_of(0)), 20))
    assert at(window) == 3
    canvas = panel(window, "draw").canvas
    qtbot.waitUntil(canvas.isVisible)
    middle = canvas.square().center().toPoint()
    qtbot.mousePress(canvas, LEFT, pos=middle - QPoint(0, 20))
    qtbot.mouseMove(canvas, middle + QPoint(0, 20))
    qtbot.mouseRelease(canvas, LEFT, pos=middle + QPoint(0, 20))
    qtbot.waitUntil(lambda: at(window) == 4)
    qtbot.mouseClick(window.run_bar.train_button, LEFT)
    qtbot.waitUntil(lambda: at(window) == 5)
    window.run_bar.beta._exact.setValue(4.0)
    assert tour.step is None and not tour.isVisible() and not tour.frame.isVisible()


def test_next_goes_on_and_skip_ends_it(qtbot, window) -> None:
    tour = window.tour
    tour.start()
    for index in range(len(STEPS) - 1):
        assert at(window) == index
        qtbot.mouseClick(tour.next_button, LEFT)
    assert tour.next_button.text() == "Done"
    qtbot.mouseClick(tour.skip_button, LEFT)
    assert not tour.isVisible()
    window.context.explorer.move_cursor((0.3, 0.3))
    assert not tour.isVisible()


def test_the_frame_follows_its_widget(qtbot, window) -> None:
    tour = window.tour
    tour.start()
    view = pad_of(window)
    for size in ((1000, 700), (1200, 760)):
        window.resize(*size)
        qtbot.waitUntil(lambda: tour.frame.pos() == view.mapTo(window, QPoint(0, 0)) - QPoint(3, 3))
    assert tour.geometry() == window.statusBar().geometry()


def test_it_begins_by_itself_at_the_first_start_alone(window) -> None:
    window.welcome()
    assert window.tour.isVisible()
    window.tour.stop()
    window.welcome()
    assert not window.tour.isVisible()


def test_a_step_brings_its_panel_up_once_and_holds_nobody_there(qtbot, window) -> None:
    window.docks.docks["draw"].hide()
    window.tour._show(3)
    draw, samples = panel(window, "draw"), panel(window, "samples")
    qtbot.waitUntil(draw.isVisible)
    window.docks.bring_up("samples")
    qtbot.waitUntil(samples.isVisible)
    window.tour._place()
    qtbot.waitUntil(lambda: not window.tour.frame.isVisible())
    assert samples.isVisible()


@pytest.mark.parametrize("size", [(960, 600), (1280, 800)])
def test_every_step_is_wholly_to_be_seen(qtbot, window, size: tuple[int, int]) -> None:
    window.resize(*size)
    tour, line = window.tour, window.statusBar()
    before = line.height()
    tour.start()
    for step in STEPS:
        qtbot.waitUntil(lambda: line.height() >= tour.sizeHint().height())
        qtbot.waitUntil(lambda: tour.geometry() == line.geometry())
        qtbot.waitUntil(lambda: window.rect().contains(tour.geometry()))
        for widget in (tour.text, tour.skip_button, tour.next_button):
            qtbot.waitUntil(lambda of=widget: tour.rect().contains(of.geometry()))
            qtbot.waitUntil(lambda of=widget: of.size().expandedTo(of.sizeHint()) == of.size())
        assert tour.text.text().endswith(step.text)  # the example has all that a step needs
        qtbot.mouseClick(tour.next_button, LEFT)
    qtbot.waitUntil(lambda: line.height() == before)


def test_started_during_a_run_it_waits_for_the_person(qtbot, bars, window) -> None:
    window.run_bar.train()
    training = window.context.training
    qtbot.waitUntil(lambda: training.phase is Phase.RUNNING and training.steps_done > 4)
    window.tour.start()
    with qtbot.waitSignal(window.context.explorer.latent_settled):
        pass  # of newer weights
    assert at(window) == 0
    window.tour._show(4)
    assert window.tour.text.text() == f"5 of 6   {STEPS[4].otherwise}"
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    qtbot.waitUntil(lambda: window.tour.text.text() == f"5 of 6   {STEPS[4].text}")
    assert at(window) == 4
