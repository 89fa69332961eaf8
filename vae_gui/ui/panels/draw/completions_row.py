"""The completions of a drawing side by side, each with its share of the probability, and a sentence on what they are."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from vae_gui.core.analysis.completion import Completions
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.theme import with_type
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.tool_button import tool_button

TEXT = "completions: modes of p(z | known pixels)"
TIP = "The mean of p(x|z) at a mode; look at it, or click to move the cursor there"
EXACT_TIP = (
    "What the unknown part may be, and how probable each is, by quadrature over the whole plane"
)
SEARCHED_TIP = "What the unknown part may be, by the highest log p(known pixels, z) that were found"
MIN_TILE, MAX_TILE, CAPTION = (
    40,
    96,
    18,
)  # pixels at the usual type: of a tile, and of the line below
GAP, MARGIN = 6, 3
FEW = 4  # in a row


class CompletionsRow(QWidget):
    """Hidden while nothing is unknown. Signals: `looked_at(int)`, -1 for none; `chosen(int)`; `clear_requested()`."""

    looked_at = Signal(int)
    chosen = Signal(int)
    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = Label(self)
        self.text.setProperty("role", "small")
        self.text.setWordWrap(True)
        self.clear_button: QToolButton = tool_button("close", "Nothing is unknown", self)
        self.grid = ImageGrid("Completions", gap=GAP, columns=FEW, largest_tile=MAX_TILE)
        self.grid.setToolTip(TIP)
        self.found: Completions | None = None
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.grid, 1)
        row.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.text)
        column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.grid.hovered.connect(self.looked_at)
        self.grid.clicked.connect(self.chosen)
        self.clear_button.clicked.connect(self.clear_requested)
        self.hide()

    def show_found(self, found: Completions | None, text: str) -> None:
        """text: what is said instead of the sentence; "" where there is nothing else to say."""
        searched = found is not None and found.share is None
        self.text.setText(text or TEXT)
        self.text.setToolTip(SEARCHED_TIP if searched else EXACT_TIP)
        if found is not self.found:
            self.found = found
            self.grid.set_captions(() if found is None else captions_of(found))
            self.grid.set_columns(max(FEW, len(found.z) if found is not None else 0))
            self.grid.set_images(None if found is None else found.images)

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tiles as large as a row of FEW of them in this width; smaller for more, and where the panel is low."""
        super().resizeEvent(event)
        side = (self.grid.width() - (FEW - 1) * GAP - 2 * MARGIN) // FEW
        least, caption = (with_type(size, self.font()) for size in (MIN_TILE, CAPTION))
        self.grid.setMinimumHeight(least + caption + 2 * MARGIN)
        self.grid.setMaximumHeight(min(max(side, least), MAX_TILE) + caption + 2 * MARGIN)

    def z(self, index: int) -> Z | None:
        """Of one of them; None for -1."""
        if self.found is None or not 0 <= index < len(self.found.z):
            return None
        return tuple(self.found.z[index].tolist())

    def image(self, index: int) -> Pixels | None:
        return None if self.found is None else self.found.images[index]

    @qt_override
    def minimumSizeHint(self) -> QSize:
        """As narrow as what stands above it lets it be."""
        return QSize(0, super().minimumSizeHint().height())


def captions_of(found: Completions) -> tuple[str, ...]:
    """Percent, or how far below the best in nats."""
    if found.share is not None:
        return tuple("< 1 %" if share < 0.01 else f"{100 * share:.0f} %" for share in found.share)
    below = found.log_joint[0] - found.log_joint
    return ("best", *(f"−{nats:.1f} nats" for nats in below[1:]))
