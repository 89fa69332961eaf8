"""Explore: the digit at the cursor, large, and below it a row of digits for each dimension."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.state.ui_state import Scalar
from vae_gui.runtime.context import Context
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.explore.decoded import DecodedDigit
from vae_gui.ui.panels.explore.traversal import Traversal
from vae_gui.ui.panels.explore.traversal_export import traversal_exports
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.parts.panel_export import PanelExport

DIGIT = 0.42  # of the height
MIN_HEIGHT, MAX_HEIGHT = 104, 320  # pixels of the digit's part
FIRST = 1000  # stretch: the digit's part grows to its greatest height before the rows do


class ExplorePanel(Panel):
    """Two parts, which refresh at their own pace: the digit at once, the rows behind it."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.decoded = DecodedDigit(context, self)
        self.traversal = Traversal(context, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.decoded.setMinimumHeight(MIN_HEIGHT)
        layout.addWidget(self.decoded, FIRST)
        layout.addWidget(self.traversal, 1)
        self.objectNameChanged.connect(self.traversal.setObjectName)

    def show_digit_alone(self, on: bool) -> None:
        """Without the rows."""
        self.traversal.setVisible(not on)

    def state(self) -> dict[str, Scalar]:
        return self.traversal.state()

    def exports(self) -> tuple[PanelExport, ...]:
        return traversal_exports(self.traversal)

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        share = DIGIT if self.traversal.isVisibleTo(self) else 1
        most = MAX_HEIGHT if share < 1 else self.height()
        self.decoded.setMaximumHeight(min(most, max(MIN_HEIGHT, round(share * self.height()))))

    def restyle(self) -> None:
        self.decoded.restyle()
        self.traversal.restyle()
