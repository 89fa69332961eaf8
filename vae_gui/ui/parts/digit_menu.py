"""The one context menu of a digit, wherever it is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget

from vae_gui.ui.style.keys import key_text
from vae_gui.ui.style.theme import icon

Action = Callable[[], object]


@dataclass(frozen=True, slots=True)
class DigitActions:
    """What can be done with a digit; the last three are None where it has no z."""

    copy: Action
    save_png: Action
    cursor_here: Action | None = None
    set_as_a: Action | None = None
    set_as_b: Action | None = None


def digit_menu(parent: QWidget, actions: DigitActions) -> QMenu:
    """A menu to `exec` or `popup`; it deletes itself once it is closed."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    # Shown only: the widget handles the key, and a second shortcut would be ambiguous.
    key = key_text("Ctrl+C")
    has_z = actions.cursor_here is not None
    _add(menu, "copy", f"Copy image{' and z' if has_z else ''}\t{key}", actions.copy)
    _add(menu, "save", "Save PNG…", actions.save_png)
    places = (
        ("Cursor here", actions.cursor_here),
        ("Set as A", actions.set_as_a),
        ("Set as B", actions.set_as_b),
    )
    if any(action is not None for _, action in places):
        menu.addSeparator()
    for text, action in places:
        if action is not None:
            _add(menu, "", text, action)
    return menu


def _add(menu: QMenu, icon_name: str, text: str, action: Action) -> None:
    entry = menu.addAction(icon(icon_name), text) if icon_name else menu.addAction(text)
    entry.triggered.connect(lambda: action())
