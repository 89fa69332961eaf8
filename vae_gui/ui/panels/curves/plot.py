"""One curve of a run: each batch faint, the test split bold, a mark where a live hyperparameter was changed.

In exact EM the test split has two: by the encoder's z as everywhere, and by z of p(z|x), as its batches have it.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.core.vae.held_out import TEST
from vae_gui.core.vae.history import COLUMNS, History, HistoryRows, means_of_neighbours
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.curves.changes import ChangeMarks
from vae_gui.ui.panels.curves.em_band import EMBand
from vae_gui.ui.parts.em_steps import broken
from vae_gui.ui.parts.still_plot import StillPlot
from vae_gui.ui.style.theme import current_theme
from vae_gui.ui.widgets.label import Label

MAX_POINTS = 1500
SETTLED = 0.1  # share of a run after which its values set the scale
MOVES = (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress)
Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LossCurve:
    """What is drawn: the sum of some columns of the history's tables."""

    title: str
    columns: tuple[str, ...]
    tip: str


class CurvePlot(QWidget):
    """Signals: `pointed(step)` as the pointer moves, nan when it leaves; `sought(step)` where it is pressed or dragged."""

    pointed = Signal(float)
    sought = Signal(float)

    def __init__(self, curve: LossCurve, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve = curve
        self._history = History().frozen()
        self._changes: tuple[HyperparameterChange, ...] = ()
        self._images = TEST
        self._title = Label(curve.title, self)
        self._title.setProperty("role", "title")
        self.value = Label(self)
        self.value.setProperty("role", "small")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.plot = StillPlot(self)
        self.setAccessibleName(f"Curve of {curve.title}")
        item = self.plot.getPlotItem()
        item.getViewBox().setDefaultPadding(0.03)
        self._train = item.plot()
        self._exact = item.plot(symbol="o", symbolSize=3)
        self._test = item.plot(symbol="o", symbolSize=5)
        self._pointer = pg.InfiniteLine(angle=90, movable=False)
        self._pointer.setVisible(False)
        item.addItem(self._pointer, ignoreBounds=True)
        self.playhead = pg.InfiniteLine(angle=90, movable=False)
        self.playhead.setVisible(False)
        item.addItem(self.playhead, ignoreBounds=True)
        self.em_band = EMBand(item)
        self.changes = ChangeMarks(item)
        self._lay_out()
        self.plot.viewport().setMouseTracking(True)
        self.plot.viewport().installEventFilter(self)
        self.restyle()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 4, 0)
        head.addWidget(self._title)
        head.addWidget(self.value, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        theme = current_theme()
        faint = QColor(theme.accent)
        faint.setAlpha(130)
        self._train.setPen(faint, width=1)
        for curve, name in ((self._test, theme.warning), (self._exact, theme.muted)):
            curve.setPen(QColor(name), width=1)
            curve.setSymbolBrush(QColor(name))
            curve.setSymbolPen(None)
        self._pointer.setPen(QColor(theme.muted), width=1)
        self.playhead.setPen(QColor(theme.text), width=1)
        self.changes.restyle()
        self.em_band.restyle()
        self.plot.restyle()

    def set_images(self, images: str) -> None:
        """What those are called by which the run is measured."""
        self._images = images

    def set_playhead(self, step: float) -> None:
        """Stand at the moment that all panels show; nan where they follow the newest weights."""
        self.playhead.setVisible(bool(np.isfinite(step)))
        if np.isfinite(step):
            self.playhead.setValue(step)

    def set_note(self, note: str) -> None:
        """What the tooltip says after what the curve is: its unit, how it was measured."""
        self.plot.setToolTip(f"{self.curve.tip}. {note}")

    def set_history(
        self, history: HistoryRows, changes: tuple[HyperparameterChange, ...] = ()
    ) -> None:
        """What `draw` and `show_value_at` are of."""
        self._history, self._changes = history, changes

    def draw(self) -> None:
        """Draw all of it; many steps are drawn as means of neighbours."""
        history = self._history
        value = self._draw(self._train, broken(history.seen, self.em_band.steps))
        # Before the first step the test images are far from all that follows.
        test_value = self._draw(self._test, history.tests[history.tests[:, 0] >= 1])
        self._draw(self._exact, history.exact)
        self._show_scale(value, test_value)
        view = self.plot.getPlotItem().getViewBox().viewRect()
        self.changes.show(self._changes, view)
        self.em_band.place(view)

    def show_value_at(self, step: float) -> None:
        """The values nearest to `step`, or the newest for nan; of another step than the batch's, it is named."""
        self._pointer.setVisible(bool(np.isfinite(step)))
        if np.isfinite(step):
            self._pointer.setValue(step)
        values: dict[str, tuple[float, float]] = {}
        for name, rows in (
            ("batch", self._history.steps),
            (self._images, self._history.known_tests),
        ):
            if len(rows):
                index = (
                    int(np.searchsorted(rows[:, 0], step)) if np.isfinite(step) else len(rows) - 1
                )
                index = min(index, len(rows) - 1)
                values[name] = rows[index, 0], self._sum(rows[index : index + 1])[0]
        parts = [f"{name} {value:.1f}" for name, (_, value) in values.items()]
        if len({of for of, _ in values.values()}) > 1:
            parts[-1] += f" at {values[self._images][0]:,.0f}".replace(",", " ")
        where = f"step {step:,.0f}   ".replace(",", " ") if np.isfinite(step) else ""
        self.value.setText(where + "   ".join(parts))

    @qt_override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in MOVES and isinstance(event, QMouseEvent):
            position = self.plot.mapToScene(event.position().toPoint())
            step = self.plot.getPlotItem().getViewBox().mapSceneToView(QPointF(position)).x()
            self.pointed.emit(max(0.0, round(step)))
            if event.buttons() & Qt.MouseButton.LeftButton:
                self.sought.emit(step)
        elif event.type() == QEvent.Type.Leave:
            self.pointed.emit(float("nan"))
        return super().eventFilter(watched, event)

    def _sum(self, rows: Column) -> Column:
        """rows: (n, 4) as in the history -> (n,)."""
        columns: list[Column] = [rows[:, COLUMNS.index(name)] for name in self.curve.columns]
        return reduce(np.add, columns)

    def _draw(self, line: pg.PlotDataItem, rows: Column) -> Column:
        """Draw rows (n, 4) and return their values (m,) that are numbers: the line breaks where others are.

        The others are left out, as pyqtgraph has no bounds for them.
        """
        step, value = means_of_neighbours(rows[:, 0], self._sum(rows), MAX_POINTS)
        known = np.isfinite(value)
        goes_on = np.append(known[1:], False)[known]
        connect = "all" if known.all() else goes_on.astype(np.int32)
        line.setData(step[known], value[known], connect=connect)
        return value[known]

    def _show_scale(self, value: Column, test_value: Column) -> None:
        """The first steps of a run fall from far above; they do not set the scale."""
        if not len(value):
            return
        settled = value[int(SETTLED * len(value)) :]
        known = np.concatenate((settled, test_value[len(test_value) // 2 :]))
        low, high = float(known.min()), float(known.max())
        box = self.plot.getPlotItem().getViewBox()
        margin = max(0.05 * (high - low), 0.05)
        box.setRange(
            xRange=(0, float(self._history.steps[-1, 0])),
            yRange=(low - margin, high + margin),
            padding=0,
        )
