"""Packages that the app does not bring: whether they are there, and the line that installs what is missing."""

import importlib.util
import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from vae_gui.core.support.errors import UserError

ON_POSIX: bool = os.name == "posix"

_OF_PIPX = "pipx_metadata.json"
_PART = re.compile(r"[^/\\]+")
_PLAIN = re.compile(r"[\w.:+~@-]+")
_OPEN_IN_QUOTES = re.compile(r"""["$`!\\]""")  # to a POSIX shell


def in_bundle() -> bool:
    """Return whether this is the app that runs without Python, to which nobody can add a package."""
    return bool(getattr(sys, "frozen", False))


def install_line(packages: Mapping[str, str]) -> str:
    """Return what brings them into this very environment, for a terminal; "" where all are there, or none can be added.

    packages: by the module that is imported, what pip calls them, as {"umap": "umap-learn>=0.5.8"}.
    """
    missing = _missing(packages)
    return installing(*missing) if missing and not in_bundle() else ""


def installing(*names: str, again: bool = False) -> str:
    """Return the line that installs packages by the tool that made this environment. again: although they are there."""
    line = [*_installer(["--force-reinstall"] if again else []), *names]
    return " ".join(map(_quoted, line))


def require(packages: Mapping[str, str], purpose: str) -> None:
    """Raise UserError with what to do, where one is missing. purpose: as “A search”."""
    missing = _missing(packages)
    if missing and in_bundle():
        raise UserError(
            f"{purpose} needs {', '.join(missing)}, which cannot be added to this app: install VAE explorer in a Python "
            "environment, as its guide says under Installing."
        )
    if missing:
        raise UserError(
            f"{purpose} needs more packages: run  {installing(*missing)}  in a terminal, then try again."
        )


def _missing(packages: Mapping[str, str]) -> list[str]:
    return [name for module, name in packages.items() if importlib.util.find_spec(module) is None]


def _installer(force: list[str]) -> list[str]:
    """pipx keeps a list of what it injected, which an upgrade needs; environments that uv makes have no pip."""
    environment = Path(sys.prefix)
    if (environment / _OF_PIPX).is_file():
        inside = ["runpip", environment.name, "install", *force]
        return ["pipx", *(inside if force else ["inject", environment.name])]
    if importlib.util.find_spec("pip") is None:
        return ["uv", "pip", "install", "--python", sys.executable, *force]
    return [sys.executable, "-m", "pip", "install", *force]


def _quoted(argument: str) -> str:
    """Quote as cmd, PowerShell and a POSIX shell all read it: by double quotes, and a path part by part.

    What begins with a quote is a text to PowerShell and no program that it would run.
    """
    if ON_POSIX and _OPEN_IN_QUOTES.search(argument):
        return shlex.quote(argument)
    return _PART.sub(
        lambda part: part[0] if _PLAIN.fullmatch(part[0]) else f'"{part[0]}"', argument
    )
