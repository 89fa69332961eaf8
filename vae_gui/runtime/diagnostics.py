"""The details to send along with a fault report: versions, device, platform and the end of the log."""

import faulthandler
import logging
import platform
from collections import deque
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from PySide6.QtCore import qVersion

from vae_gui import __version__
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae import device_report

PACKAGES = (
    *("PySide6-Essentials", "pyqtgraph", "torch", "numpy", "scipy"),
    *("scikit-learn", "openTSNE", "umap-learn", "Pillow", "safetensors"),
)
LOG_LINES = 80
CRASH_LOG = "crash.log"
MAX_BYTES = 1_000_000  # of the crash log


class Log(RotatingFileHandler):
    """A log of bounded size; it goes on in its file where Windows does not let it be renamed, for another window logs to it."""

    def doRollover(self) -> None:  # noqa: N802
        with suppress(OSError):
            super().doRollover()


def keep_crashes(log: Path | None) -> TextIO | None:
    """Have the interpreter write the trace of a crash beside the log, for as long as the file is kept open."""
    if log is None:
        return None
    path = log.with_name(CRASH_LOG)
    try:
        fresh = not path.exists() or path.stat().st_size > MAX_BYTES
        file = path.open("w" if fresh else "a", encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).warning("Crashes are not logged: %s", error)
        return None
    faulthandler.enable(file)
    return file


def diagnostics_of(device: str, screen: str) -> Job[str]:
    """Ask for the devices of this machine, and collect the diagnostics."""
    yield Progress(0, None, "Collecting the diagnostics")
    return diagnostics(device, device_report.ask(), screen)


def diagnostics(device: str, machine: str, screen: str, home: Path | None = None) -> str:
    """Collect them; the home folder is written as ~.

    device: where the last run trained, "" for nowhere yet; machine: its devices in words; screen: the window's
    platform in words.
    """
    log = log_file()
    crash = None if log is None else log.with_name(CRASH_LOG)
    lines = [
        f"VAE explorer {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"Qt {qVersion()}, {screen}",
        *(f"{name} {version_of(name)}" for name in PACKAGES),
        f"trained on: {device or 'nothing yet'}; {machine}",
        "",
        "End of the log",
        *_tail(log),
        "",
        "Crashes",
        *_tail(crash),
    ]
    return without_home("\n".join(lines), Path.home() if home is None else home)


def without_home(text: str, home: Path) -> str:
    """The text with ~ for the home folder, however its path is written."""
    for written in {str(home), home.as_posix(), str(home).replace("\\", "\\\\")}:
        if len(written) > 1:
            text = text.replace(written, "~")
    return text


def log_file() -> Path | None:
    """The file that the app logs to."""
    files = (h for h in logging.getLogger().handlers if isinstance(h, RotatingFileHandler))
    handler = next(files, None)
    return None if handler is None else Path(handler.baseFilename)


def _tail(path: Path | None) -> list[str]:
    if path is None or not path.exists():
        return ["(none)"]
    with path.open(encoding="utf-8", errors="replace") as file:
        return [line.rstrip() for line in deque(file, LOG_LINES)] or ["(none)"]


def version_of(package: str) -> str:
    """Return the version of an installed package, or say that it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed"
