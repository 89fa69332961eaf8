"""A button with an icon, whose tool tip is its name too."""

from PySide6.QtWidgets import QToolButton, QWidget

from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.theme import icon


def tool_button(icon_name: str, tip: str, parent: QWidget, color: str = "text") -> QToolButton:
    """tip: as `with_keys` takes it. color: the name of a colour of `Theme`."""
    button = QToolButton(parent)
    button.setIcon(icon(icon_name, color))
    button.setToolTip(with_keys(tip))
    button.setAccessibleName(with_keys(tip))
    return button
