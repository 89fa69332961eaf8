"""T1: how many moments a second the timeline's slider redraws in every visible panel, on an idle machine."""

import time
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Signal

from benchmarks.common import Claim, percentile
from benchmarks.window import app_window, wait, wait_until
from vae_gui.core.inference.requests import MAX_BATCH
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.training import Phase
from vae_gui.ui.window.main_window import MainWindow

STEPS = 300
ROUNDS = 3
SETTLE_SECONDS = 2.0
TARGET = 20.0


class Channels(QObject):
    """The questions of the visible panels, and the step whose weights answered each last.

    Long ones (a background, the map of all encodings) are left out: they are answered in the background
    and follow when the slider rests. Signals: `answered()`.
    """

    answered = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._steps: dict[str, int] = {}
        window.context.explorer.questions.answered.connect(self._take)

    def _take(self, answer: Answer[object]) -> None:
        if answer.request.cost <= MAX_BATCH:
            self._steps[answer.channel] = answer.step
            self.answered.emit()

    def wait_for(self, step: int) -> None:
        """Wait until all of them are answered with the weights of a step."""
        loop = QEventLoop()
        self.answered.connect(loop.quit)
        while not all(answered == step for answered in self._steps.values()):
            loop.exec()


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
    """Measure from each move of the slider until the digits and the cloud of every visible panel are painted."""
    slider, channels = window.timeline_bar.slider, Channels(window)
    entries = window.timeline_bar.timeline.entries
    slider.setValue(0)
    wait(SETTLE_SECONDS)  # by then every visible panel has been answered once
    times = []
    for index in range(1, len(entries)):
        began = time.perf_counter()
        slider.setValue(index)
        channels.wait_for(entries[index].step)
        QCoreApplication.processEvents()  # paints what was updated
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
