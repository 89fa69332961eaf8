"""Who the app is on each system: one id, one name, one icon, one type of document."""

import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parents[1] / "build"
NAME, TITLE = "vae-explorer", "VAE explorer"
COMMAND = "vae-gui"  # what the guide calls it in a terminal
APP_ID = "org.vae_explorer.VAEExplorer"
MIME, SUFFIX = "application/x-vae-explorer", ".vae"
DOCUMENT_TYPES = [
    {
        "CFBundleTypeName": "VAE explorer workspace",
        "CFBundleTypeExtensions": [SUFFIX.removeprefix(".")],
        "CFBundleTypeRole": "Editor",
        "LSHandlerRank": "Owner",
    }
]


def version() -> str:
    """Return the version that the package states, without importing it."""
    text = (BUILD.parent / "vae_gui" / "__init__.py").read_text(encoding="utf-8")
    return text.split('__version__ = "', 1)[1].split('"', 1)[0]


VERSION = version()


def icon() -> str | None:
    """The file that this system wants in a program, made by `icons.py`; Linux takes none."""
    kind = {"win32": "ico", "darwin": "icns"}.get(sys.platform)
    return None if kind is None else str(BUILD / "icons" / f"{NAME}.{kind}")


ICON = icon()
VERSION_RESOURCE = str(BUILD / "version-resource.txt") if sys.platform == "win32" else None
