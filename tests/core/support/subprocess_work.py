"""What the tests of `core.child` have done in a child."""

import importlib
import os
import time

import numpy as np

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress
from vae_gui.core.support.subprocess_job import Arrays, Report


def double(arrays: Arrays, report: Report) -> Arrays:
    report(Progress(1, 2, "halfway"), {"so far": arrays["x"]})
    return {"x": np.asarray(arrays["x"]) * 2, "name": arrays["name"], "pid": np.array(os.getpid())}


def hang(arrays: Arrays, report: Report) -> Arrays:
    report(Progress(0, None, "stuck"), {"pid": np.array(os.getpid())})
    while True:
        time.sleep(60)


def refuse(arrays: Arrays, report: Report) -> Arrays:
    raise UserError("Choose more than “one” image.")


def break_down(arrays: Arrays, report: Report) -> Arrays:
    raise ValueError("the numbers do not add up")


def end_suddenly(arrays: Arrays, report: Report) -> Arrays:
    os.kill(os.getpid(), 9)
    return {}


def imported(names: list[str]) -> str:
    """Import modules; returns where they come from."""
    return "\n".join(str(importlib.import_module(name)) for name in names)


def hold(seconds: float) -> None:
    time.sleep(seconds)
