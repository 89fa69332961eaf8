"""The bar that chooses the two dimensions of the pad, where there are more."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from vae_gui.ui.widgets.label import Label


class AxesBar(QWidget):
    """Hidden up to two dimensions. Signals: `chosen(x, y)`, dimensions from 0."""

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.x_axis, self.y_axis = QComboBox(self), QComboBox(self)
        note = Label("others held at the cursor", self)
        note.setProperty("role", "small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.x_axis, Label("×", self), self.y_axis, note):
            layout.addWidget(widget)
        layout.addStretch(1)
        names = (self.x_axis, "Horizontal dimension"), (self.y_axis, "Vertical dimension")
        for combo, name in names:
            combo.setAccessibleName(name)
            combo.setToolTip(name)
            combo.activated.connect(self._on_activated)

    def set_dimensions(self, count: int) -> None:
        for combo in (self.x_axis, self.y_axis):
            combo.clear()
            combo.addItems([f"z{index + 1}" for index in range(count)])
        self.setVisible(count > 2)

    def show_axes(self, axes: tuple[int, int]) -> None:
        """Without a signal."""
        self.x_axis.setCurrentIndex(axes[0])
        self.y_axis.setCurrentIndex(axes[1])

    def _on_activated(self) -> None:
        self.chosen.emit(self.x_axis.currentIndex(), self.y_axis.currentIndex())
