"""Packages that the app does not bring: whether they are there, and the line that installs what is missing."""

import importlib.util
import shlex
import sys
from collections.abc import Mapping

from vae_gui.core.support.errors import UserError


def install_line(packages: Mapping[str, str]) -> str:
    """What brings them into this very environment, for a terminal; "" where all are there.

    packages: by the module that is imported, what pip calls them, as {"umap": "umap-learn>=0.5.8"}.
    """
    missing = [
        package for module, package in packages.items() if importlib.util.find_spec(module) is None
    ]
    return shlex.join([sys.executable, "-m", "pip", "install", *missing]) if missing else ""


def require(packages: Mapping[str, str], purpose: str) -> None:
    """Raise UserError with the line that installs them, where one is missing. purpose: as “A search”."""
    if line := install_line(packages):
        raise UserError(f"{purpose} needs more packages: {line}")
