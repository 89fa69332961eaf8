"""Display check: whether Qt can open a window here, asked before Qt is loaded, which would abort the process."""

import ctypes
import os
import subprocess
import sys

from vae_gui import qt_probe
from vae_gui.cli.system_libraries import install_line, missing_libraries
from vae_gui.core.support import child

NO_DISPLAY = (
    "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open: "
    "start the app in a desktop session, or use the commands (vae-gui --help)."
)
PROBE_SECONDS = 30


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
    if not (missing or silent) or probe()[0] is not None:
        return None
    if silent:
        display = os.environ.get("DISPLAY", "")
        return (
            f"The display “{display}” does not answer, so no window can open: "
            "set DISPLAY to one that does, or use the commands (vae-gui --help)."
        )
    return (
        f"Qt cannot open a window: {', '.join(missing)} "
        f"{'is' if len(missing) == 1 else 'are'} missing. Install with: {install_line(missing)}"
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
    """Whether the X server that DISPLAY names lets us in; asked of libxcb, in a millisecond."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.POINTER(ctypes.c_int))
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def probe() -> tuple[str | None, int, str]:
    """Start Qt in a child: the platform (None where it fails), its font families, and what it said."""
    try:
        done = child.outcome(qt_probe.__name__, timeout_seconds=PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, 0, str(error)
    answer = [line.split() for line in done.stdout.splitlines() if line.startswith(qt_probe.ANSWER)]
    if done.returncode != 0 or not answer:
        return None, 0, done.stderr.strip()
    return answer[0][1], int(answer[0][2]), done.stderr.strip()
