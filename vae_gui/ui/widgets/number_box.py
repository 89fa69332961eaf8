"""An exact number as text: the same in every locale, steps with the arrow keys."""

import math

from PySide6.QtCore import QLocale, QSignalBlocker, QSize, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from vae_gui.runtime.overrides import qt_override, qt_override_or

_TYPED = frozenset("0123456789+-.,eE−")
# Enough digits for a spin box, which rounds to them, to keep any double from 1e-8 up as it is.
_EXACT_DECIMALS = 25


class NumberBox(QDoubleSpinBox):
    """A whole number or a float.

    least: what stands for the minimum, as “off”.
    decimals: digits after the point, or None for as many as the value needs (up to six figures).
    logarithmic: the arrow keys go through 1, 2, 5, 10 instead of by `step`.

    Signals
        value_changed(float): the person chose another value; never from `set_value`.
        problem_changed(str): why the text cannot be taken, or "" once it can.
    """

    value_changed = Signal(float)
    problem_changed = Signal(str)

    # Qt asks for the text while the box is still being constructed.
    _fixed_decimals: int | None = None
    _logarithmic = False
    _whole = False

    def __init__(
        self,
        minimum: float = -math.inf,
        maximum: float = math.inf,
        *,
        decimals: int | None = None,
        step: float = 1.0,
        logarithmic: bool = False,
        whole: bool = False,
        unit: str = "",
        least: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fixed_decimals, self._logarithmic, self._whole = decimals, logarithmic, whole
        self._problem = ""
        self.setLocale(QLocale.c())
        self.setKeyboardTracking(False)
        self.setDecimals(_EXACT_DECIMALS)
        self.setRange(max(minimum, -1e15), min(maximum, 1e15))
        self.setSingleStep(step)
        self.setSpecialValueText(least)
        if unit:
            self.setSuffix(f" {unit}")
        self.valueChanged.connect(self.value_changed)
        self.lineEdit().setTextMargins(6, 0, 6, 0)  # Qt 6.11 drops a style sheet's here
        self.lineEdit().textChanged.connect(self._show_problem)
        self.editingFinished.connect(self._show_problem)  # Qt mends the text without a textChanged

    def set_value(self, value: float) -> None:
        """Show a value without a signal; what a person is typing is left alone."""
        if value == self.value() or (self.hasFocus() and self.lineEdit().isModified()):
            return
        with QSignalBlocker(self):
            self.setValue(value)

    def problem(self) -> str:
        """Why the text cannot be taken, or ""."""
        return self._problem

    @qt_override
    def sizeHint(self) -> QSize:
        """Wide enough for six digits and a unit, in whatever size the type has."""
        return QSize(
            max(96, self.fontMetrics().averageCharWidth() * 14), super().sizeHint().height()
        )

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(48, super().minimumSizeHint().height())

    @qt_override
    def textFromValue(self, value: float) -> str:
        if self._whole:
            return str(round(value))
        if self._fixed_decimals is not None:
            return f"{value:.{self._fixed_decimals}f}"
        return f"{value:.6g}"

    @qt_override
    def valueFromText(self, text: str) -> float:
        number = self._parse(text)
        # The text is rounded: leaving it as it stands must not change the value.
        if number is None or self._bare(text) == self.textFromValue(self.value()):
            return self.value()
        return number

    @qt_override_or(lambda: (QValidator.State.Invalid, "", 0))
    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        if text and text == self.specialValueText():
            return QValidator.State.Acceptable, text, pos
        if not set(self._bare(text)) <= _TYPED:
            return QValidator.State.Invalid, text, pos
        state = QValidator.State
        return (state.Intermediate if self._why_not(text) else state.Acceptable), text, pos

    @qt_override
    def fixup(self, text: str) -> str:
        number = self._parse(text)
        if number is None:
            return self.textFromValue(self.value()) + self.suffix()
        return self.textFromValue(min(max(number, self.minimum()), self.maximum())) + self.suffix()

    @qt_override
    def stepBy(self, steps: int) -> None:
        if not self._logarithmic:
            super().stepBy(steps)
            return
        value = self.value()
        for _ in range(abs(steps)):
            value = _next_round(value, steps > 0)
        self.setValue(value)
        self.selectAll()

    @qt_override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _bare(self, text: str) -> str:
        return text.removesuffix(self.suffix()).strip() if self.suffix() else text.strip()

    def _parse(self, text: str) -> float | None:
        if text and text == self.specialValueText():
            return self.minimum()
        bare = self._bare(text).replace(",", ".").replace("−", "-")
        try:
            number = float(bare)
        except ValueError:
            return None
        if not math.isfinite(number) or (self._whole and number != round(number)):
            return None
        return number

    def _why_not(self, text: str) -> str:
        number = self._parse(text)
        if number is None:
            return "A whole number is needed." if self._whole else "A number is needed."
        if not self.minimum() <= number <= self.maximum():
            return f"Between {limit_text(self.minimum())} and {limit_text(self.maximum())}."
        return ""

    def _show_problem(self) -> None:
        problem = self._why_not(self.text())
        if problem == self._problem:
            return
        self._problem = problem
        self.setProperty("invalid", bool(problem))
        self.style().polish(self)
        self.problem_changed.emit(problem)


def limit_text(value: float) -> str:
    """A limit as people write it: thousands apart, no needless zeros."""
    if value == round(value) and abs(value) < 1e15:
        return f"{round(value):,}".replace(",", "\u202f")
    return f"{value:g}"


def _next_round(value: float, up: bool) -> float:
    """The next of 1, 2, 5, 10, … above or below a positive value."""
    if value <= 0:
        return value
    decade = math.floor(math.log10(value))
    rounds = [float(f"{digit}e{decade + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    near = 1e-9 * value
    if up:
        return min(candidate for candidate in rounds if candidate > value + near)
    return max(candidate for candidate in rounds if candidate < value - near)
