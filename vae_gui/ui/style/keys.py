"""Keys: all that a command has on this system, and what the person calls them.

Every text that names a key goes through here. Letters, Space and F1 to F10 are called the same everywhere.
"""

import re
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

Key = QKeySequence.StandardKey | str

ON_MAC: bool = sys.platform == "darwin"

DELETING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)

# A Mac has its own uses for Command+Tab and F11, and a portable one has a single key to delete.
_BESIDE: dict[str, Key] = {
    "Ctrl+Tab": "Meta+Tab",
    "Ctrl+Shift+Tab": "Meta+Shift+Tab",
    "F11": QKeySequence.StandardKey.FullScreen,
    "Delete": "Backspace",
}
_MODIFIERS = ("Ctrl", "Shift", "Alt", "Meta")
_NAMED = re.compile(r"\{key:([^{}]+)\}")


def key_sequences(key: Key) -> list[QKeySequence]:
    """Return the keys of a command, first the one that is shown to the person."""
    if isinstance(key, QKeySequence.StandardKey):
        return QKeySequence.keyBindings(key)
    beside = _BESIDE.get(key)
    found = [QKeySequence(key)]
    if beside is not None:
        more = [other for other in key_sequences(beside) if other not in found]
        found = [*more, *found] if ON_MAC else [*found, *more]
    return found


def key_text(key: QKeySequence | str) -> str:
    """Return what the system calls a key: `Ctrl+R` is ⌘R on a Mac. Modifiers may stand alone."""
    if isinstance(key, QKeySequence):
        return _native(key)
    if key in _MODIFIERS:
        return _native(QKeySequence(f"{key}+A")).removesuffix("A").removesuffix("+")
    return _native(key_sequences(key)[0]) or key


def with_keys(text: str) -> str:
    """Return the text with each `{key:Ctrl+R}` in it as the system calls that key."""
    return _NAMED.sub(lambda found: key_text(found[1]), text)


def _native(sequence: QKeySequence) -> str:
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)
