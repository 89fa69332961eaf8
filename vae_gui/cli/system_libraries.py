"""The shared libraries that Qt needs and pip cannot bring, with their packages in Debian and Ubuntu.

The one list of them: for the app, for self-check, for the Debian package, and, run as a script without anything
installed, for `make`.

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
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
NEEDED_BY_PLATFORM = {
    "offscreen": {},
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
    "xcb": {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxcb.so.1": "libxcb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
}
# What the two commands of the README need beside them: a module of Python, and a program.
MODULES = {"ensurepip": "python3-venv"}
FONTS = "fonts-dejavu-core"


def needed(platform: str) -> dict[str, str]:
    """Library -> package, of a Qt platform (“xcb”, “offscreen”, …)."""
    return NEEDED_BY_QT | NEEDED_BY_PLATFORM.get(platform, {})


def missing_libraries(platform: str) -> list[str]:
    """Names of the shared libraries that the dynamic linker does not find."""
    return [name for name in needed(platform) if not _loads(name)]


def how_to_install(missing: list[str]) -> str:
    """Return the line for Debian and Ubuntu that brings these libraries, and where to look for one not listed here."""
    packages = {name: package for p in NEEDED_BY_PLATFORM for name, package in needed(p).items()}
    known = list(dict.fromkeys(packages[name] for name in missing if name in packages))
    lines = [f"Install with: {' '.join(['sudo apt install', *known])}"] if known else []
    lines += [
        f"Install the package of your system that holds {name} "
        f"(on Debian and Ubuntu, “apt-file search {name}” names it)."
        for name in missing
        if name not in packages
    ]
    return " ".join(reversed(lines))


def missing_packages(platform: str) -> list[str]:
    """All that `make run` and `make test` need of the system and do not find."""
    libraries = needed(platform)
    packages = [libraries[name] for name in missing_libraries(platform)]
    packages += [
        package for module, package in MODULES.items() if importlib.util.find_spec(module) is None
    ]
    if not any(Path("/usr/share/fonts").rglob("*.?t[fc]")):
        packages.append(FONTS)
    return list(dict.fromkeys(packages))


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    print(" ".join(missing_packages(sys.argv[1] if len(sys.argv) > 1 else "offscreen")))
