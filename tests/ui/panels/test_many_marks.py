"""Very many marks are one item: the curves' changes of hyperparameters, keyframes and names on the pad."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from tests.screen import differs, pixels
from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.core.vae.history import HistoryRows
from vae_gui.ui.panels.curves.changes import MAX_LINES, MAX_NAMES
from vae_gui.ui.panels.curves.panel import CURVES
from vae_gui.ui.panels.curves.plot import CurvePlot
from vae_gui.ui.plane.marks import Marks
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style.theme import DARK, LIGHT, apply_theme


def changes(steps: range) -> tuple[HyperparameterChange, ...]:
    return tuple(HyperparameterChange(step, "beta", 1 + step / 1000) for step in steps)


@pytest.fixture
def plot(qtbot, qapp: QApplication) -> CurvePlot:
    apply_theme(qapp, DARK)
    plot = CurvePlot(CURVES[0])
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    plot.show()
    return plot


def draw(plot: CurvePlot, found: tuple[HyperparameterChange, ...], length: int) -> None:
    steps = np.column_stack([np.arange(1.0, length + 1), *[np.full(length, 100.0)] * 3])
    plot.set_history(HistoryRows(steps, steps[:0]), found)
    plot.draw()


def names(plot: CurvePlot) -> list[str]:
    return [item.textItem.toPlainText() for item in plot.changes.names if item.isVisible()]


def test_sixty_thousand_changes_are_a_few_hundred_lines_and_six_names(plot: CurvePlot) -> None:
    before = len(plot.plot.scene().items())
    draw(plot, changes(range(1, 60_001)), 60_000)
    assert len(plot.plot.scene().items()) == before
    assert len(plot.changes.lines.xvals) <= MAX_LINES + 1
    assert plot.changes.lines.xvals[-1] == 60_000
    assert len(names(plot)) == MAX_NAMES and names(plot)[-1] == "β 61"
    pixels(plot)


def test_each_of_a_few_changes_has_its_line_and_its_name(plot: CurvePlot) -> None:
    draw(plot, (), 1000)
    bare = pixels(plot.plot)
    draw(plot, changes(range(100, 1000, 400)), 1000)
    assert plot.changes.lines.xvals == [100, 500, 900]
    assert names(plot) == ["β 1.1", "β 1.5", "β 1.9"]
    assert differs(plot.plot, bare)
    draw(plot, (), 1000)
    assert plot.changes.lines.xvals == [] and names(plot) == []


def test_changes_follow_the_theme_and_those_out_of_view_have_no_name(
    qapp: QApplication, plot: CurvePlot
) -> None:
    draw(plot, changes(range(100, 1000, 400)), 1000)
    apply_theme(qapp, LIGHT)
    plot.restyle()
    assert plot.changes.names[0].color.name() == LIGHT.muted
    plot.changes.show(plot.changes._changes, QRectF(450, 0, 100, 1))
    assert names(plot) == ["β 1.5"]


def test_a_thousand_keyframes_are_painted_by_one_call(
    qtbot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_theme(qapp, DARK)
    view = PadView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    calls: list[str] = []
    for name in ("drawPolygon", "drawPath", "drawPolyline"):
        paint = getattr(QPainter, name)

        def counted(self, *args, paint=paint, name=name):
            calls.append(name)
            return paint(self, *args)

        monkeypatch.setattr(QPainter, name, counted)
    around = np.linspace(0, 6, 1000)
    view.set_marks(Marks(keyframes=tuple(zip(np.sin(around), np.cos(around), strict=True))))
    bare = pixels(view)
    assert calls.count("drawPolygon") + calls.count("drawPath") <= 2
    view.set_marks(Marks())
    assert differs(view, bare)
