"""Makes the pictures of the README and the guide from the real window: `make screenshots`."""

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QPixmap

from benchmarks.journey import Journey
from benchmarks.recorder import Recorder, to_array
from benchmarks.window import app_window, wait, wait_until
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.export.options import AnimationOptions
from vae_gui.core.export.path import path_animation
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.vary import varied
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.draw.panel import DrawPanel
from vae_gui.ui.panels.gap.panel import GapPanel
from vae_gui.ui.panels.probe.panel import ProbePanel
from vae_gui.ui.panels.runs.panel import RunsPanel
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.own_images_dialog import OwnImagesDialog

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"


def save(pixmap: QPixmap, name: str) -> None:
    """A PNG in all its colours: those of the classes are few pixels, and a palette would lose them."""
    pixels = to_array(pixmap.toImage())
    path = PICTURES / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, optimize=True)


def each_panel(window: MainWindow) -> None:
    """One picture of each panel, at the size that it has in the window."""
    for name, dock in window.docks.docks.items():
        dock.raise_()
        work_on(window, name)
        wait(1.5)
        save(dock.grab(), f"panel-{name}")


def work_on(window: MainWindow, name: str) -> None:
    """Do what the panel is there for, so that it shows its work and not an invitation."""
    docks, explorer = window.docks, window.context.explorer
    if name == "draw":
        Journey(window, 0, PICTURES).draw()
        numbers = docks.panel(DrawPanel).numbers
        wait_until(lambda: numbers.text("evidence") != "", 60)
    elif name == "paths":
        wait_until(lambda: all(s.found for s in window.context.path_lab.searches.values()), 60)
    elif name == "bookmarks":
        for z in ((-1.6, -1.6), (0.0, 0.0), (2.2, 0.3)):
            explorer.move_cursor(z)
            window.bookmarks.add_cursor()
            wait(0.5)
    elif name == "probe":
        panel = docks.panel(ProbePanel)
        wait_until(panel.measure_button.isEnabled, 30)
        panel.measure_button.click()
        wait_until(lambda: panel.result is not None and len(panel.exports()) == 2, 120)


def whole_window(theme: str) -> None:
    with app_window(theme) as window:
        wait(3)
        save(window.grab(), f"window-{theme}")
        if theme == "dark":
            each_panel(window)
            an_interpolation(window)


def an_interpolation(window: MainWindow) -> None:
    """The GIF that Export GIF writes."""
    explorer = window.context.explorer
    assert explorer.weights.snapshot is not None
    options = AnimationOptions(frames=60, size=168, interval_ms=40)
    plan = window.context.path_lab.plan("straight")
    finish(path_animation(explorer.weights.snapshot, plan, PICTURES / "interpolation.gif", options))


def training(theme: str = "dark") -> None:
    """The window while a model learns the digits that are inside."""
    with app_window(theme) as window:
        window.run_bar.train()
        steps = window.context.training
        wait_until(lambda: steps.steps_done > 400, 300)
        save(window.grab(), "training")
        steps.stop()
        wait(1)
        the_gap(window)


def the_gap(window: MainWindow) -> None:
    """As it opens while a model learns: a second run, which is watched from its start and waits for the panel."""
    window.docks.bring_up("gap")
    gaps, steps = window.docks.panel(GapPanel).gaps, window.context.training
    window.run_bar.train()
    wait_until(lambda: steps.phase is Phase.RUNNING and steps.steps_done > 0, 60)
    for _ in range(7):
        steps.pause()
        wait_until(lambda: bool(gaps.gaps) and gaps.gaps[-1].step == steps.steps_done, 120)
        wait(0.2)
        goal = steps.steps_done + 60
        steps.resume()
        wait_until(lambda goal=goal: steps.steps_done >= goal or steps.phase is Phase.IDLE, 60)
    steps.stop()
    save(window.docks.docks["gap"].grab(), "panel-gap")


def comparing() -> None:
    """Runs of one setting on the board, and two of them under one cursor."""
    with app_window() as window:
        recipe, context = PRESETS["recommended"], window.context
        train = replace(recipe.train, epochs=1, min_steps=500)
        config = RunConfig("recommended", "digits", recipe.model, train)
        context.queue.add(varied(config, "beta", "0.5, 1, 2, 4, 8"))
        window.docks.bring_up("runs")
        wait_until(lambda: not context.queue.current and not context.queue.waiting, 600)
        panel = window.docks.panel(RunsPanel)
        wait_until(lambda: len(panel.plot.shown) == 5, 20)
        panel.table.selectRow(3)
        wait(2)
        save(window.docks.docks["runs"].grab(), "panel-runs")
        _, _, one, _, four, _ = context.library.models
        window.comparing.compare(one.run_id, four.run_id)
        wait_until(lambda: context.twin.digit is not None, 20)
        context.explorer.move_cursor((0.9, -0.4))
        wait(1)
        save(window.docks.docks["twins"].grab(), "panel-twins")


def completing() -> None:
    """The upper half of a digit, and what the rest may be."""
    strokes = (((0.3, 0.25), (0.63, 0.25)), ((0.65, 0.27), (0.55, 0.47)))
    with app_window() as window:
        window.docks.bring_up("draw")
        wait(1)
        explorer, panel = window.context.explorer, window.docks.panel(DrawPanel)
        unknown = tuple(((0.0, y), (1.0, y)) for y in (0.6, 0.7, 0.8, 0.9))
        explorer.set_latent(replace(explorer.latent, strokes=strokes, unknown=unknown), "Draw")
        wait_until(lambda: panel.completing.live.value is not None, 30)
        wait(2)
        save(window.docks.docks["draw"].grab(), "completing")


def own_images() -> None:
    """The dialog, with images, labels and a test set in four files; their path as short as a person would have it."""
    data = finish(DATASETS["digits"].load(Path(), False))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), app_window() as window:
        place = Path("my-digits")
        place.mkdir()
        for name, split in (("images", data.train), ("test", data.test)):
            np.save(place / f"{name}.npy", split.images)
            np.savetxt(place / f"{name}-labels.csv", split.labels, fmt="%d")
        source = OwnImages(
            place / "images.npy",
            labels=place / "images-labels.csv",
            test=place / "test.npy",
            test_labels=place / "test-labels.csv",
        )
        dialog = OwnImagesDialog(window.context, source, window)
        dialog.show()
        wait_until(dialog.use_button.isEnabled, 20)
        wait(1)
        save(dialog.grab(), "own-images")
        dialog.reject()


def journey() -> None:
    """What a person does on the first day, as an animation."""
    with app_window() as window, tempfile.TemporaryDirectory() as folder:
        wait(2)
        recorder = Recorder(window)
        for caption in Journey(window, 400, Path(folder) / "best.gif", pause=0.8).walk():
            recorder.caption(caption)
        recorder.save(PICTURES / "journey.gif")


def main() -> None:
    for theme in ("dark", "light"):
        whole_window(theme)
    training()
    comparing()
    completing()
    own_images()
    journey()


if __name__ == "__main__":
    main()
