"""The scrubber: where its playhead goes, what it tells, and what its curve shows."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from tests.screen import differs, pixels
from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.core.vae.history import History, HistoryRows
from vae_gui.ui.style.theme import DARK, LIGHT, apply_theme
from vae_gui.ui.window.loss_equation import loss_equation
from vae_gui.ui.window.scrubber import POINTS, RunCurve, Scrubber

LEFT = Qt.MouseButton.LeftButton
MOMENTS = np.array([0.0, 50.0, 100.0])
CHANGES = (HyperparameterChange(60, "beta", 4.0), HyperparameterChange(60, "learning_rate", 1e-3))


def history(steps: int = 101, first: float = 500.0) -> HistoryRows:
    """A run whose reconstruction falls from 100 to 90, KL 5, measured at its last step."""
    rows = np.column_stack(
        [np.arange(steps), np.zeros(steps), np.linspace(100, 90, steps), np.full(steps, 5.0)]
    ).astype(np.float64)
    rows[0, 2] = first
    return HistoryRows(rows, np.array([[steps - 1, 0, 91.0, 4.0]]))


@pytest.fixture
def scrubber(qtbot, qapp: QApplication) -> Iterator[Scrubber]:
    apply_theme(qapp, DARK)
    host = QWidget()
    qtbot.addWidget(host)
    scrubber = Scrubber(host)
    scrubber.setToolTip("drag it")
    host.resize(600, 80)
    scrubber.resize(600, 64)
    scrubber.set_curve(RunCurve.of("−ELBO", history(), CHANGES))
    scrubber.set_moments(MOMENTS)
    host.show()
    yield scrubber


def at(scrubber: Scrubber, step: float) -> QPoint:
    return QPoint(round(scrubber.x_of(step)), scrubber.height() // 2)


def test_the_playhead_is_dragged_to_the_nearest_moment(qtbot, scrubber: Scrubber) -> None:
    values: list[int] = []
    scrubber.valueChanged.connect(values.append)
    qtbot.mousePress(scrubber, LEFT, pos=at(scrubber, 96))
    assert scrubber.isSliderDown()
    qtbot.mouseMove(scrubber, at(scrubber, 60))
    qtbot.mouseMove(scrubber, at(scrubber, 20))
    qtbot.mouseRelease(scrubber, LEFT, pos=at(scrubber, 20))
    assert values == [2, 1, 0] and not scrubber.isSliderDown()
    qtbot.mouseMove(scrubber, at(scrubber, 96))
    assert scrubber.value() == 0


def test_without_moments_a_press_does_nothing(qtbot, scrubber: Scrubber) -> None:
    scrubber.set_curve(RunCurve.of("−ELBO", history(), ()))
    scrubber.set_moments(np.zeros(0))
    qtbot.mouseClick(scrubber, LEFT, pos=at(scrubber, 50))
    assert scrubber.value() == 0


def test_a_mark_says_what_was_changed_and_elsewhere_is_the_help(scrubber: Scrubber) -> None:
    for step, text in (
        (60, "β 4 from step 60\nlearning rate 0.001 from step 60"),
        (20, "drag it"),
    ):
        place = at(scrubber, step)
        help_event = QHelpEvent(QEvent.Type.ToolTip, place, scrubber.mapToGlobal(place))
        QApplication.sendEvent(scrubber, help_event)
        assert QToolTip.text() == text
    QToolTip.hideText()


def test_the_first_step_does_not_squash_the_curve() -> None:
    low, high = RunCurve.of("−ELBO", history(first=500.0), ()).scale()
    assert 95 <= low < high < 105


def test_a_long_run_is_drawn_with_few_points() -> None:
    curve = RunCurve.of("−ELBO", history(1_000_001, first=100.0), ())
    assert POINTS <= len(curve.batches) <= 2 * POINTS
    assert curve.batches[0, 1] == pytest.approx(105, abs=0.1)
    assert curve.batches[-1, 1] == pytest.approx(95, abs=0.1)


def test_the_curve_is_painted_once_there_is_a_step(scrubber: Scrubber) -> None:
    scrubber.set_curve(RunCurve.of("−ELBO", History().frozen(), ()))
    scrubber.set_moments(np.zeros(0))
    before = pixels(scrubber)
    scrubber.set_curve(RunCurve.of("−ELBO", history(), ()))
    scrubber.set_moments(np.zeros(0))
    assert differs(scrubber, before)


@pytest.mark.parametrize(
    ("step", "term", "text"),
    [
        (100, None, "−ELBO 95.0 = rec 91.0 + KL 4.0 (test)"),
        (120, None, "−ELBO 95.0 = rec 91.0 + KL 4.0 (test, step 100)"),
        (50, None, "−ELBO 100.0 = rec 95.0 + KL 5.0 (batch)"),
        (50, "squared error", "squared error 95.0 (batch)"),
        (-1, None, ""),
    ],
)
def test_the_equation_is_of_one_step(step: int, term: str | None, text: str) -> None:
    assert loss_equation(history(), step, term, range(0)) == text


def test_in_exact_em_the_equation_is_of_the_likelihood() -> None:
    em = range(99, 120)
    assert loss_equation(history(), 100, None, em) == "−log p(x) 95.0 = rec 91.0 + KL 4.0 (test)"
    assert loss_equation(history(), 99, None, em).startswith("−ELBO")


def test_the_curve_is_drawn_anew_only_where_it_changed(qtbot, qapp, scrubber) -> None:
    steps = np.array([0.0, 5.0, 9.0])
    scrubber.set_moments(steps)
    pixels(scrubber)
    drawn = scrubber._picture
    scrubber.setValue(1)
    scrubber.set_moments(steps.copy())
    moved = pixels(scrubber)
    assert scrubber._picture is drawn
    apply_theme(qapp, LIGHT)
    assert not np.array_equal(pixels(scrubber), moved) and scrubber._picture is not drawn
    drawn = scrubber._picture
    scrubber.set_moments(np.array([0.0, 5.0, 10.0]))
    pixels(scrubber)
    assert scrubber._picture is not drawn
