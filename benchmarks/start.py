"""P10, P11: from the start of the process to the first paint of the window and to its first digit."""

import os
import statistics
import subprocess
import sys
import time
from tempfile import TemporaryDirectory

from benchmarks.common import Claim

ROUNDS = 5
BARE_PAINT = """
import sys, time
import pyqtgraph
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("first paint")
label.show()
app.processEvents()
print(time.time(), flush=True)
"""
BARE_DIGIT = "import torch\n" + BARE_PAINT
APP = """
import os, sys, time
from vae_gui.core.support.imports import load_torch_before_qt
load_torch_before_qt()
from vae_gui.app import build_context, make_application, open_window
from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.style.type_size import body_px
app = make_application()
context = build_context(in_process=True)
apply_theme(app, DARK, body_px(context.settings.type_size))
window = open_window(context, None)
app.processEvents()
print(time.time(), flush=True)
def done(_=None):
    print(time.time(), flush=True)
    os._exit(0)
if context.explorer.questions.reply_ms:  # it was painted with the window
    done()
context.explorer.questions.answered.connect(done)
app.exec()
"""


def seconds_to(script: str) -> list[float]:
    """Return the seconds from the start of a fresh process to each time that it prints."""
    with TemporaryDirectory() as home:
        environment = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
    return [float(line) - began for line in done.stdout.split()]


def run() -> list[Claim]:
    """All claims of this file, each script in turn."""
    rounds = [[seconds_to(s) for s in (APP, BARE_PAINT, BARE_DIGIT)] for _ in range(ROUNDS + 1)]
    app, paint, digit = zip(*rounds[1:], strict=True)  # the first one fills the disk's cache
    first_paint = statistics.median(times[0] for times in app)
    first_digit = statistics.median(times[1] for times in app)
    bare_paint = statistics.median(times[0] for times in paint)
    bare_digit = statistics.median(times[0] for times in digit)
    return [
        _claim(
            "P10", "to the first digit", first_digit, "torch, Qt and pyqtgraph", bare_digit, 1.15
        ),
        _claim("P11", "to the first paint", first_paint, "Qt and pyqtgraph", bare_paint, 2.0),
    ]


def _claim(key: str, what: str, ours: float, bare: str, theirs: float, most: float) -> Claim:
    return Claim(
        key,
        f"from the start {what}",
        f"{ours:.2f} s",
        f"imports of {bare} and one label: {theirs:.2f} s",
        ours / theirs,
        f"≤ {most:g}",
        ours <= most * theirs,
    )
