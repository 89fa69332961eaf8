"""The app's own folder, found without Qt, and the traces of errors that are kept there."""

import os
import sys
import traceback
from pathlib import Path

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write

APP_FOLDER = "vae-explorer"


def app_folder() -> Path:
    """Return where the app keeps what is its own; the same as Qt's AppLocalDataLocation, without Qt."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = _home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share")
    return base / APP_FOLDER


def keep_trace(error: Exception, name: str) -> Path | None:
    """Write the trace of an error beside the logs, under this name; returns where, None where that cannot be."""
    path = app_folder() / "logs" / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            file.write("".join(traceback.format_exception(error)).encode(errors="replace"))
    except (OSError, UserError):
        return None
    return path


def _home() -> Path:
    """Return the root where the user has no home, as Qt does."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")
