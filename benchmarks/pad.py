"""P6, P7, P9: how fast the pad answers the mouse, idle and while a model trains on the same CPU."""

import math
import time
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPointF, QTimer
from PySide6.QtGui import QImage

from benchmarks.common import Claim, mnist, percentile
from benchmarks.window import app_window, mouse, wait, wait_until
from vae_gui.core.inference.engine import Engine
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.step import losses_of
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.explore.decoded import DecodedDigit
from vae_gui.ui.panels.explore.panel import ExplorePanel
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.window.main_window import MainWindow

FRAME_MS = 16
DRAG_SECONDS = 10.0
STALL_MS = 50.0


@dataclass(frozen=True, slots=True)
class Drag:
    """replies_ms: from each mouse move to the paint of its digit. gaps_ms: between beats of the event loop."""

    replies_ms: list[float]
    gaps_ms: list[float]


class PaintWatch(QObject):
    """Calls back when a widget has been painted."""

    def __init__(self, panel: DecodedDigit) -> None:
        super().__init__()
        self.painted_at = 0.0
        self._digit = panel.digit
        self._digit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and watched is self._digit:
            self._digit.removeEventFilter(self)
            self._digit.event(event)
            self._digit.installEventFilter(self)
            self.painted_at = time.perf_counter()
            return True
        return False


def drag(window: MainWindow, seconds: float) -> Drag:
    """Drag in circles on the pad, 60 moves a second, with real mouse events."""
    pad, decoded = window.docks.panel(PadPanel), window.docks.panel(ExplorePanel).decoded
    watch = PaintWatch(decoded)
    viewport = pad.view.viewport()
    middle = QPointF(viewport.rect().center())
    replies: list[float] = []
    gaps: list[float] = []
    moved_at = [0.0]
    clock = QElapsedTimer()
    clock.start()
    beat = QTimer(interval=1)
    last = [time.perf_counter()]

    def on_beat() -> None:
        now = time.perf_counter()
        gaps.append(1000 * (now - last[0]))
        last[0] = now
        if moved_at[0] and watch.painted_at > moved_at[0]:
            replies.append(1000 * (watch.painted_at - moved_at[0]))
            moved_at[0] = 0.0

    def move() -> None:
        angle = clock.elapsed() / 700
        at = middle + QPointF(90 * math.cos(angle), 90 * math.sin(1.3 * angle))
        if not moved_at[0]:
            moved_at[0] = time.perf_counter()
        mouse(viewport, QEvent.Type.MouseMove, at)

    beat.timeout.connect(on_beat)
    mover = QTimer(interval=FRAME_MS)
    mover.timeout.connect(move)
    mouse(viewport, QEvent.Type.MouseButtonPress, middle)
    beat.start()
    mover.start()
    wait(seconds)
    mover.stop()
    beat.stop()
    mouse(viewport, QEvent.Type.MouseButtonRelease, middle, down=False)
    return Drag(replies, gaps)


def decode_and_paint(window: MainWindow, rounds: int) -> list[float]:
    """The reference of P6: one digit decoded and painted, nothing else."""
    explorer = window.context.explorer
    decoded = window.docks.panel(ExplorePanel).decoded
    assert explorer.weights.snapshot is not None
    engine = Engine(explorer.weights.snapshot)
    target = QImage(decoded.digit.size(), QImage.Format.Format_RGB32)
    times = []
    for z in np.random.default_rng(0).normal(size=(rounds, 1, explorer.latent_dim)):
        began = time.perf_counter()
        decoded.digit.set_image(engine.decode(z.astype(np.float32))[0])
        decoded.digit.render(target)
        times.append(1000 * (time.perf_counter() - began))
    return times


def headless_rate(config: RunConfig, seconds: float) -> float:
    """Images a second of the same run without a window."""
    trainer = Trainer(config, mnist(), "benchmark")
    losses_of([trainer.step() for _ in range(20)])
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        losses_of([trainer.step()])
        steps += 1
    return steps * config.train.batch_size / (time.perf_counter() - began)


def run() -> list[Claim]:
    """All claims of this file."""
    recipe = PRESETS["recommended"]
    config = RunConfig(
        "recommended", "mnist", recipe.model, replace(recipe.train, epochs=100, device="cpu")
    )
    data = mnist()
    with app_window() as window:
        wait(3)
        alone = decode_and_paint(window, 300)
        idle = drag(window, DRAG_SECONDS)
        training = window.context.training
        window.context.training.start(config, data, window.context.library.shown.history)  # type: ignore[union-attr]
        wait_until(lambda: training.phase is Phase.RUNNING and training.steps_per_second > 0, 60)
        wait(1)
        first, began = training.steps_done, time.perf_counter()
        busy = drag(window, 3 * DRAG_SECONDS)
        rate = (
            (training.steps_done - first) * config.train.batch_size / (time.perf_counter() - began)
        )
        training.stop()
        wait_until(lambda: training.phase is Phase.IDLE, 20)
    return [*_replies(alone, idle, busy), _rate(rate, headless_rate(config, DRAG_SECONDS))]


def _replies(alone: list[float], idle: Drag, busy: Drag) -> list[Claim]:
    def words(values: list[float]) -> str:
        return " / ".join(f"{percentile(values, share):.1f}" for share in (0.5, 0.95, 0.99)) + " ms"

    p95_alone, p95_idle, p95_busy = (
        percentile(values, 0.95) for values in (alone, idle.replies_ms, busy.replies_ms)
    )
    stall = max(busy.gaps_ms)
    return [
        Claim(
            "P6",
            "pad: mouse move to painted digit, p50 / p95 / p99, idle",
            words(idle.replies_ms),
            f"decode and paint alone: {words(alone)}",
            p95_idle / p95_alone,
            "≤ 3",
            p95_idle <= 3 * p95_alone,
        ),
        Claim(
            "P7",
            "the same while training on the same CPU",
            f"{words(busy.replies_ms)}, longest gap {stall:.0f} ms",
            f"idle: {words(idle.replies_ms)}",
            p95_busy / p95_idle,
            "≤ 3, no gap > 50 ms",
            p95_busy <= 3 * p95_idle and stall <= STALL_MS,
        ),
    ]


def _rate(in_app: float, headless: float) -> Claim:
    return Claim(
        "P9",
        "training inside the app while the pad is dragged at 60 Hz",
        f"{in_app:,.0f} images/s",
        f"headless: {headless:,.0f} images/s",
        in_app / headless,
        "≥ 0.9",
        in_app >= 0.9 * headless,
    )
