"""A plot that is looked at and not moved: no menu, no buttons, no focus, axes in the colours of the theme."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from vae_gui.ui.style.theme import current_theme, small_font

LEFT_AXIS = 44  # pixels, so that plots above each other are aligned


class StillPlot(pg.PlotWidget):
    """Call `restyle` once it stands in its widget, and after each change of the theme."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        for widget in (self, self.viewport()):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.getPlotItem().hideButtons()
        self.getPlotItem().setMouseEnabled(False, False)

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        theme = current_theme()
        self.setBackground(QColor(theme.surface))
        for side in ("bottom", "left"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(QColor(theme.border))
            axis.setTextPen(QColor(theme.muted))
            font = small_font(self.parentWidget().font())
            axis.setStyle(tickFont=font, tickLength=-3, maxTickLevel=0)
        self.getPlotItem().getAxis("left").setWidth(LEFT_AXIS)
