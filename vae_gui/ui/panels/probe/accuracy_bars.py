"""Bars of accuracies from 0 to 100 %, one below the other, with their numbers."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, small_font

ROW, BAR = 30, 8
_NUMBER = "100.0 %"


@dataclass(frozen=True, slots=True)
class Bar:
    """accuracy: 0 to 1, or None while it is not known."""

    name: str
    accuracy: float | None


class AccuracyBars(QWidget):
    """The name and the number of each above its bar; a hairline marks what guessing reaches."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self._chance = 0.0
        self.setAccessibleName("Accuracies")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_bars(self, bars: tuple[Bar, ...], chance: float) -> None:
        """chance: the accuracy of always answering the commonest class."""
        self.bars, self._chance = bars, chance
        said = "; ".join(f"{bar.name}: {percent(bar.accuracy)}" for bar in bars)
        self.setAccessibleDescription(said)
        self.setToolTip(f"Share of the test images; the hairline at {percent(chance)} is guessing")
        self.updateGeometry()
        self.update()

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(200, ROW * len(self.bars))

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, ROW * len(self.bars))

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, bar in enumerate(self.bars):
            self._draw(painter, QRectF(0, row * ROW, self.width(), ROW), bar)

    def _draw(self, painter: QPainter, area: QRectF, bar: Bar) -> None:
        theme = current_theme()
        number = painter.fontMetrics().horizontalAdvance(_NUMBER) + 8
        text = area.adjusted(0, 0, 0, -BAR)
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.setFont(self.font())
        painter.setPen(QColor(theme.text))
        painter.drawText(text, bottom | Qt.AlignmentFlag.AlignRight, percent(bar.accuracy))
        painter.setFont(small_font(self.font()))
        painter.setPen(QColor(theme.muted))
        name = painter.fontMetrics().elidedText(
            bar.name, Qt.TextElideMode.ElideRight, round(area.width()) - number
        )
        painter.drawText(text, bottom | Qt.AlignmentFlag.AlignLeft, name)
        track = QRectF(0, text.bottom() + 2, area.width(), BAR - 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(track, 2, 2)
        if bar.accuracy is not None:
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(
                QRectF(track.x(), track.y(), track.width() * bar.accuracy, track.height()), 2, 2
            )
        x = track.x() + track.width() * self._chance
        painter.setPen(QPen(QColor(theme.muted), 1))
        painter.drawLine(QPointF(x, track.top() - 2), QPointF(x, track.bottom() + 2))


def percent(share: float | None) -> str:
    return "…" if share is None else f"{100 * share:.1f} %"
