"""`vae-gui self-check`: versions of Python and the libraries, device, Qt and folders, with the command that mends each."""

import argparse
import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from vae_gui import __version__
from vae_gui.cli import display, import_check
from vae_gui.cli.output import print_json, print_line
from vae_gui.cli.parser import add_json
from vae_gui.cli.system_libraries import FONTS
from vae_gui.core.datasets.places import default_data_folder
from vae_gui.core.support import child
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.packages import in_bundle, installing
from vae_gui.resources import PRETRAINED, resources_dir

FAILED = 1
OLDEST_PYTHON = (3, 11)
# Names of distributions, and the module of each.
LIBRARIES = {
    "numpy": "numpy",
    "Pillow": "PIL",
    "pyqtgraph": "pyqtgraph",
    "PySide6-Essentials": "PySide6",
    "safetensors": "safetensors",
    "scikit-learn": "sklearn",
    "scipy": "scipy",
    "torch": "torch",
}
RESOURCES = ("explain", "icons", "lessons", "palettes")
_IMPORT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report. mend: what to do; empty where all is well."""

    name: str
    ok: bool
    value: str
    mend: str = ""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("self-check", help="say what is missing on this machine")
    add_json(parser)
    parser.set_defaults(run=self_check)


def self_check(options: argparse.Namespace) -> int:
    """Exit code 0 where all is well, 1 where something is missing."""
    checks = all_checks()
    good = all(check.ok for check in checks)
    if options.json:
        print_json({"ok": good, "checks": [asdict(check) for check in checks]})
        return 0 if good else FAILED
    for check in checks:
        print_line(f"{'ok     ' if check.ok else 'MISSING'}  {check.name:<20} {check.value}")
        if check.mend:
            print_line(f"{'':9}mend it: {check.mend}")
    print_line("Everything is there." if good else "Something is missing: see above.")
    return 0 if good else FAILED


def all_checks() -> list[Check]:
    return [
        _python(),
        *library_checks(),
        *_devices(),
        *qt_checks(),
        _resources(),
        *(_writable(name, find()) for name, find in _folders().items()),
    ]


def _python() -> Check:
    value = f"{platform.python_version()} on {platform.platform()}, VAE explorer {__version__}"
    good = sys.version_info >= OLDEST_PYTHON
    return Check("Python", good, value, "" if good else "install Python 3.11 or newer")


def library_checks() -> list[Check]:
    """Each library, imported in a process of its own."""
    reports = _import_reports()
    return [
        _library(name, reports.get(module, "its import ends the process"))
        for name, module in LIBRARIES.items()
    ]


def _library(name: str, error: str) -> Check:
    """Installed, and importable: a library that was built for another is there and fails all the same."""
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, "is not installed", _mend(name, again=False))
    if error:
        mend = _mend(name)
        return Check(name, False, f"{version}, but {error}", mend)
    return Check(name, True, version)


def _import_reports() -> dict[str, str]:
    """Return for each module what its import raised in a process of its own; empty where it works."""
    try:
        done = child.outcome(
            import_check.__name__, *LIBRARIES.values(), timeout_seconds=_IMPORT_SECONDS
        )
    except subprocess.TimeoutExpired:
        return {}
    return dict(line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)


def _mend(name: str, again: bool = True) -> str:
    """Return the line that brings a library; a bundle has all of them or is broken."""
    if in_bundle():
        return "install VAE explorer again"
    return installing(name, again=again)


def _devices() -> list[Check]:
    """Check which devices there are, and take a step and a test on each."""
    try:
        with import_lock():
            from vae_gui.core.vae.devices import devices_in_words, find_devices
        found, words = find_devices(), devices_in_words()
    except Exception as error:  # whatever a broken torch raises, it is a line of the report
        return [Check("device", False, f"not known: {error}", _mend("torch", again=False))]
    there = Check("device", True, f"{words}; {os.cpu_count() or 1} CPU cores")
    return [there, *(_training(device) for device in (*found.kinds, *dict(found.unused)))]


def _training(device: str) -> Check:
    from vae_gui.cli.training_check import training_problem

    problem = training_problem(device)
    mend = "train on the CPU: --device cpu"
    if device == "cpu":
        mend = _mend("torch")
    done = "a step and a test in a process of its own"
    return Check(f"training on {device}", not problem, problem or done, mend if problem else "")


def qt_checks() -> list[Check]:
    wanted = display.wanted_platform() if sys.platform.startswith("linux") else ""
    if wanted is None:
        return [Check("Qt platform", False, "no display", display.NO_DISPLAY)]
    found = display.probe()
    if found.platform is None:
        value = wanted or (found.said.splitlines() or ["fails"])[-1]
        return [Check("Qt platform", False, value, _mend_qt(found))]
    families = found.font_families
    fonts = "" if families else f"sudo apt install {FONTS}"
    return [
        Check("Qt platform", True, found.platform),
        Check("fonts", families > 0, f"{families} families", fonts),
    ]


def _mend_qt(found: display.Probe) -> str:
    """Say what gets Qt to open a window; a new installation of PySide6 only where nothing else is known."""
    problem = sys.platform.startswith("linux") and (
        display.problem_with_libraries(found) or display.problem_with_display()
    )
    return problem or _mend("PySide6-Essentials")


def _resources() -> Check:
    """Check what ships beside the code: without it the window would not open."""
    folder = resources_dir()
    missing = [name for name in (PRETRAINED, *RESOURCES) if not (folder / name).exists()]
    if missing:
        reinstall = _mend("vae-explorer")
        return Check("resources", False, f"{folder} lacks {', '.join(missing)}", reinstall)
    return Check("resources", True, str(folder))


def _folders() -> dict[str, Callable[[], Path]]:
    return {
        "data folder": default_data_folder,
        "temporary folder": lambda: Path(tempfile.gettempdir()),
        "this folder": Path.cwd,
    }


def _writable(name: str, folder: Path) -> Check:
    """Tries it with a file in the nearest folder that is there; nothing is left behind."""
    place = next((path for path in (folder, *folder.parents) if path.is_dir()), folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            return Check(name, True, str(folder))
    except OSError as error:
        reason = error.strerror or str(error)
        return Check(name, False, f"{folder}: {reason}", f"chmod u+w “{place}”, or choose another")
