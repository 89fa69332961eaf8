"""Display check: whether Qt can open a window here, asked before Qt is loaded, which would abort the process."""

import ctypes
import os
import subprocess
import sys
from dataclasses import dataclass

from vae_gui import qt_probe
from vae_gui.cli.system_libraries import how_to_install, missing_libraries
from vae_gui.core.support import child

NO_DISPLAY = (
    "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open: "
    "start the app in a desktop session, or use the commands (vae-gui --help)."
)
PROBE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Probe:
    """The outcome of a child that starts Qt: the platform that it took, or None with what it said.

    lacks: the library that the loader did not find; empty where it found all.
    """

    platform: str | None
    font_families: int = 0
    lacks: str = ""
    said: str = ""


def problem_with_display() -> str | None:
    """Why no window can open, with the line that mends it; None where one can.

    A child process, which costs half a second, is only asked where something is missing.
    """
    if not sys.platform.startswith("linux"):
        return None
    platform = wanted_platform()
    if platform is None:
        return NO_DISPLAY
    missing = missing_libraries(platform)
    silent = platform == "xcb" and not missing and not x11_answers()
    if not (missing or silent):
        return None
    found = probe()
    if found.platform is not None:
        return None
    return problem_with_libraries(found) or (
        f"The display “{os.environ.get('DISPLAY', '')}” does not answer, so no window can open: "
        "set DISPLAY to one that does, or use the commands (vae-gui --help)."
    )


def problem_with_libraries(found: Probe) -> str | None:
    """Why Qt failed in the probe, where a library is missing, with the line that brings it."""
    missing = missing_libraries(wanted_platform() or "")
    if found.lacks and found.lacks not in missing:
        missing.append(found.lacks)
    if not missing:
        return None
    return (
        f"Qt cannot open a window: {', '.join(missing)} "
        f"{'is' if len(missing) == 1 else 'are'} missing. {how_to_install(missing)}"
    )


def wanted_platform() -> str | None:
    """The Qt platform that will be tried first; None where there is no display."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "").split(";")[0].partition(":")[0]
    if chosen:
        return chosen
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if os.environ.get("DISPLAY") else None


def x11_answers() -> bool:
    """Say whether the X server that DISPLAY names lets us in; libxcb is asked, and answers in a millisecond."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.POINTER(ctypes.c_int))
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def probe() -> Probe:
    """Start Qt in a child, which loads the plugin of the wanted platform first."""
    platform = wanted_platform() if sys.platform.startswith("linux") else None
    wanted = [platform] if platform else []
    try:
        done = child.outcome(qt_probe.__name__, *wanted, timeout_seconds=PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Probe(None, said=str(error))
    lines = [line.split() for line in done.stdout.splitlines() if line]
    lacks = next((line[1] for line in lines if line[0] == qt_probe.LACKS), "")
    answer = next((line[1:] for line in lines if line[0] == qt_probe.ANSWER), None)
    if done.returncode != 0 or answer is None:
        return Probe(None, lacks=lacks, said=done.stderr.strip())
    return Probe(answer[0], int(answer[1]), lacks, done.stderr.strip())
