"""The loss curves: all numbers that stand together are of one step, at every moment of a run."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.runtime.conftest import Collector
from tests.screen import pixels
from tests.spaces import show_space
from tests.tiny import tiny_config
from vae_gui.core.vae.history import HistoryRows
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.curves.panel import CurvesPanel

SHOWN = re.compile(r"batch (-?[\d.]+)(?:   test (-?[\d.]+)(?: at ([\d ]+))?)?")
MOMENTS = 200


def shown(panel: CurvesPanel) -> list[tuple[str, ...]]:
    """The texts of objective, −ELBO, reconstruction and KL as (batch, test, step of the test)."""
    found = [SHOWN.fullmatch(plot.value.text()) for plot in panel.plots]
    return [match.groups() if match else ("", "", "") for match in found]


def add_up(texts: list[tuple[str, ...]], kind: int) -> bool:
    """Reconstruction + KL = −ELBO = objective, within one unit of the last digit."""
    values = [texts[plot][kind] for plot in range(4)]
    if not all(values):
        return not any(values)
    objective, elbo, reconstruction, kl = map(float, values)
    return abs(reconstruction + kl - elbo) < 0.15 and abs(objective - elbo) < 0.15


@pytest.fixture
def panel(panel_of, bars: object) -> CurvesPanel:
    return panel_of(CurvesPanel, 1200, 220)


def test_the_numbers_add_up_at_every_moment_of_a_run(
    qtbot, context: Context, panel: CurvesPanel
) -> None:
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(tiny_config(epochs=10_000, learning_rate=1e-3))
    seen: list[str] = []

    def look() -> None:
        texts = shown(panel)
        assert add_up(texts, 0) and add_up(texts, 1), texts
        assert len({text[2] for text in texts}) == 1
        seen.append(panel.plots[0].value.text())

    random = np.random.default_rng(0)
    while len(seen) < MOMENTS:
        with qtbot.waitSignal(context.training.progressed):
            look()
        for _ in range(random.integers(0, 4)):  # anywhere in a round of redrawing
            QApplication.processEvents()
        look()
    assert len(set(seen)) > 5
    history = context.library.shown.history.steps
    elbo = history.column("reconstruction") + history.column("kl")
    np.testing.assert_allclose(history.column("loss"), elbo, rtol=1e-5)


@pytest.mark.parametrize("end", ["pause", "stop"])
def test_the_last_step_is_shown_when_the_run_rests(
    qtbot, context: Context, panel: CurvesPanel, end: str
) -> None:
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(tiny_config(epochs=10_000))
    qtbot.waitUntil(lambda: context.training.steps_done > 20)
    getattr(context.training, end)()
    resting = Phase.PAUSED if end == "pause" else Phase.IDLE
    qtbot.waitUntil(lambda: context.training.phase is resting)

    def last_step_is_shown() -> None:
        history = context.library.shown.history
        snapshot = context.library.shown.snapshot
        assert history.steps.column("step")[-1] == snapshot.step
        loss = history.steps.column("loss")[-1]
        assert shown(panel)[0][0] == f"{loss:.1f}"

    qtbot.waitUntil(last_step_is_shown)


def test_a_run_that_is_stopped_is_measured_at_its_last_step(
    qtbot, context: Context, panel: CurvesPanel
) -> None:
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(tiny_config(epochs=10_000), paused=True)
    context.training.step()
    qtbot.waitUntil(lambda: context.training.steps_done == 1)
    qtbot.waitUntil(lambda: shown(panel)[0][2] == "0")  # the test value is of another step
    with qtbot.waitSignal(context.training.ended):
        context.training.stop()
    assert context.library.shown.history.tests.column("step").tolist() == [0, 1]
    qtbot.waitUntil(lambda: shown(panel)[0][2] is None)


def test_the_values_at_the_pointer_stay_while_the_model_learns(
    qtbot, context: Context, panel: CurvesPanel
) -> None:
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(tiny_config(epochs=10_000))
    qtbot.waitUntil(lambda: context.training.steps_done > 5)
    panel.plots[0].pointed.emit(2.0)
    text = panel.plots[0].value.text()
    assert text.startswith("step 2 ")
    done = context.training.steps_done
    qtbot.waitUntil(lambda: context.training.steps_done > done + 20)
    assert panel.plots[0].value.text().startswith("step 2 ")


def show_moments(context: Context) -> Timeline:
    """A model with moments of the steps 0, 10 and 30, and a curve as long."""
    snapshot = show_space(context)
    model, encodings = context.library.shown, context.explorer.scatter.encodings
    assert model is not None and encodings is not None
    steps = np.arange(1.0, 31)
    model.history.extend(np.column_stack((steps, 130 - steps, 120 - steps, 0 * steps + 10)))
    moments = [TimelineEntry(replace(snapshot, step=step), encodings) for step in (0, 10, 30)]
    timeline = Timeline(MIN_CAPACITY, tuple(moments))
    context.library.replace(replace(model, timeline=timeline))
    return timeline


def playheads(panel: CurvesPanel) -> set[float | None]:
    """The steps at which those of the plots stand; None for one that is hidden."""
    lines = [plot.playhead for plot in panel.plots]
    return {line.value() if line.isVisible() else None for line in lines}


def test_a_playhead_stands_at_the_moment_that_is_shown(
    context: Context, panel: CurvesPanel
) -> None:
    weights, timeline = context.explorer.weights, show_moments(context)
    assert playheads(panel) == {None}  # the newest weights are followed
    for moment in timeline.entries:
        weights.show_entry(moment)
        assert playheads(panel) == {moment.step}
    weights.show_entry(None)
    assert playheads(panel) == {None}
    weights.show_entry(timeline.entries[1])
    show_space(context)  # another model
    assert playheads(panel) == {None}


def test_a_drag_over_a_curve_moves_the_playhead(
    qtbot, context: Context, panel: CurvesPanel
) -> None:
    weights, timeline = context.explorer.weights, show_moments(context)
    panel.refresh()
    view = panel.plots[2].plot
    pixels(view)

    def at(step: float) -> QPoint:
        box = view.getPlotItem().getViewBox()
        middle = box.viewRect().center().y()
        return view.mapFromScene(box.mapViewToScene(QPointF(step, middle)))

    QTest.mouseMove(view.viewport(), at(4))
    assert weights.entry is None  # a pointer that only passes
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at(8))
    assert weights.entry is timeline.entries[1] and playheads(panel) == {10}
    drag = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at(29)), view.viewport().mapToGlobal(QPointF(at(29))),
        Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), drag)
    assert weights.entry is timeline.entries[2] and playheads(panel) == {30}


def test_a_run_that_holds_images_out_says_that_its_curve_is_of_those(
    qtbot, context: Context, panel: CurvesPanel
) -> None:
    hints = Collector()
    panel.hint_changed.connect(hints.take)
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config(held_out=0.25, input_noise=0.1))
    panel.refresh()
    assert "points: held-out training images" in hints.values[-1]
    assert " held-out " in panel.plots[0].value.text()
    assert "test" not in panel.plots[0].value.text() + panel.plots[0].plot.toolTip()
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config())
    panel.refresh()
    assert "points: test images" in hints.values[-1] and " test " in panel.plots[0].value.text()


def test_values_that_are_no_numbers_are_left_out(panel: CurvesPanel) -> None:
    plot = panel.plots[0]
    steps = np.array([[1.0, 120, 100, 20], [2.0, np.nan, np.nan, np.nan], [3.0, 110, 91, 19]])
    plot.set_history(HistoryRows(steps, steps[1:2]))
    plot.draw()
    pixels(plot)
    assert plot._train.getData()[0].tolist() == [1, 3]
    low, high = plot.plot.getPlotItem().getViewBox().viewRange()[1]
    assert low < 110 < 120 < high
    connected = plot._train.opts["connect"]
    assert connected.tolist() == [0, 0]  # the line breaks where the value is


def test_lines_break_at_the_ends_of_exact_em(panel: CurvesPanel) -> None:
    plot, steps = panel.plots[1], np.ones((9, 4))
    steps[:, 0] = np.arange(1, 10)
    tests = steps[::2].copy()
    tests[2, 1:] = np.nan  # nobody measured the encoder there
    plot.em_band.set_steps(range(3, 6))
    plot.set_history(HistoryRows(steps, tests))
    plot.draw()
    pixels(plot)
    assert plot._train.getData()[0].tolist() == steps[:, 0].tolist()
    assert np.flatnonzero(plot._train.opts["connect"] == 0).tolist() == [2, 5, 8]
    assert np.flatnonzero(plot._test.opts["connect"] == 0).tolist() == [1, 3]


def test_a_band_says_where_the_curve_is_the_exact_likelihood(
    qtbot, context: Context, panel: CurvesPanel
) -> None:
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config(epochs=8, em_from=0.25, em_until=0.75))
    band = panel.plots[1].em_band
    panel.refresh()
    assert band.region.isVisible() and band.region.getRegion() == (6, 18)
    assert band.name.isVisible()
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config())
    assert not band.region.isVisible() and not band.name.isVisible()
