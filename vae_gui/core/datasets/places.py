"""Where data sets are, if the environment says so."""

import os
from pathlib import Path

DATA_VARIABLE = "VAE_EXPLORER_DATA"


def folder_of_environment() -> Path | None:
    """The folder that DATA_VARIABLE names; what a person chose in the app or by an option comes first."""
    value = os.environ.get(DATA_VARIABLE)
    return Path(value).expanduser() if value else None
