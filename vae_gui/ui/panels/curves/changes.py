"""Marks on a curve where a live hyperparameter was changed: one item for all of them, and a few names."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor

from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.ui.parts.change_words import change_text
from vae_gui.ui.style.theme import current_theme

MAX_LINES = 500  # across the plot; changes closer together than its pixels are one line
MAX_NAMES = 6  # side by side, the newest of each part of the plot
NAME_AT = 0.9  # of the height


class ChangeMarks:
    """A slider of β that is dragged through a run leaves a change at every step."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self.lines = pg.VTickGroup()
        self.names = tuple(pg.TextItem(anchor=(0.5, 0.5)) for _ in range(MAX_NAMES))
        for item in (self.lines, *self.names):
            plot.addItem(item, ignoreBounds=True)
        self._changes: tuple[HyperparameterChange, ...] = ()
        self._steps = np.zeros(0)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        color = QColor(current_theme().muted)
        self.lines.setPen(color, style=Qt.PenStyle.DashLine)
        for name in self.names:
            name.setColor(color)

    def show(self, changes: tuple[HyperparameterChange, ...], view: QRectF) -> None:
        """All of a run, in its order; `view` is what the plot shows."""
        if changes != self._changes:
            self._changes = changes
            self._steps = np.array([change.step for change in changes], np.float64)
        edges = np.linspace(view.left(), view.right(), MAX_LINES + 1)
        last = np.unique(np.searchsorted(self._steps, edges, side="right")) - 1
        self.lines.setXVals(self._steps[last[last >= 0]].tolist())
        self.lines.setVisible(bool((last >= 0).any()))
        self.lines.update()
        edges = np.linspace(view.left(), view.right(), MAX_NAMES + 1)
        ends = np.searchsorted(self._steps, edges, side="right")
        ends[0] = np.searchsorted(self._steps, edges[0])
        for item, start, end in zip(self.names, ends, ends[1:], strict=False):
            item.setVisible(bool(end > start))
            if end > start:
                self._name(item, changes[end - 1], view)

    def _name(self, item: pg.TextItem, change: HyperparameterChange, view: QRectF) -> None:
        item.setText(change_text(change, short=True))
        item.setPos(change.step, view.top() + NAME_AT * view.height())
