"""A line in the pad's corner: which background it has, and the scale of its colours."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from vae_gui.core.pictures.layers import LayerCaption
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, small_font

BAR_WIDTH, BAR_HEIGHT, PAD = 64, 8, 8


class PadCaption(QWidget):
    """Lets the pointer through; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.caption: LayerCaption | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Background of the pad")
        self.hide()

    def set_caption(self, caption: LayerCaption | None) -> None:
        self.caption = caption
        self.setVisible(caption is not None)
        self.setAccessibleDescription("" if caption is None else caption.text)
        self.resize(self.sizeHint())
        self.update()

    @qt_override
    def sizeHint(self) -> QSize:
        if self.caption is None:
            return QSize(0, 0)
        self.setFont(small_font(QApplication.font()))  # which grows in a presentation
        width = sum(self._advance(text) for text in self._texts()) + 2 * PAD
        bar = BAR_WIDTH + 3 * PAD if self.caption.ramp else 0
        return QSize(width + bar, self.fontMetrics().height() + 6)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        if self.caption is None:
            return
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(theme.pad)
        ground.setAlpha(220)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        x = float(PAD)
        for index, text in enumerate(self._texts()):
            painter.setPen(QColor(theme.text if index == 0 else theme.muted))
            line = QRectF(x, 0, self._advance(text), self.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
            x += self._advance(text) + PAD
            if index == 1:
                self._paint_bar(painter, x)
                x += BAR_WIDTH + PAD

    def _paint_bar(self, painter: QPainter, x: float) -> None:
        assert self.caption is not None
        gradient = QLinearGradient(QPointF(x, 0), QPointF(x + BAR_WIDTH, 0))
        last = len(self.caption.ramp) - 1
        for index, color in enumerate(self.caption.ramp):
            gradient.setColorAt(index / last, QColor(*color))
        theme = current_theme()
        painter.setPen(QColor(theme.border))
        painter.setBrush(gradient)
        top = (self.height() - BAR_HEIGHT) / 2
        painter.drawRoundedRect(QRectF(x + 0.5, top, BAR_WIDTH - 1, BAR_HEIGHT), 3, 3)
        if self.caption.mark is not None:
            at = x + self.caption.mark * BAR_WIDTH
            painter.fillRect(QRectF(at - 0.75, top - 3, 1.5, BAR_HEIGHT + 6), QColor(theme.text))

    def _texts(self) -> tuple[str, ...]:
        caption = self.caption
        if caption is None:
            return ()
        return (caption.text, caption.low, caption.high) if caption.ramp else (caption.text,)

    def _advance(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)
