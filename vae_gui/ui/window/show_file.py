"""Show a file that the app wrote: in the program that this desktop has for it, else in its folder."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

# What every desktop shows. Of others some have no program, and Windows runs a script.
VIEWED = frozenset({".png", ".gif", ".webp", ".svg", ".html", ".csv"})


def show_file(path: Path) -> None:
    """Open a picture, a page or a table; of anything else its folder."""
    if path.suffix.lower() not in VIEWED or not _open(path):
        _open(path.parent)


def _open(path: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
