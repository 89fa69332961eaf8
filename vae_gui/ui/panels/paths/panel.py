"""The path lab: straight, slerp, geodesic and freehand paths from A to B, one above the other."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.paths import PATHS
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.paths.row import PathRow
from vae_gui.ui.panels.paths.side import PathSide
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.widgets.scroll_area import ScrollArea


class PathLabPanel(Panel):
    """While it is visible, all paths are found and drawn on the pad; choosing one is for the strip."""

    refresh_on = RefreshOn.PATH

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._lab = context.path_lab
        self.watch_while_visible(self._lab)
        self.rows = {name: PathRow(name, self) for name in PATHS}
        self.side = PathSide(context, self)
        strips = QVBoxLayout()
        strips.setSpacing(2)
        for row in self.rows.values():
            strips.addWidget(row, 1)
            row.chosen.connect(self._lab.choose)
        strips.addStretch(0)
        content = QWidget(self)
        strips.setContentsMargins(8, 0, 8, 4)
        content.setLayout(strips)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.side)
        layout.addWidget(ScrollArea(content, self), 1)
        self._lab.changed.connect(self._refresh_if_visible)
        self.explorer.scatter.changed.connect(self._on_scatter)

    def set_model(self) -> None:
        for row in self.rows.values():
            row.forget()

    def refresh(self) -> None:
        names = self._lab.names()
        for name, row in self.rows.items():
            row.setVisible(name in names)
            if name in names:
                row.refresh()
        self.side.refresh()

    def _on_scatter(self) -> None:
        if self.isVisible():
            self.side.refresh()
