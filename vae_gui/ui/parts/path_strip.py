"""The frames of a path in a row, over their coverage band."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from vae_gui.core.analysis.coverage import CoverageLevel
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.painting import painting
from vae_gui.ui.style.theme import Theme, current_theme
from vae_gui.ui.widgets.image_grid import ImageGrid

BAND = 3.0  # height in pixels


class PathStrip(ImageGrid):
    """`set_band` colours the line under the frames; the word stands in the tool tip of a frame."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, strip=True, gap=2, parent=parent)
        self.band: tuple[CoverageLevel, ...] = ()
        self.words: tuple[str, ...] = ()

    def set_band(self, band: tuple[CoverageLevel, ...], words: tuple[str, ...]) -> None:
        """One place and one line of text for each frame; () for none."""
        if (band, words) != (self.band, self.words):
            self.band, self.words = band, words
            off = sum(place is CoverageLevel.OFF for place in band)
            self.setAccessibleDescription(f"{off} of {len(band)} frames are off the map")
            self.update()

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(480, max(40, self.minimumHeight()))

    @qt_override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with painting(self) as painter:
            self._paint_band(painter)

    def _paint_band(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        theme = current_theme()
        colors = band_colors(theme)
        for index, place in enumerate(self.band[: self.count()]):
            if index == self._playhead:
                continue  # its own mark stands there
            tile = self.tile_rect(index)
            painter.fillRect(
                QRectF(tile.left(), tile.bottom() + 2, tile.width(), BAND), QColor(colors[place])
            )

    @qt_override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            index = self.index_at(event.pos().toPointF())
            if index is not None and index < len(self.words):
                rect = self.tile_rect(index).toRect()
                QToolTip.showText(event.globalPos(), self.words[index], self, rect)
                return True
        return super().event(event)


def band_colors(theme: Theme) -> dict[CoverageLevel, str]:
    return {
        CoverageLevel.OFF: theme.danger,
        CoverageLevel.EDGE: theme.warning,
        CoverageLevel.INSIDE: theme.border,
    }
