"""One large digit, always sharp."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vae_gui.core.support.types import Pixels
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.access.reading import Reading
from vae_gui.ui.style.images import draw_digit
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme

_MARGIN = 3  # room for the focus ring


class DigitView(QWidget):
    """The largest square digit that fits.

    Signals
        menu_requested(QPoint): a context menu for the digit, at a place on the screen.
        copy_requested(): Ctrl+C.
    """

    menu_requested = Signal(QPoint)
    copy_requested = Signal()

    def __init__(self, name: str, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: Pixels | None = None
        self._empty_text = empty_text
        self.setAccessibleName(name)
        self._reading = Reading(self, QAccessible.Role.Graphic, self._words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_image(self, image: Pixels | None) -> None:
        """(s, s) uint8, which the caller no longer writes to; None shows the empty text."""
        self._image = image
        self.update()

    def set_empty_text(self, text: str) -> None:
        """What stands here while there is no digit: why, and what to do."""
        self._empty_text = text
        self.update()

    def _words(self) -> str:
        """For a screen reader: a picture has none."""
        return self._empty_text if self._image is None else ""

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(48, 48)

    def digit_rect(self) -> QRectF:
        """The square that the digit fills, before it is aligned to the screen's pixels."""
        side = max(1, min(self.width(), self.height()) - 2 * _MARGIN)
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(self.rect()).center())
        return square

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        theme = current_theme()
        square = self.digit_rect()
        if self._image is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(square, 6, 6)
            painter.setPen(QColor(theme.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(square.adjusted(12, 12, -12, -12), flags, self._empty_text)
        else:
            square = draw_digit(painter, square, self._image)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(square.adjusted(-2, -2, 2, 2), 3, 3)

    @qt_override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._image is None:
            return
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.mapToGlobal(self.rect().center()) if by_key else event.globalPos()
        self.menu_requested.emit(place)

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self._image is not None:
            self.copy_requested.emit()
        else:
            super().keyPressEvent(event)
