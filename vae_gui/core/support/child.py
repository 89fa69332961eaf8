"""Processes of the app's own: a module whose `main(arguments)` runs alone, also in a bundle that has no interpreter."""

import importlib
import os
import sys
from pathlib import Path

FLAG = "--child"  # what the bundled app is started with in the place of an interpreter's -m
_ROOT = Path(__file__).resolve().parents[3]


def command(module: str, *arguments: str) -> list[str]:
    """The line that runs a module of this package; start it with `environment`."""
    program = [sys.executable, FLAG if getattr(sys, "frozen", False) else "-m"]
    return [*program, module, *arguments]


def environment() -> dict[str, str]:
    """In which the child finds this package wherever it is started, and writes UTF-8."""
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(_ROOT), *([known] if known else [])])
    return os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def run(arguments: list[str]) -> int:
    """What follows FLAG: the module and its own arguments; returns its exit code."""
    module = importlib.import_module(arguments[0])
    code: int = module.main(arguments[1:])
    return code
