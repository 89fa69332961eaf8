"""The rows of all dimensions, one below the other, with the inactive ones folded away."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from vae_gui.ui.panels.explore.row import TraversalRow
from vae_gui.ui.widgets.scroll_area import ScrollArea

ROW_STRETCH = 100  # against 1 of the space below the last row


class TraversalRows(ScrollArea):
    """Signals
    exposed(): other rows may be visible: scrolled, opened or folded.
    """

    exposed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        body = QWidget()
        super().__init__(body, parent)
        self._body = body
        self.rows: tuple[TraversalRow, ...] = ()
        self.order: tuple[int, ...] = ()
        self._folded: frozenset[int] = frozenset()
        self._layout = QVBoxLayout(self._body)
        self._layout.setContentsMargins(8, 0, 8, 8)
        self._layout.setSpacing(8)
        self.fold_button = QToolButton(self._body)
        self.fold_button.setCheckable(True)
        self.fold_button.setToolTip(
            "Their μ hardly varies (variance below 0.01), and their KL, if any, is below 0.01 nats"
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self.exposed)
        self.fold_button.toggled.connect(self._on_fold)

    def set_dimensions(self, count: int) -> tuple[TraversalRow, ...]:
        """New rows for another model."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = tuple(TraversalRow(dimension) for dimension in range(count))
        self.order, self._folded = (), frozenset()
        self.fold_button.setChecked(False)
        self.arrange(tuple(range(count)), frozenset())
        return self.rows

    def arrange(self, order: tuple[int, ...], folded: frozenset[int]) -> None:
        """Rows from top to bottom; the folded ones stand below a line that opens them."""
        if (order, folded) == (self.order, self._folded):
            return
        self.order, self._folded = order, folded
        while self._layout.count():
            self._layout.takeAt(0)
        for dimension in (d for d in order if d not in folded):
            self._layout.addWidget(self.rows[dimension], ROW_STRETCH)
        self._layout.addWidget(self.fold_button)
        for dimension in (d for d in order if d in folded):
            self._layout.addWidget(self.rows[dimension], ROW_STRETCH)
        self._layout.addStretch(1)
        self._show_folded()

    @property
    def unfolded(self) -> tuple[TraversalRow, ...]:
        """The rows of the dimensions that carry something, from top to bottom."""
        return tuple(
            self.rows[dimension] for dimension in self.order if dimension not in self._folded
        )

    def on_screen(self, row: TraversalRow) -> bool:
        """Whether any of a row is seen."""
        area = self.viewport().rect()
        there = row.geometry().translated(self._body.pos())
        return not row.isHidden() and area.intersects(there)

    def _show_folded(self) -> None:
        count, opened = len(self._folded), self.fold_button.isChecked()
        self.fold_button.setVisible(count > 0)
        word = "dimension" if count == 1 else "dimensions"
        self.fold_button.setText(f"{count} inactive {word} {'▾' if opened else '▸'}")
        for row in self.rows:
            row.setVisible(opened or row.dimension not in self._folded)
        self.exposed.emit()

    def _on_fold(self) -> None:
        self._show_folded()
