"""P8, P13, P14, P16: what is drawn, beside matplotlib, beside Pillow, and with much more of it on the screen."""

import io
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from benchmarks.common import Claim, alternate, percentile, seconds
from benchmarks.pad import drag
from benchmarks.window import app_window, wait
from vae_gui.core.export.options import ONE_WAY, SHARP, AnimationOptions, enlarge
from vae_gui.core.export.writers import export_animation
from vae_gui.core.inference.engine import Engine
from vae_gui.core.support.progress import finish
from vae_gui.core.support.types import Pixels
from vae_gui.core.vae.history import COLUMNS
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.window.main_window import MainWindow

DRAG_SECONDS, ROUNDS = 5.0, 60
FEW, MANY = 7_000, 70_000
SHORT, LONG, PUMP = 10_000, 1_000_000, 50
FRAMES, SIDE = 200, 256
TIMES_MATPLOTLIB, TIMES_PILLOW, TIMES_FEW, FRAME_MS = 10.0, 1.5, 3.0, 16.0


def run() -> list[Claim]:
    """All claims of this file."""
    with app_window() as window:
        snapshot = window.context.explorer.weights.snapshot
        assert snapshot is not None
        wait(3)
        ours = percentile(drag(window, DRAG_SECONDS).replies_ms, 0.5)
        frames_ms = [zooming_ms(window, count) for count in (FEW, MANY)]
        pumps_ms = [pumping_ms(window, length) for length in (SHORT, LONG)]
    return [
        _beside_matplotlib(ours, matplotlib_ms(snapshot)),
        _grown("P13", "zoom of the pad, a frame, {:,} encodings, p95", (FEW, MANY), frames_ms),
        _gif(snapshot),
        _grown("P16", "new losses on a curve of {:,} steps, p95", (SHORT, LONG), pumps_ms),
    ]


def matplotlib_ms(snapshot: Snapshot) -> float:
    """Median of decoding one z, `set_data` and `draw` on a canvas of the size of our digit."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    engine, figure = Engine(snapshot), Figure(figsize=(3, 3), dpi=100)
    canvas, axes = FigureCanvasAgg(figure), figure.add_subplot()
    shown = axes.imshow(np.zeros((28, 28)), cmap="gray", vmin=0, vmax=255)

    def draw(z: np.ndarray) -> None:
        shown.set_data(engine.decode(z)[0])
        canvas.draw()

    places = np.random.default_rng(0).normal(size=(ROUNDS, 1, snapshot.model.latent_dim))
    return 1000 * percentile([seconds(lambda z=z: draw(z)) for z in places.astype(np.float32)], 0.5)


def zooming_ms(window: MainWindow, count: int) -> float:
    """p95 from a turn of the wheel to the painted frame, with so many encodings on the pad.

    In some frames their picture is only stretched, in others it is drawn anew.
    """
    scatter = window.context.explorer.scatter
    known = scatter.encodings
    assert known is not None
    rows = np.random.default_rng(0).integers(len(known), size=count)
    scatter.encodings = replace(
        known,
        mu=known.mu[rows],
        logvar=None if known.logvar is None else known.logvar[rows],
        labels=None if known.labels is None else known.labels[rows],
    )
    scatter.changed.emit()
    wait(1)
    turns = [120 if index % 10 < 5 else -120 for index in range(ROUNDS)]
    times = []
    for by in turns:
        time.sleep(FRAME_MS / 1000)
        times.append(1000 * seconds(lambda by=by: _turn(window, by)))
    scatter.encodings = known
    scatter.changed.emit()
    return percentile(times, 0.95)


def _turn(window: MainWindow, by: int) -> None:
    viewport = window.docks.panel(PadPanel).view.viewport()
    at = QPointF(viewport.rect().center())
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(
        at,
        QPointF(viewport.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, by),
        none,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(viewport, event)
    QCoreApplication.processEvents()  # paints, and draws the encodings anew where that is due


def pumping_ms(window: MainWindow, length: int) -> float:
    """p95 of taking new losses and painting the next plot, after a run of so many steps."""
    model, training = window.context.library.shown, window.context.training
    assert model is not None
    window.docks.bring_up("curves")
    wait(1)
    step = float(model.history.steps.column("step").max(initial=0))
    missing = max(0, length - len(model.history.steps))
    model.history.steps.extend(_losses(step, missing))
    times = []
    for index in range(ROUNDS):
        rows = _losses(step + missing + PUMP * index, PUMP)

        def pump(rows: np.ndarray = rows) -> None:
            model.history.steps.extend(rows)
            training.progressed.emit()
            QCoreApplication.processEvents()

        times.append(1000 * seconds(pump))
        wait(0.1)
    return percentile(times, 0.95)


def _losses(after: float, count: int) -> np.ndarray:
    rows = np.random.default_rng(0).normal(150, 3, size=(count, len(COLUMNS)))
    rows[:, 0] = after + 1 + np.arange(count)
    return rows


def _beside_matplotlib(ours: float, theirs: float) -> Claim:
    return Claim(
        "P8",
        "the digit while the pad is dragged, p50",
        f"{ours:.1f} ms",
        f"decode, set_data and draw of matplotlib: {theirs:.1f} ms",
        theirs / ours,
        f"≥ {TIMES_MATPLOTLIB:g}",
        theirs >= TIMES_MATPLOTLIB * ours,
    )


def _grown(key: str, text: str, counts: tuple[int, int], times: list[float]) -> Claim:
    """One row: with much more, and how many times as long as with less."""
    few, many = times
    return Claim(
        key,
        text.format(counts[1]),
        f"{many:.1f} ms",
        f"{counts[0]:,}: {few:.1f} ms",
        many / few,
        f"≤ {FRAME_MS:g} ms and ≤ {TIMES_FEW:g}",
        many <= FRAME_MS and many <= TIMES_FEW * few,
    )


def _gif(snapshot: Snapshot) -> Claim:
    """An exported animation beside Pillow, which is given the same enlarged images."""
    z = np.linspace((-2.0, -2.0), (2.0, 2.0), FRAMES).astype(np.float32)
    images = Engine(snapshot).decode(z)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "way.gif"
        options = AnimationOptions(frames=FRAMES, size=SIDE, direction=ONE_WAY)
        ours, pillow = alternate(
            lambda: seconds(lambda: finish(export_animation(iter(images), target, options))),
            lambda: seconds(lambda: _by_pillow(images)),
            5,
        )
    return Claim(
        "P14",
        f"GIF of {FRAMES} frames at {SIDE}×{SIDE}",
        f"{ours:.2f} s",
        f"Pillow alone: {pillow:.2f} s",
        ours / pillow,
        f"≤ {TIMES_PILLOW:g}",
        ours <= TIMES_PILLOW * pillow,
    )


def _by_pillow(images: Pixels) -> None:
    frames = [Image.fromarray(enlarge(image, SIDE, SHARP)) for image in images]
    frames[0].save(
        io.BytesIO(), "GIF", save_all=True, append_images=frames[1:], duration=40, loop=0
    )
