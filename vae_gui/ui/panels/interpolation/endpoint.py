"""One end of the interpolation: its digit, and the button that chooses it."""

from PySide6.QtCore import QObject, QPoint, Qt, Signal

from vae_gui.core.support.types import Pixels, Z
from vae_gui.ui.parts.digit_actions import copy_digit
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.point_chooser import NamedPoint, PointChooser
from vae_gui.ui.widgets.digit_view import DigitView
from vae_gui.ui.widgets.label import plain_tip
from vae_gui.ui.widgets.type_width import fix_width

DIGIT_WIDTH = 64
BUTTON_WIDTH = 112
TEXT_WIDTH = BUTTON_WIDTH - 30  # padding and arrow take the rest


class Endpoint(QObject):
    """`digit` shows the image that was encoded there, or else what is decoded; `chooser` is its button.

    Signals
        chosen(Place): the person chose another point.
        menu_requested(str, QPoint): the menu of the digit of the end with this name.
    """

    chosen = Signal(object)
    menu_requested = Signal(str, QPoint)

    def __init__(self, name: str, panel: Panel) -> None:
        super().__init__(panel)
        self.name = name
        self.image: Pixels | None = None
        self.z: Z = ()
        self.digit = DigitView(f"Digit at {name}", "", panel)
        self.digit.setFixedWidth(DIGIT_WIDTH)
        self.chooser = PointChooser(name, panel, panel)
        fix_width(self.chooser, BUTTON_WIDTH)
        self.chooser.chosen.connect(self.chosen)
        self.digit.menu_requested.connect(self._on_menu)
        self.digit.copy_requested.connect(self._on_copy)
        self.show_place((), None)

    def show_place(self, z: Z, place: NamedPoint | None) -> None:
        """Where the end is, and what was chosen there; None where it was dragged."""
        self.z = z
        source = place.text if place else ""
        text = f"{self.name} · {source}" if source else self.name
        metrics = self.chooser.fontMetrics()
        self.chooser.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, TEXT_WIDTH))
        self.chooser.setAccessibleName(f"Choose {self.name}")
        self.chooser.setAccessibleDescription(source)
        tip = f"{self.name} is {source}" if source else f"{self.name} was placed on the pad"
        self.chooser.setToolTip(plain_tip(f"{tip}: choose another point"))
        original = place is not None and place.image is not None
        self.digit.setToolTip(
            "The image that was encoded" if original else f"Decoded at {self.name}"
        )

    def show_image(self, image: Pixels | None) -> None:
        """(side, side) uint8."""
        self.image = image
        self.digit.set_image(image)

    def _on_menu(self, position: QPoint) -> None:
        self.menu_requested.emit(self.name, position)

    def _on_copy(self) -> None:
        if self.image is not None:
            copy_digit(self.image, self.z)
