"""Packages that the app does not bring: whether they are there, and the line that installs what is missing."""

import importlib.util
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from vae_gui.core.support.errors import UserError

_OF_PIPX = "pipx_metadata.json"


def install_line(packages: Mapping[str, str]) -> str:
    """Return what brings them into this very environment, for a terminal; "" where all are there.

    packages: by the module that is imported, what pip calls them, as {"umap": "umap-learn>=0.5.8"}.
    """
    missing = [
        package for module, package in packages.items() if importlib.util.find_spec(module) is None
    ]
    return installing(*missing) if missing else ""


def installing(*names: str, again: bool = False) -> str:
    """Return the line that installs packages by the tool that made this environment. again: although they are there."""
    return shlex.join([*_installer(["--force-reinstall"] if again else []), *names])


def require(packages: Mapping[str, str], purpose: str) -> None:
    """Raise UserError with the line that installs them, where one is missing. purpose: as “A search”."""
    if line := install_line(packages):
        raise UserError(f"{purpose} needs more packages: {line}")


def _installer(force: list[str]) -> list[str]:
    """pipx keeps a list of what it injected, which an upgrade needs; environments that uv makes have no pip."""
    environment = Path(sys.prefix)
    if (environment / _OF_PIPX).is_file():
        inside = ["runpip", environment.name, "install", *force]
        return ["pipx", *(inside if force else ["inject", environment.name])]
    if importlib.util.find_spec("pip") is None:
        return ["uv", "pip", "install", "--python", sys.executable, *force]
    return [sys.executable, "-m", "pip", "install", *force]
