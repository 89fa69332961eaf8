"""The shared libraries that Qt needs and pip cannot bring, with their packages in Debian and Ubuntu.

The one list of them: for the app, for self-check, and, run as a script without anything installed, for `make`.

    python3 vae_gui/cli/system_libraries.py [xcb]

prints the packages that are missing, in a line.
"""

import ctypes
import importlib.util
import sys
from pathlib import Path

NEEDED_BY_QT = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
}
NEEDED_BY_X11 = {
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# What the two commands of the README need beside them: a module of Python, and a program.
MODULES = {"ensurepip": "python3-venv"}
FONTS = "fonts-dejavu-core"


def needed(platform: str) -> dict[str, str]:
    """Library -> package, of a Qt platform (“xcb”, “offscreen”, …)."""
    return NEEDED_BY_QT | (NEEDED_BY_X11 if platform == "xcb" else {})


def missing_libraries(platform: str) -> list[str]:
    """Names of the shared libraries that the dynamic linker does not find."""
    return [name for name in needed(platform) if not _loads(name)]


def install_line(missing: list[str]) -> str:
    """The line for Debian and Ubuntu that brings these."""
    packages = NEEDED_BY_QT | NEEDED_BY_X11
    return " ".join(["sudo apt install", *dict.fromkeys(packages[name] for name in missing)])


def missing_packages(platform: str) -> list[str]:
    """All that `make run` and `make test` need of the system and do not find."""
    packages = [needed(platform)[name] for name in missing_libraries(platform)]
    packages += [
        package for module, package in MODULES.items() if importlib.util.find_spec(module) is None
    ]
    if not any(Path("/usr/share/fonts").rglob("*.?t[fc]")):
        packages.append(FONTS)
    return packages


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    print(" ".join(missing_packages(sys.argv[1] if len(sys.argv) > 1 else "offscreen")))
