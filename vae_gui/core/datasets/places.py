"""Where data sets are: in the folder that the environment names, else in the app's own."""

import os
import sys
from pathlib import Path

DATA_VARIABLE = "VAE_EXPLORER_DATA"
APP_FOLDER = "vae-explorer"


def folder_of_environment() -> Path | None:
    """The folder that DATA_VARIABLE names; what a person chose in the app or by an option comes first."""
    value = os.environ.get(DATA_VARIABLE)
    return Path(value).expanduser() if value else None


def app_folder() -> Path:
    """Return where the app keeps what is its own; the same as Qt's AppLocalDataLocation, without Qt."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = _home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share")
    return base / APP_FOLDER


def default_data_folder() -> Path:
    """Return where data sets are looked for unless somebody chose: DATA_VARIABLE, else the app's own folder."""
    return folder_of_environment() or app_folder() / "datasets"


def _home() -> Path:
    """Return the root where the user has no home, as Qt does."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")
