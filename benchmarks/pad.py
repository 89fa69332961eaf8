"""P6, P7, P9, P17: how fast the pad answers the mouse, idle and while a model trains on the same CPU."""

import math
import threading
import time
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPointF, QTimer
from PySide6.QtGui import QImage

from benchmarks.common import Claim, mnist, percentile
from benchmarks.window import app_window, mouse, wait, wait_until
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.inference.engine import Engine
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.run.messages import Losses, Message, RunRequest, Stop
from vae_gui.core.vae.run.process import ProcessRunner, TrainingProcess
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.explore.decoded import DecodedDigit
from vae_gui.ui.panels.explore.panel import ExplorePanel
from vae_gui.ui.panels.manifold.panel import ManifoldPanel
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.window.main_window import MainWindow

FRAME_MS = 16
DRAG_SECONDS = 10.0
STALL_MS, QUICK_MS = 16.0, 5.0
MAX_OF_PAINT, MAX_OF_IDLE, MIN_RATE = 1.5, 1.3, 0.95
MANIFOLD_ROWS = 30


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


def rate_alone(config: RunConfig, data: ImageData, seconds: float) -> float:
    """Images a second of the same run in its process, with nobody beside it."""
    told: list[tuple[float, float]] = []

    def take(message: Message) -> None:
        if isinstance(message, Losses) and not message.of_test:
            told.append((time.perf_counter(), message.rows[-1, 0]))

    runner = ProcessRunner(
        TrainingProcess(cards=False), RunRequest(config, data, "alone"), math.inf, take
    )
    thread = threading.Thread(target=runner.run)
    thread.start()
    while not told:
        time.sleep(0.05)
    time.sleep(seconds + 1)
    runner.take(Stop(measure=False))
    thread.join()
    first = next(index for index, (at, _) in enumerate(told) if at > told[0][0] + 1)
    (begin, before), (end, after) = told[first], told[-1]
    return (after - before) * config.train.batch_size / (end - begin)


def run() -> list[Claim]:
    """All claims of this file."""
    config, data = _endless("recommended"), mnist()
    before = rate_alone(config, data, DRAG_SECONDS)
    with app_window() as window:
        wait(3)
        alone = decode_and_paint(window, 300)
        idle = drag(window, DRAG_SECONDS)
        training = window.context.training
        _start(window, config, data)
        first, began = training.steps_done, time.perf_counter()
        busy = drag(window, 2 * DRAG_SECONDS)
        rate = (
            (training.steps_done - first) * config.train.batch_size / (time.perf_counter() - began)
        )
        _stop(window)
    after = rate_alone(config, data, 2 * DRAG_SECONDS)
    replies = (
        _idle(alone, idle),
        _training("P7", "the same while training on the same CPU", idle, busy),
    )
    return [*replies, _rate(rate, (before + after) / 2), beside_the_manifold(data)]


def beside_the_manifold(data: ImageData) -> Claim:
    """P17."""
    with app_window() as window:
        manifold = window.docks.panel(ManifoldPanel)
        manifold.set_choice(replace(manifold.choice, rows=MANIFOLD_ROWS))
        window.docks.docks["manifold"].setFloating(True)  # beside the digit, not before it
        window.docks.bring_up("manifold")
        window.docks.bring_up("explore")
        _start(window, _endless("s2-conv"), data)
        _stop(window)
        wait(2)
        idle = drag(window, DRAG_SECONDS)
        _start(window, _endless("s2-conv"), data)
        busy = drag(window, DRAG_SECONDS)
        _stop(window)
    rows = MANIFOLD_ROWS
    return _training(
        "P17", f"the same for s2-conv, with a manifold of {rows}×{rows} live", idle, busy
    )


def _endless(preset: str) -> RunConfig:
    recipe = PRESETS[preset]
    train = replace(recipe.train, epochs=100, device="cpu")
    return RunConfig(preset, "mnist", recipe.model, train)


def _start(window: MainWindow, config: RunConfig, data: ImageData) -> None:
    training, shown = window.context.training, window.context.library.shown
    training.start(config, data, shown.history)  # type: ignore[union-attr]
    wait_until(lambda: training.phase is Phase.RUNNING and training.steps_per_second > 0, 60)
    wait(1)


def _stop(window: MainWindow) -> None:
    training = window.context.training
    training.stop()
    wait_until(lambda: training.phase is Phase.IDLE, 20)


def _idle(alone: list[float], idle: Drag) -> Claim:
    p95_alone, p95_idle = (percentile(values, 0.95) for values in (alone, idle.replies_ms))
    return Claim(
        "P6",
        "pad: mouse move to painted digit, p50 / p95 / p99, idle",
        _words(idle.replies_ms),
        f"decode and paint alone: {_words(alone)}",
        p95_idle / p95_alone,
        f"≤ {MAX_OF_PAINT:g}",
        p95_idle <= MAX_OF_PAINT * p95_alone,
    )


def _training(key: str, text: str, idle: Drag, busy: Drag) -> Claim:
    p95_idle, p95_busy = (percentile(of.replies_ms, 0.95) for of in (idle, busy))
    stall = max(busy.gaps_ms)
    return Claim(
        key,
        text,
        f"{_words(busy.replies_ms)}, longest gap {stall:.0f} ms",
        f"idle: {_words(idle.replies_ms)}",
        p95_busy / p95_idle,
        f"≤ {MAX_OF_IDLE:g} or p95 ≤ {QUICK_MS:g} ms, no gap above {STALL_MS:g} ms",
        (p95_busy <= MAX_OF_IDLE * p95_idle or p95_busy <= QUICK_MS) and stall <= STALL_MS,
    )


def _words(values: list[float]) -> str:
    return " / ".join(f"{percentile(values, share):.1f}" for share in (0.5, 0.95, 0.99)) + " ms"


def _rate(in_app: float, alone: float) -> Claim:
    return Claim(
        "P9",
        "training inside the app while the pad is dragged at 60 Hz",
        f"{in_app:,.0f} images/s",
        f"the same process without a window, mean of before and after: {alone:,.0f} images/s",
        in_app / alone,
        f"≥ {MIN_RATE:g}",
        in_app >= MIN_RATE * alone,
    )
