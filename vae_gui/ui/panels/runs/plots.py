"""What the runs are drawn as: the rate–distortion plane, or their curves on one axis."""

from collections.abc import Collection, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.sweeps.board import comparable, curves, ends, frontier, round_values, trails
from vae_gui.core.sweeps.summary import Run
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.still_plot import StillPlot
from vae_gui.ui.style.theme import current_theme, small_font

REACH = 12  # pixels from a run's end, within which the pointer is on it
FAINT, CLEAR = 70, 200  # of 255


class RunsPlot(QWidget):
    """`shown` are the runs that are drawn; `left_out` says how many are not, as their numbers are on another scale.

    Signals: `pointed(key)` as the pointer comes to a run's end, "" when it leaves; `clicked(key)`."""

    pointed = Signal(str)
    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = StillPlot(self)
        self.shown: list[Run] = []
        self.left_out = 0
        self._chosen: frozenset[str] = frozenset()
        self._pointed = ""
        self._places = np.empty((0, 2))  # of the ends of the runs that are shown
        self._lines_of: tuple[float, ...] = ()  # the range that lines of equal −ELBO are drawn for
        item = self.plot.getPlotItem()
        self._equal = item.plot(connect="finite")
        self._trails = item.plot(connect="finite")
        self._strong = item.plot(connect="finite")
        self._front = item.plot()
        # One item for each look: pyqtgraph draws points apart whose brushes differ.
        self._ends, self._chosen_ends, self._pointed_end = (
            pg.ScatterPlotItem(size=size) for size in (8, 8, 11)
        )
        for points in (self._ends, self._chosen_ends, self._pointed_end):
            item.addItem(points)
        self._names: list[pg.TextItem] = []
        self.plot.viewport().setMouseTracking(True)
        self.plot.viewport().installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.restyle()

    def show_runs(self, runs: Sequence[Run], chosen: Collection[str], over_steps: bool) -> None:
        """chosen: keys of the runs that stand out. over_steps: their curves, and not the plane."""
        self.shown, self.left_out = comparable(runs)
        self._chosen = frozenset(chosen)
        self._places = curve_ends(self.shown) if over_steps else ends(self.shown)
        item = self.plot.getPlotItem()
        names = ("step", "−ELBO") if over_steps else ("KL", "reconstruction")
        for side, name in zip(("bottom", "left"), names, strict=True):
            item.setLabel(side, name)
        if over_steps:
            self._draw_curves()
        else:
            self._draw_plane()

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        self.plot.restyle()
        theme = current_theme()
        for side in ("bottom", "left"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.label.setFont(small_font(self.font()))
            axis.setTextPen(QColor(theme.muted))
        self._equal.setPen(QColor(theme.border), width=1)
        faint, clear = QColor(theme.accent), QColor(theme.accent)
        faint.setAlpha(FAINT)
        clear.setAlpha(CLEAR)
        self._trails.setPen(faint, width=1)
        self._strong.setPen(clear, width=1)
        self._front.setPen(QColor(theme.warning), width=1)
        colors = (theme.accent, theme.warning, theme.text)
        for points, color in zip(
            (self._ends, self._chosen_ends, self._pointed_end), colors, strict=True
        ):
            points.setBrush(QColor(color))
            points.setPen(QColor(theme.surface))
        for name in self._names:
            name.setColor(QColor(theme.muted))

    def place_of(self, key: str) -> QPointF:
        """Where the end of a run is, in the plot's own pixels."""
        index = [run.key for run in self.shown].index(key)
        x, y = self._places[index]
        view = self.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y))
        return QPointF(self.plot.mapFromScene(view))

    def _draw_plane(self) -> None:
        points = self._places
        self._trails.setData(*trails(self.shown).T)
        self._strong.setData(*trails([run for run in self.shown if run.key in self._chosen]).T)
        self._front.setData(*frontier(points).T if len(points) > 1 else ([], []))
        if len(points):
            low, high = points.min(axis=0), points.max(axis=0)
            margin = np.maximum(0.15 * (high - low), 1.0)
            self._set_range(low - margin, high + margin)
            self._draw_equal(low - margin, high + margin)
        self._draw_ends()

    def _draw_curves(self) -> None:
        for name in (self._equal, self._front):
            name.setData([], [])
        self._name_lines([])
        self._lines_of = ()
        drawn = [run for run in self.shown if run.key in self._chosen or not self._chosen]
        rows = curves(drawn)
        self._trails.setData([], [])
        self._strong.setData(*rows.T)
        known = rows[np.isfinite(rows).all(axis=1)]
        if len(known):
            top = np.quantile(known[:, 1], 0.9) if len(known) > 9 else known[:, 1].max()
            low = np.array([0.0, known[:, 1].min()])
            high = np.array([known[:, 0].max(), max(top, low[1] + 1)])
            self._set_range(low - (0, 1), high * (1.03, 1.0) + (0, 1))
        self._draw_ends()

    def _set_range(self, low: np.ndarray, high: np.ndarray) -> None:
        box = self.plot.getPlotItem().getViewBox()
        box.setRange(xRange=(low[0], high[0]), yRange=(low[1], high[1]), padding=0)

    def _draw_equal(self, low: np.ndarray, high: np.ndarray) -> None:
        """Lines of equal −ELBO, KL + reconstruction, at round numbers."""
        if (*low, *high) == self._lines_of:
            return
        self._lines_of = (*low, *high)
        values = round_values(float(low.sum()), float(high.sum()))
        rows = []
        for value in values:
            rows += [(low[0], value - low[0]), (high[0], value - high[0]), (np.nan, np.nan)]
        self._equal.setData(*np.array(rows).reshape(-1, 2).T)
        places = [(float(v), max(low[0], v - high[1])) for v in values]
        self._name_lines([(v, x) for v, x in places if x < high[0]])

    def _name_lines(self, places: list[tuple[float, float]]) -> None:
        item = self.plot.getPlotItem()
        for name in self._names:
            item.removeItem(name)
        self._names = []
        for value, x in places:
            name = pg.TextItem(f"{value:g}", color=QColor(current_theme().muted), anchor=(0, 0))
            name.setFont(small_font(self.font()))
            name.setPos(x, value - x)
            item.addItem(name, ignoreBounds=True)
            self._names.append(name)

    def _draw_ends(self) -> None:
        self._ends.setData(*self._places.T)
        chosen = [run.key in self._chosen for run in self.shown]
        self._chosen_ends.setData(*self._places[chosen].T)
        self._draw_pointed()

    def _draw_pointed(self) -> None:
        pointed = [run.key == self._pointed for run in self.shown]
        self._pointed_end.setData(*self._places[pointed].T)

    @qt_override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._point_at(self._key_at(event.position()))
        elif event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            if key := self._key_at(event.position()):
                self.clicked.emit(key)
        elif event.type() == QEvent.Type.Leave:
            self._point_at("")
        return super().eventFilter(watched, event)

    def _point_at(self, key: str) -> None:
        if key != self._pointed:
            self._pointed = key
            self._draw_pointed()
            self.pointed.emit(key)

    def _key_at(self, at: QPointF) -> str:
        if not self.shown:
            return ""
        box = self.plot.getPlotItem().getViewBox()
        (width, height), places = box.viewPixelSize(), self._places
        point = box.mapSceneToView(self.plot.mapToScene(at.toPoint()))
        away = np.hypot((places[:, 0] - point.x()) / width, (places[:, 1] - point.y()) / height)
        away = np.where(np.isfinite(away), away, np.inf)
        nearest = int(away.argmin())
        return self.shown[nearest].key if away[nearest] <= REACH else ""


def curve_ends(runs: Sequence[Run]) -> np.ndarray:
    """Last step and −ELBO of each, (n, 2); nan without a trail."""
    rows = [
        (run.trail[-1, 0], run.trail[-1, 1:].sum()) if len(run.trail) else (np.nan, np.nan)
        for run in runs
    ]
    return np.array(rows).reshape(-1, 2)
