"""Starts Qt in a process of its own, which it may abort, and says which platform it took and how many fonts it has.

Before that it loads what Qt would load, and says which library the loader does not find.
"""

import ctypes
import re
import sys
from pathlib import Path

ANSWER, LACKS = "vae-gui-probe", "vae-gui-probe-lacks"
_NOT_FOUND = re.compile(r"^(\S+): cannot open shared object file")


def main(arguments: list[str]) -> int:
    """arguments: the Qt platform that will be tried first, if that is known."""
    try:
        from PySide6.QtCore import QCoreApplication
        from PySide6.QtGui import QFontDatabase
        from PySide6.QtWidgets import QApplication

        for platform in arguments:
            _load_plugin(platform, QCoreApplication.libraryPaths())
    except ImportError as error:
        _say_what_lacks(error)
        raise
    except OSError as error:  # Qt may have another platform
        _say_what_lacks(error)
    app = QApplication(["probe"])
    sys.stdout.write(f"{ANSWER} {app.platformName()} {len(QFontDatabase.families())}\n")
    return 0


def _load_plugin(platform: str, folders: list[str]) -> None:
    """Raise OSError where the loader refuses the plugin of a Qt platform, or one of its libraries."""
    for folder in folders:
        plugin = Path(folder) / "platforms" / f"libq{platform}.so"
        if plugin.exists():
            ctypes.CDLL(str(plugin))


def _say_what_lacks(error: Exception) -> None:
    found = _NOT_FOUND.match(str(error))
    if found:
        sys.stdout.write(f"{LACKS} {found[1]}\n")
        sys.stdout.flush()
