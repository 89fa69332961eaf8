"""T1: how many moments a second the timeline's slider redraws in every visible panel, on an idle machine."""

import time
from dataclasses import replace

from PySide6.QtCore import QObject

from benchmarks.common import Claim, percentile
from benchmarks.window import app_window, wait, wait_until
from vae_gui.core.config import RunConfig
from vae_gui.core.presets import PRESETS
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.training import Phase
from vae_gui.ui.main_window import MainWindow

STEPS = 300
ROUNDS = 3
SETTLE_SECONDS = 2.0
TARGET = 20.0


class Channels(QObject):
    """The questions of the visible panels, and the step whose weights answered each last."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._answered: dict[str, int] = {}
        window.context.explorer.answered.connect(self._take)

    def _take(self, answer: Answer[object]) -> None:
        self._answered[answer.channel] = answer.step

    def all_at(self, step: int) -> bool:
        return all(answered == step for answered in self._answered.values())


def train(window: MainWindow) -> None:
    """A short run of the recommended model on the digits that are inside."""
    recipe = PRESETS["recommended"]
    train = replace(recipe.train, epochs=1000, device="cpu")
    context = window.context
    context.session.train(RunConfig("recommended", "digits", recipe.model, train))
    wait_until(lambda: context.training.steps_done >= STEPS, 300)
    context.training.stop()
    wait_until(lambda: context.training.phase is Phase.IDLE, 30)
    wait(3)


def moments_ms(window: MainWindow) -> list[float]:
    """From each move of the slider until every visible panel has its answer and is painted."""
    slider, channels = window.timeline_bar.slider, Channels(window)
    moments = window.timeline_bar.timeline.moments
    slider.setValue(0)
    wait(SETTLE_SECONDS)  # by then every visible panel has been answered once
    times = []
    for index in range(1, len(moments)):
        began = time.perf_counter()
        slider.setValue(index)
        while not channels.all_at(moments[index].step):
            wait(0)
        window.repaint()
        times.append(1000 * (time.perf_counter() - began))
    return times


def run() -> list[Claim]:
    """All claims of this file."""
    with app_window() as window:
        train(window)
        times = [value for _ in range(ROUNDS) for value in moments_ms(window)]
        size = window.timeline_bar.timeline
    rate = 1000 * len(times) / sum(times)
    words = f"{rate:.0f} a second; p50 / p95: {percentile(times, 0.5):.0f} / {percentile(times, 0.95):.0f} ms"
    return [
        Claim(
            "T1",
            f"timeline: slider to painted panels, {len(size)} moments, {size.bytes / 1e6:.0f} MB",
            words,
            f"{TARGET:.0f} moments a second",
            rate / TARGET,
            "≥ 1",
            rate >= TARGET,
        )
    ]
