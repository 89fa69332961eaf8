"""L1, L2: the pad answers while a background is computed, and a geodesic comes within two seconds."""

import itertools
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QTimer

from benchmarks.common import Claim, percentile, seconds
from benchmarks.pad import drag
from benchmarks.window import app_window, wait
from vae_gui.core.paths.geodesic import geodesic
from vae_gui.core.support.progress import finish
from vae_gui.ui.window.main_window import MainWindow

POINTS = 32
DRAG_SECONDS = 6.0
CHANGE_MS = 900
TARGET_SECONDS, TARGET_RATIO = 2.0, 2.0


def run() -> list[Claim]:
    """All claims of this file."""
    with app_window() as window:
        wait(3)
        idle = percentile(drag(window, DRAG_SECONDS).replies_ms, 0.5)
        computing = percentile(_drag_while_computing(window), 0.5)
        geodesics = [_geodesic_seconds(window) for _ in range(3)]
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
        Claim(
            "L2",
            f"geodesic of {POINTS} points on the pretrained model, median of three",
            f"{sorted(geodesics)[1]:.2f} s",
            "",
            sorted(geodesics)[1],
            f"≤ {TARGET_SECONDS:g} s",
            sorted(geodesics)[1] <= TARGET_SECONDS,
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


def _geodesic_seconds(window: MainWindow) -> float:
    """Between A and B as the app opens."""
    explorer = window.context.explorer
    snapshot, ends = explorer.weights.snapshot, np.array([explorer.latent.a, explorer.latent.b])
    assert snapshot is not None
    return seconds(lambda: finish(geodesic(snapshot, ends, POINTS)))
