"""The bar of the traversal panel: rows or a plane, the point it starts from, and its range."""

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.latent.traversal import (
    AROUND,
    NARROW,
    PRIOR,
    RANGE,
    TRACK,
    WIDE,
    PlaneOptions,
    RowOptions,
)
from vae_gui.core.state.ui_state import Scalar, Values, as_values, with_values
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.form import ConfigForm
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.point_chooser import PointChooser
from vae_gui.ui.widgets.flow_layout import FlowLayout
from vae_gui.ui.widgets.label import Label, plain_tip
from vae_gui.ui.widgets.popup import Popup
from vae_gui.ui.widgets.tool_button import tool_button
from vae_gui.ui.widgets.type_width import fix_width

ROW_TITLES = {
    "spacing": {
        TRACK: "Fixed track, a slider",
        WIDE: "Percentiles 0.05–0.95 (± 1.64)",
        NARROW: "Percentiles 0.1–0.9 (± 1.28)",
    }
}
PLANE_TITLES = {
    "spacing": {
        PRIOR: "Percentiles of the prior",
        AROUND: "Percentiles around the start",
        RANGE: "A range",
    }
}


class StartChooser(PointChooser):
    """Signals: `live_chosen()`: follow the cursor."""

    live_chosen = Signal()
    cursor_text = "Cursor, held where it is"

    def add_own_entries(self, menu: QMenu) -> None:
        menu.addAction("Cursor, live").triggered.connect(self.live_chosen)


class TraversalBar(QWidget):
    """Signals: `changed()`: the mode, an option or an axis; `recentred()`; `reset_all()`."""

    changed = Signal()
    recentred = Signal()
    reset_all = Signal()

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.rows_button = self._mode("Rows", "One dimension a row")
        self.plane_button = self._mode("Plane", "Two dimensions, every pair of values")
        self.rows_button.setChecked(True)
        self._modes = QButtonGroup(self)
        for button in (self.rows_button, self.plane_button):
            self._modes.addButton(button)
        self.x_box, self.y_box = self._axis("Across"), self._axis("Up")
        self.start = StartChooser("start", panel, self)
        self.recentre_button = tool_button(
            "fit", "Re-centre: start from where the cursor is now", self
        )
        self.options_button = tool_button(
            "settings", "How far it reaches, and in how many steps", self
        )
        self.reset_button = tool_button("reset", "Reset all dimensions to the start", self)
        self.row_form = ConfigForm(RowOptions(), ROW_TITLES)
        self.plane_form = ConfigForm(PlaneOptions(), PLANE_TITLES)
        self._forms = _Forms(self.row_form, self.plane_form)
        self._popup = Popup(self._forms, self)
        self._forms.setAutoFillBackground(False)  # a scroll area switches it on
        flow = FlowLayout(self, spacing=4)
        for widget in (
            *(self.rows_button, self.plane_button, self.x_box, self.y_box),
            *(self.start, self.recentre_button, self.options_button, self.reset_button),
        ):
            flow.addWidget(widget)
        self._connect()
        self._show_mode()

    @property
    def is_plane(self) -> bool:
        return self.plane_button.isChecked()

    @property
    def axes(self) -> tuple[int, int]:
        """The dimensions of the plane, across and up."""
        return self.x_box.currentIndex(), self.y_box.currentIndex()

    def set_space(self, latent_dim: int, axes: tuple[int, int]) -> None:
        """Another model: its dimensions; one dimension has no plane."""
        for box, axis in zip((self.x_box, self.y_box), axes, strict=True):
            with QSignalBlocker(box):
                box.clear()
                box.addItems([f"z{i + 1}" for i in range(latent_dim)])
                box.setCurrentIndex(axis)
        self.plane_button.setEnabled(latent_dim > 1)
        self.plane_button.setToolTip(
            "Two dimensions, every pair of values"
            if latent_dim > 1
            else "This model has one dimension: a plane needs two"
        )
        if latent_dim == 1:
            self.rows_button.setChecked(True)
        self._show_mode()
        self.start.forget()
        self.show_start(None)

    def show_start(self, text: str | None) -> None:
        """What is held still; None while the start follows the cursor."""
        self.start.setText(f"from {text or 'cursor'}")
        self.start.setAccessibleName("Start of the traversal")
        self.start.setToolTip(
            "The start follows the cursor"
            if text is None
            else plain_tip(f"The start is held at: {text}. Re-centre takes it to the cursor")
        )
        self.recentre_button.setEnabled(text is not None)
        self.updateGeometry()

    def state(self) -> dict[str, Scalar]:
        """The mode and the options of both."""
        rows, plane = self.row_form.value(), self.plane_form.value()
        return {"plane": self.is_plane, **as_values(rows, "row_"), **as_values(plane, "plane_")}

    def restore_state(self, values: Values) -> None:
        """Take the choices of a file."""
        self.row_form.set_value(with_values(self.row_form.value(), values, "row_"))
        self.plane_form.set_value(with_values(self.plane_form.value(), values, "plane_"))
        plane = values.get("plane") is True and self.plane_button.isEnabled()
        (self.plane_button if plane else self.rows_button).setChecked(True)
        self._on_mode()

    def _mode(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        return button

    def _axis(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(f"{name}: dimension")
        box.setToolTip(f"{name}: which dimension")
        fix_width(box, 78)
        return box

    def _connect(self) -> None:
        self._modes.buttonToggled.connect(self._on_mode)
        self.x_box.activated.connect(self._on_x)
        self.y_box.activated.connect(self._on_y)
        self.row_form.changed.connect(self.changed)
        self.plane_form.changed.connect(self.changed)
        self.recentre_button.clicked.connect(self.recentred)
        self.reset_button.clicked.connect(self.reset_all)
        self.options_button.clicked.connect(self._open_options)

    def _on_mode(self) -> None:
        self._show_mode()
        self.changed.emit()

    def _show_mode(self) -> None:
        for box in (self.x_box, self.y_box):
            box.setVisible(self.is_plane and box.count() > 2)
        self._forms.setCurrentIndex(1 if self.is_plane else 0)

    def _on_x(self) -> None:
        self._keep_apart(self.y_box, self.x_box.currentIndex())

    def _on_y(self) -> None:
        self._keep_apart(self.x_box, self.y_box.currentIndex())

    def _keep_apart(self, other: QComboBox, taken: int) -> None:
        """A plane has two different dimensions."""
        if other.currentIndex() == taken:
            other.setCurrentIndex((taken + 1) % other.count())
        self.changed.emit()

    def _open_options(self) -> None:
        self._popup.open_under(self.options_button)


class _Forms(QStackedWidget):
    """The options of the mode that is on."""

    def __init__(self, *forms: QWidget) -> None:
        super().__init__()
        for form, title in zip(forms, ("Rows", "Plane"), strict=True):
            page = QWidget(self)
            name = Label(title, page)
            name.setProperty("role", "title")
            layout = QVBoxLayout(page)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(12)
            layout.addWidget(name)
            layout.addWidget(form)
            layout.addStretch(1)
            self.addWidget(page)

    @qt_override
    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return QSize(340, 0).expandedTo(page.sizeHint() if page else QSize())
