"""The classes by colour and name; each can be switched off."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import class_color, current_theme
from vae_gui.ui.widgets.flow_layout import FlowLayout

_DOT, _PAD = 10, 6
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class _Chip(QAbstractButton):
    """A dot and a name: filled while the class is shown, a ring while it is hidden.

    Signals
        isolate_requested(): a double click, or Return.
    """

    isolate_requested = Signal()

    def __init__(self, names: Sequence[str], index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._index, self._count = index, len(names)
        name = names[index]
        self.setText(name)
        self.setCheckable(True)
        self.setChecked(True)
        self.setAccessibleName(f"Class {name}")
        self.setToolTip("Click: show or hide. Double click: this class alone.")

    @qt_override
    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(_PAD + _DOT + _PAD + text + _PAD, 24)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(area, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)
        dot = QRectF(_PAD, (self.height() - _DOT) / 2, _DOT, _DOT)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(class_color(self._index, self._count)))
            painter.drawEllipse(dot)
        else:
            painter.setPen(QPen(QColor(theme.muted), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot.adjusted(1, 1, -1, -1))
        painter.setPen(QColor(theme.text if self.isChecked() else theme.muted))
        text = area.adjusted(_PAD + _DOT + _PAD, 0, 0, 0)
        painter.drawText(
            text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text()
        )

    @qt_override
    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    @qt_override
    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    @qt_override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.isolate_requested.emit()

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.isolate_requested.emit()
        elif event.key() in _STEPS:
            event.ignore()  # the legend moves the focus
        else:
            super().keyPressEvent(event)


class Legend(QWidget):
    """A click or Space shows or hides a class; a double click or Return, it alone, then all again.

    It is one stop of Tab; within it the arrows go from class to class.

    Signals
        toggled(int, bool): a class was shown or hidden by the person.
    """

    toggled = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self._chips: list[_Chip] = []
        self._flow = FlowLayout(self, spacing=2)
        self.setAccessibleName("Classes")

    def set_classes(self, names: Sequence[str]) -> None:
        """One chip for each class, all shown, in the colours of the theme."""
        old, self.names = self._chips, tuple(names)
        self._chips = [_Chip(self.names, index, self) for index in range(len(names))]
        for chip in self._chips:
            chip.toggled.connect(self._on_toggled)
            chip.isolate_requested.connect(self._on_isolate)
        self._flow.replace(old, self._chips)
        self._make_stop(0)

    def visible_classes(self) -> tuple[int, ...]:
        """Indices of the classes that are shown."""
        return tuple(index for index, chip in enumerate(self._chips) if chip.isChecked())

    def _make_stop(self, stop: int) -> None:
        """Have Tab come to one chip alone."""
        for index, chip in enumerate(self._chips):
            by_tab = Qt.FocusPolicy.StrongFocus if index == stop else Qt.FocusPolicy.ClickFocus
            chip.setFocusPolicy(by_tab)

    def _on_toggled(self, on: bool) -> None:
        self.toggled.emit(self._chips.index(self.sender()), on)  # type: ignore[arg-type]

    def _on_isolate(self) -> None:
        only = self.sender()
        # The first click of a double click has just switched the chip itself.
        alone = not any(chip.isChecked() for chip in self._chips if chip is not only)
        for chip in self._chips:
            chip.setChecked(alone or chip is only)

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = [index for index, chip in enumerate(self._chips) if chip.hasFocus()]
        step = _STEPS.get(Qt.Key(event.key()))
        if focused and step is not None:
            index = (focused[0] + step) % len(self._chips)
            self._make_stop(index)
            self._chips[index].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)
