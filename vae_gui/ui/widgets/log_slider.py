"""A labelled slider with its exact value, on a linear or a logarithmic scale."""

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.number_box import NumberBox
from vae_gui.ui.widgets.type_width import fix_width

_POSITIONS = 1000
MIN_SLIDER = 56  # pixels, its margins included


class LogSlider(QWidget):
    """A float between `low` and `high`; the exact value may be typed up to `limits`.

    zero_below: on a logarithmic scale, the left end stands for 0 (β = 0 has no logarithm).

    Signals
        value_changed(float): the person chose another value; never from `set_value`.
        drag_finished(): the slider was let go.
    """

    value_changed = Signal(float)
    drag_finished = Signal()

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        *,
        logarithmic: bool = True,
        zero_below: bool = False,
        limits: tuple[float, float] | None = None,
        tool_tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        assert low < high and (low > 0 or not logarithmic)
        self._low, self._high = low, high
        self._logarithmic, self._zero_below = logarithmic, logarithmic and zero_below
        least = 0.0 if self._zero_below else low
        self._label = Label(label)
        self._label.setProperty("role", "muted")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _POSITIONS)
        self._slider.setPageStep(_POSITIONS // 10)
        self._slider.setSingleStep(_POSITIONS // 100)
        self._slider.setMinimumWidth(0)
        self._slider.setAccessibleName(label)
        step = (high - low) / 100
        self._exact = NumberBox(
            *(limits or (least, high)), step=step, logarithmic=logarithmic and not zero_below
        )
        self._exact.setAccessibleName(f"Exact value of {label}")
        fix_width(self._exact, 74)
        self._label.setBuddy(self._exact)
        self._tool_tip = tool_tip
        self.setToolTip(tool_tip)
        self._lay_out()
        self._slider.valueChanged.connect(self._on_slider)
        self._slider.sliderReleased.connect(self.drag_finished)
        self._exact.value_changed.connect(self._on_exact)
        self.set_value(least)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget, stretch in ((self._label, 0), (self._slider, 1), (self._exact, 0)):
            row.addWidget(widget, stretch)

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for the slider, its exact value stays."""
        super().resizeEvent(event)
        room = self.width() - self._label.sizeHint().width() - self._exact.width()
        self._slider.setVisible(room > MIN_SLIDER)

    def value(self) -> float:
        """The exact value."""
        return self._exact.value()

    @property
    def dragged(self) -> bool:
        """Whether the hand holds the slider."""
        return self._slider.isSliderDown()

    def set_value(self, value: float) -> None:
        """Show a value without a signal; beyond the scale the handle waits at its end. Not while it is dragged."""
        if not self.dragged:
            self._exact.set_value(value)
            self._show_position(value)

    def set_unavailable(self, reason: str) -> None:
        """Switch it off and say why; with no reason it can be used."""
        self.setEnabled(not reason)
        self.setToolTip(reason or self._tool_tip)

    def _show_position(self, value: float) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(self._position(value))
        self._slider.setAccessibleDescription(
            f"{value:g}"
        )  # its own number is a place on the scale

    def _position(self, value: float) -> int:
        low, high = self._low, self._high
        if self._logarithmic:
            if value <= 0:
                return 0
            share = math.log(value / low) / math.log(high / low)
        else:
            share = (value - low) / (high - low)
        first = 1 if self._zero_below else 0
        return round(first + (_POSITIONS - first) * min(1.0, max(0.0, share)))

    def _value_at(self, position: int) -> float:
        if self._zero_below and position == 0:
            return 0.0
        first = 1 if self._zero_below else 0
        share = (position - first) / (_POSITIONS - first)
        if self._logarithmic:
            value = self._low * (self._high / self._low) ** share
        else:
            value = self._low + (self._high - self._low) * share
        return float(f"{value:.3g}")  # what a slider gives is read, so it is round

    def _on_slider(self, position: int) -> None:
        value = self._value_at(position)
        self._slider.setAccessibleDescription(f"{value:g}")
        self._exact.set_value(value)
        self.value_changed.emit(value)

    def _on_exact(self, value: float) -> None:
        self._show_position(value)
        self.value_changed.emit(value)
