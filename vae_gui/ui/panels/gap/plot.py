"""−ELBO, −log p(x) and what the best Gaussians would reach, over the steps of a run."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.analysis.inference_gap import InferenceGap
from vae_gui.ui.parts.still_plot import StillPlot
from vae_gui.ui.style.theme import current_theme, small_font

NAMES = ("−ELBO", "with the best Gaussians", "−log p(x)")
FAINT = 40  # of 255


class GapPlot(QWidget):
    """Two bands between three curves: wrong place above, shape below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = StillPlot(self)
        self.setAccessibleName("Curves of −ELBO and −log p(x)")
        item = self.plot.getPlotItem()
        self.legend = item.addLegend(offset=(-8, 8))
        self.curves = [item.plot(symbol="o", symbolSize=5, name=name) for name in NAMES]
        self.bands = [
            pg.FillBetweenItem(upper, lower)
            for upper, lower in zip(self.curves, self.curves[1:], strict=False)
        ]
        for band in self.bands:
            item.addItem(band, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.restyle()

    def set_gaps(self, gaps: Sequence[InferenceGap]) -> None:
        """By step."""
        steps = [gap.step for gap in gaps]
        best = [-gap.evidence if gap.shape is None else gap.shape - gap.evidence for gap in gaps]
        values = [-gap.elbo for gap in gaps], best, [-gap.evidence for gap in gaps]
        for curve, column in zip(self.curves, values, strict=True):
            curve.setData(steps, column)
        self.curves[1].setVisible(all(gap.exact for gap in gaps))
        if gaps:
            self.plot.getPlotItem().getViewBox().setXRange(0, max(1, steps[-1]), padding=0.03)

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        theme = current_theme()
        self.plot.restyle()
        for curve, name in zip(
            self.curves, (theme.accent, theme.muted, theme.warning), strict=True
        ):
            color = QColor(name)
            curve.setPen(color, width=1)
            curve.setSymbolBrush(color)
            curve.setSymbolPen(None)
        for band, name in zip(self.bands, (theme.accent, theme.warning), strict=True):
            color = QColor(name)
            color.setAlpha(FAINT)
            band.setBrush(color)
        size = f"{small_font(self.font()).pixelSize()}px"
        for _, name in self.legend.items:
            name.setText(name.text, color=QColor(theme.text), size=size)
