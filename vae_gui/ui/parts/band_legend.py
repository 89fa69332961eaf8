"""What the colours of a coverage band mean."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from vae_gui.core.analysis.coverage import CoverageLevel
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.path_strip import band_colors
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, small_font

NAMED = (CoverageLevel.EDGE, CoverageLevel.OFF)
BAR, BAR_HEIGHT, GAP = 14, 3, 6


class BandLegend(QWidget):
    """The places that are worth a warning, each behind its colour; where it has too little room, nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colours of the coverage band")
        self.setAccessibleDescription(", ".join(level.value for level in NAMED))
        self.setToolTip("How well the encodings cover each frame: the line under it")

    @qt_override
    def sizeHint(self) -> QSize:
        self.setFont(small_font(QApplication.font()))  # which grows in a presentation
        return QSize(sum(map(self._width, NAMED)), self.fontMetrics().height() + 4)

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        if self.width() < self.sizeHint().width():
            return
        theme = current_theme()
        colors, x = band_colors(theme), 0
        painter.setFont(self.font())
        for level in NAMED:
            top = (self.height() - BAR_HEIGHT) / 2
            painter.fillRect(QRectF(x, top, BAR, BAR_HEIGHT), QColor(colors[level]))
            painter.setPen(QColor(theme.muted))
            text = QRectF(x + BAR + GAP, 0, self._width(level), self.height())
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, level.value)
            x += self._width(level)

    def _width(self, level: CoverageLevel) -> int:
        return BAR + GAP + self.fontMetrics().horizontalAdvance(level.value) + 2 * GAP
