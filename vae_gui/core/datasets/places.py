"""The folders of the data sets: the one that the environment names, else the app's own."""

import os
from pathlib import Path

from vae_gui.core.support.app_folder import app_folder

DATA_VARIABLE = "VAE_EXPLORER_DATA"


def folder_of_environment() -> Path | None:
    """The folder that DATA_VARIABLE names; what a person chose in the app or by an option comes first."""
    value = os.environ.get(DATA_VARIABLE)
    return Path(value).expanduser() if value else None


def default_data_folder() -> Path:
    """Return where data sets are looked for unless somebody chose: DATA_VARIABLE, else the app's own folder."""
    return folder_of_environment() or app_folder() / "datasets"
