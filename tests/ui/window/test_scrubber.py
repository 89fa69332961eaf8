"""The scrubber: where its playhead goes, what it tells, and what its curve shows."""

from collections.abc import Iterator
from dataclasses import replace

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
from vae_gui.ui.window.scrubber import POINTS, RunCurve, Scrubber, unbroken

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


def help_at(scrubber: Scrubber, step: float) -> str:
    place = at(scrubber, step)
    help_event = QHelpEvent(QEvent.Type.ToolTip, place, scrubber.mapToGlobal(place))
    QApplication.sendEvent(scrubber, help_event)
    text = QToolTip.text()
    QToolTip.hideText()
    return text


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
    assert help_at(scrubber, 60) == "β 4 from step 60\nlearning rate 0.001 from step 60"
    assert help_at(scrubber, 20) == "drag it"


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


def test_the_equation_says_which_images_measure_the_run() -> None:
    text = loss_equation(history(), 120, None, range(0), "held-out")
    assert text == "−ELBO 95.0 = rec 91.0 + KL 4.0 (held-out, step 100)"


def test_in_exact_em_the_equation_of_a_batch_is_of_the_likelihood() -> None:
    em = range(49, 120)
    assert loss_equation(history(), 100, None, em).startswith("−ELBO")  # the encoder's own q
    assert loss_equation(history(), 50, None, em) == "−log p(x) ≤ 100.0 = rec 95.0 + KL 5.0 (batch)"
    assert loss_equation(history(), 49, None, em).startswith("−ELBO")


EM = range(40, 80)


def in_em(steps: int = 101) -> HistoryRows:
    """A run whose batches are 30 nats lower in exact EM; no encoder was measured there."""
    rows = history(steps, first=100.0).steps.copy()
    inside = (rows[:, 0] > EM.start) & (rows[:, 0] <= EM.stop)
    rows[inside, 2] -= 30
    tests = np.array([[step, 0, 91.0, 4.0] for step in (20, 30, 60, 90, 95)])
    tests[2, 1:] = np.nan
    return HistoryRows(rows, tests)


def columns(scrubber: Scrubber, *steps: float) -> list[np.ndarray]:
    """Return what stands at some steps, above the marks of the moments."""
    picture = pixels(scrubber)
    return [picture[8:-12, round(scrubber.x_of(step))] for step in steps]


def test_exact_em_has_a_band_that_says_what_it_is(scrubber: Scrubber) -> None:
    scrubber.set_moments(np.zeros(0))
    curve = RunCurve("−ELBO", np.array([[0.0, 1.0], [100.0, 1.0]]), np.zeros((0, 2)))
    scrubber.set_curve(curve)
    before = columns(scrubber, 20, 45, 90)
    scrubber.set_curve(replace(curve, em=EM))
    changed = [
        not np.array_equal(*each)
        for each in zip(before, columns(scrubber, 20, 45, 90), strict=True)
    ]
    assert changed == [False, True, False]
    assert help_at(scrubber, 60).startswith("exact EM: batches bound −log p(x)")
    assert help_at(scrubber, 20) == "drag it"


def test_the_lines_break_at_the_ends_of_exact_em(scrubber: Scrubber) -> None:
    curve = RunCurve.of("−ELBO", in_em(), (), EM)
    gaps = curve.batches[~np.isfinite(curve.batches[:, 1]), 0]
    assert gaps.tolist() == [40.5, 80.5] and curve.last_step == 100
    assert [len(part) for part in unbroken(curve.batches)] == [40, 40, 20]
    assert [part[:, 0].tolist() for part in unbroken(curve.tests)] == [[20, 30], [90, 95]]
    low, high = curve.scale()
    assert low < 70 and high > 95
    growing = RunCurve.of("−ELBO", in_em(61), (), EM)  # the end of the phase is not reached yet
    assert growing.last_step == 95 and len(unbroken(growing.batches)) == 2


def test_no_mean_is_of_both_sides_of_an_end_of_exact_em() -> None:
    rows, em = history(100_001, first=100.0).steps.copy(), range(40_007, 80_001)
    inside = (rows[:, 0] > em.start) & (rows[:, 0] <= em.stop)
    rows[:, 2] = np.where(inside, 70, 100)
    curve = RunCurve.of("−ELBO", HistoryRows(rows, rows[:0]), (), em)
    known = curve.batches[np.isfinite(curve.batches[:, 1]), 1]
    assert set(known.tolist()) == {75.0, 105.0} and len(unbroken(curve.batches)) == 3


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
