"""L1: the pad answers while a background is computed."""

import itertools
from dataclasses import replace

from PySide6.QtCore import QTimer

from benchmarks.common import Claim, percentile
from benchmarks.pad import drag
from benchmarks.window import app_window, wait
from vae_gui.ui.window.main_window import MainWindow

DRAG_SECONDS = 6.0
CHANGE_MS = 900
TARGET_RATIO = 2.0


def run() -> list[Claim]:
    """All claims of this file."""
    with app_window() as window:
        wait(3)
        idle = percentile(drag(window, DRAG_SECONDS).replies_ms, 0.5)
        computing = percentile(_drag_while_computing(window), 0.5)
    return [
        Claim(
            "L1",
            "pad: median reply while layers of 128×128 cells are computed one after the other",
            f"{computing:.1f} ms",
            f"idle: {idle:.1f} ms",
            computing / idle,
            f"≤ {TARGET_RATIO:g}",
            computing <= TARGET_RATIO * idle,
        ),
    ]


def _drag_while_computing(window: MainWindow) -> list[float]:
    """Another background every CHANGE_MS: distortion, the off-the-map meter, density."""
    explorer = window.context.explorer
    layers = itertools.cycle(("distortion", "coverage", "density"))
    timer = QTimer(interval=CHANGE_MS)
    timer.timeout.connect(
        lambda: explorer.set_layers(replace(explorer.layers, background=next(layers)))
    )
    timer.start()
    replies = drag(window, DRAG_SECONDS).replies_ms
    timer.stop()
    explorer.set_layers(replace(explorer.layers, background="none"))
    return replies
