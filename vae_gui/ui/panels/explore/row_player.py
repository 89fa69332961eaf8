"""Walks along a dimension: the pointer of the pad follows, the cursor stays."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from vae_gui.ui.panels.explore.row import PLAYED, TraversalRow

if TYPE_CHECKING:
    from vae_gui.ui.panels.explore.traversal import Traversal


class RowPlayer(QObject):
    """At most one of the rows at a time."""

    def __init__(self, traversal: "Traversal") -> None:
        super().__init__(traversal)
        self._traversal = traversal

    def take(self, row: TraversalRow) -> None:
        """A new row."""
        row.play_button.clicked.connect(partial(self._on_clicked, row))
        row.play_button.moved.connect(partial(self._on_moved, row))
        row.play_button.stopped.connect(self._on_stopped)

    def stop(self) -> None:
        for row in self._traversal.rows:
            row.play_button.stop()

    def _on_clicked(self, row: TraversalRow) -> None:
        """It begins where the cursor is; another row that plays stops."""
        for other in self._traversal.rows:
            if other is not row:
                other.play_button.stop()
        if row.play_button.plays:
            share = (row.value() - row.low) / (row.high - row.low)
            row.play_button.place = PLAYED * min(1.0, max(0.0, share))

    def _on_moved(self, row: TraversalRow, place: float) -> None:
        z = list(self._traversal.start_z)
        z[row.dimension] = row.low + place / PLAYED * (row.high - row.low)
        row.set_value(z[row.dimension])
        self._traversal.explorer.set_hover_point(tuple(z))

    def _on_stopped(self) -> None:
        self._traversal.explorer.set_hover_point(None)
        for row in self._traversal.rows:
            row.set_value(self._traversal.explorer.latent.cursor[row.dimension])
