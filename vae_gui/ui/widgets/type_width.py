"""A fixed width that holds text: it grows with the size of the type."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.theme import with_type


class _TypeWidth(QObject):
    def __init__(self, widget: QWidget, pixels: int) -> None:
        super().__init__(widget)
        self._widget, self._pixels = widget, pixels
        widget.installEventFilter(self)
        self._fit()

    @qt_override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        return False

    def _fit(self) -> None:
        self._widget.setFixedWidth(with_type(self._pixels, self._widget.font()))


def fix_width(widget: QWidget, pixels: int) -> None:
    """Give a widget the width of so many pixels at the usual size of the type."""
    _TypeWidth(widget, pixels)
