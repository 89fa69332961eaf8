"""The band on a curve in which z came from the exact posterior, and what the curve is there."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from vae_gui.ui.parts.em_steps import EM_WORDS, band_color
from vae_gui.ui.style.theme import current_theme, small_font


class EMBand:
    """Nothing where a run has no exact EM."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self.region = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self.name = pg.TextItem(EM_WORDS, anchor=(0.5, 0))
        self.steps = range(0)
        for item in (self.region, self.name):
            item.setZValue(-10)
            plot.addItem(item, ignoreBounds=True)
        self.set_steps(range(0))

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        self.region.setBrush(band_color())
        self.name.setColor(QColor(current_theme().muted))

    def set_steps(self, steps: range) -> None:
        """Of exact EM in the run."""
        self.steps = steps
        self.region.setVisible(bool(steps))
        self.name.setVisible(False)
        if steps:
            self.region.setRegion((steps.start, steps.stop))

    def place(self, view: QRectF) -> None:
        """Name it at the top of what the plot shows, where there is room."""
        left, right = max(self.steps.start, view.left()), min(self.steps.stop, view.right())
        self.name.setVisible(right - left > view.width() / 5)
        self.name.setFont(small_font(self.name.textItem.font()))
        self.name.setPos((left + right) / 2, view.bottom())
