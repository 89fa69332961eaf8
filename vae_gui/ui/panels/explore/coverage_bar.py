"""The off-the-map meter as a bar: how far the encodings reach to a place."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from vae_gui.core.analysis.coverage import Coverage, CoverageLevel
from vae_gui.core.pictures.backgrounds import BELOW_OFF
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme

WIDTH, HEIGHT, BAR = 120, 14, 6


class CoverageBar(QWidget):
    """Empty well off the map, full where the encodings are dense; two marks: off the map, and well inside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.share = 0.0
        self._marks: tuple[float, ...] = ()
        self._level: CoverageLevel | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Coverage at the place that is looked at")

    def show_value(self, coverage: Coverage | None, value: float) -> None:
        """value: log q(z); without a coverage nothing is drawn."""
        if coverage is None:
            self._level, self._marks = None, ()
        else:
            low = coverage.off - BELOW_OFF
            high = coverage.inside + (coverage.inside - coverage.off) + 1
            places = [
                (place - low) / (high - low) for place in (value, coverage.off, coverage.inside)
            ]
            share, *marks = places
            self.share = min(1.0, max(0.0, share))
            self._marks, self._level = tuple(marks), coverage.level(value)
            self.setAccessibleDescription(self._level.value)
        self.update()

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        if self._level is None:
            return
        theme = current_theme()
        colors = {
            CoverageLevel.OFF: theme.danger,
            CoverageLevel.EDGE: theme.warning,
            CoverageLevel.INSIDE: theme.accent,
        }
        top = (self.height() - BAR) / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(QRectF(0, top, self.width(), BAR), 3, 3)
        painter.setBrush(QColor(colors[self._level]))
        painter.drawRoundedRect(QRectF(0, top, self.share * self.width(), BAR), 3, 3)
        for mark in self._marks:
            painter.fillRect(QRectF(mark * self.width(), 0, 1, self.height()), QColor(theme.muted))
