"""The app's words to the desktop itself, without Qt: which app its windows are of, and why none opens."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from vae_gui.core.support.packages import in_bundle

TITLE = "VAE explorer"
APP_ID = "org.vae_explorer.VAEExplorer"  # for Wayland, macOS and the task bar of Windows
_MB_ICONERROR = 0x10
_ALERT = "on run {heading, words}\ndisplay alert heading message words as critical\nend run"


def identify_process() -> None:
    """Tell the task bar of Windows, before the first window, whose the windows are: it would take them for Python's."""
    if sys.platform == "win32":
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_ID)


def nobody_reads_stderr() -> bool:
    """Say whether the app was started by a click, as far as is known: then what it prints is lost."""
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in ("offscreen", "minimal"):
        return False  # nobody looks at the screen either
    if sys.__stderr__ is None:  # as under pythonw, and in a bundle of Windows
        return True
    return in_bundle() and not sys.__stderr__.isatty()


def show_error(text: str) -> None:
    """Show a box, and wait until it is closed; where the system has none, do nothing."""
    BOXES.get(sys.platform, _box_of_qt)(text)


def _box_of_windows(text: str) -> None:
    windows = ctypes.windll  # type: ignore[attr-defined]
    windows.user32.MessageBoxW(None, text, TITLE, _MB_ICONERROR)


def _box_of_macos(text: str) -> None:
    with suppress(OSError):
        subprocess.run(["osascript", "-e", _ALERT, TITLE, text], capture_output=True, check=False)


def _box_of_qt(text: str) -> None:
    from vae_gui.cli.display import problem_with_display

    if problem_with_display() is not None:  # Qt would end the process
        return
    with suppress(ImportError, OSError):
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QApplication, QMessageBox

        app = QApplication.instance() or QApplication([APP_ID])
        box = QMessageBox(QMessageBox.Icon.Critical, TITLE, text)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.exec()
        del app


# For Windows and macOS their own, because there Qt itself may be what does not load.
BOXES: dict[str, Callable[[str], None]] = {"win32": _box_of_windows, "darwin": _box_of_macos}
