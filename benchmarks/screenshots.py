"""Makes the pictures of the README and the guide from the real window: `make screenshots`.

    python -m benchmarks.screenshots [SCENE…]

takes those of some scenes alone. Each scene asserts that it shows what the guide says below the picture.
"""

import contextlib
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QPixmap
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.wait import WebDriverWait

from benchmarks.journey import Journey
from benchmarks.recorder import Recorder, to_array
from benchmarks.window import app_window, wait, wait_until
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.export.options import AnimationOptions
from vae_gui.core.export.path import path_animation
from vae_gui.core.sharing import SHARES
from vae_gui.core.storage.workspace import load
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.vary import varied
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.draw.panel import DrawPanel
from vae_gui.ui.panels.gap.panel import GapPanel
from vae_gui.ui.panels.probe.panel import ProbePanel
from vae_gui.ui.panels.runs.panel import RunsPanel
from vae_gui.ui.panels.twins.panel import ALONE, TwinsPanel
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.own_images_dialog import OwnImagesDialog

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
TAKEN = ROOT / "build" / "pictures"  # until all are there
OWN_SCENES = (
    "gap",
    "runs",
    "twins",
)  # panels that show nothing of the one model of the first launch
BETAS = (0.5, 1.0, 2.0, 4.0, 8.0)
METRICS = {"width": 1280, "height": 860, "deviceScaleFactor": 1, "mobile": False}
DARK_PAGE = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
PICTURE = re.compile(r"pictures/([\w-]+\.(?:png|gif))")  # as a page refers to it


def save(pixmap: QPixmap, name: str) -> None:
    """Write a PNG in all its colours: those of the classes are few pixels, and a palette would lose them."""
    path = TAKEN / f"{name}.png"
    assert not path.exists(), f"two scenes take {path.name}"
    Image.fromarray(to_array(pixmap.toImage())).save(path, optimize=True)


def assert_shipped(window: MainWindow) -> None:
    shown, shipped = window.context.explorer.weights.snapshot, load(resources_dir() / PRETRAINED)
    assert shown is not None and shown.run_id == shipped.checkpoint.snapshot.run_id


def each_panel(window: MainWindow) -> None:
    """Take one picture of each panel, at the size that it has in the window."""
    for name, dock in window.docks.docks.items():
        if name in OWN_SCENES:
            continue
        dock.raise_()
        work_on(window, name)
        wait(1.5)
        save(dock.grab(), f"panel-{name}")


def work_on(window: MainWindow, name: str) -> None:
    """Do what the panel is there for, so that it shows its work and not an invitation."""
    docks, explorer = window.docks, window.context.explorer
    if name == "draw":
        Journey(window, 0, TAKEN).draw()
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
        assert_shipped(window)
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
    finish(path_animation(explorer.weights.snapshot, plan, TAKEN / "interpolation.gif", options))


def training(theme: str = "dark") -> None:
    """The window while a model learns the digits that are inside."""
    with app_window(theme) as window:
        window.run_bar.train()
        steps = window.context.training
        wait_until(lambda: steps.steps_done > 400, 300)
        assert steps.phase is Phase.RUNNING
        save(window.grab(), "training")
        steps.stop()
        wait(1)
        the_gap(window)


def the_gap(window: MainWindow) -> None:
    """Show the gap panel while a model learns: a second run, watched from its start, which waits for the panel."""
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
    assert len(gaps.gaps) > 4, "the panel shows a course"
    save(window.docks.docks["gap"].grab(), "panel-gap")


def comparing() -> None:
    """Runs of one setting on the board, and two of them under one cursor."""
    with app_window() as window:
        recipe, context = PRESETS["recommended"], window.context
        train = replace(recipe.train, epochs=1, min_steps=500)
        config = RunConfig("recommended", "digits", recipe.model, train)
        context.queue.add(varied(config, "beta", ", ".join(f"{beta:g}" for beta in BETAS)))
        window.docks.bring_up("runs")
        wait_until(lambda: not context.queue.current and not context.queue.waiting, 600)
        panel = window.docks.panel(RunsPanel)
        wait_until(lambda: len(panel.plot.shown) == len(BETAS), 20)
        panel.table.selectRow(3)
        wait(2)
        assert {run.row.beta for run in panel.plot.shown} == set(BETAS)
        save(window.docks.docks["runs"].grab(), "panel-runs")
        _, _, one, _, four, _ = context.library.models
        window.comparing.compare(one.run_id, four.run_id)
        wait_until(lambda: context.twin.digit is not None, 20)
        context.explorer.move_cursor((0.9, -0.4))
        wait(1)
        twins, twin = window.docks.panel(TwinsPanel), context.twin
        assert context.library.shown is not None and context.library.shown.run_id == one.run_id
        assert twin.run_id == four.run_id and twin.digit is not None
        assert (one.config.train.beta, four.config.train.beta) == (1, 4)
        assert twins.note.text() != ALONE and twins.model_box.currentData() == four.run_id
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
            assert split.labels is not None
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


def web_page() -> None:
    """The shipped model as a web page, in headless Chromium, with the loss that the model of now has."""
    shipped = load(resources_dir() / PRETRAINED)
    assert shipped.test_row is not None
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for option in ("headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars"):
        options.add_argument(f"--{option}")
    driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
    with driver, tempfile.TemporaryDirectory() as folder:
        page = finish(SHARES["web-page"].write(shipped, Path(folder) / "page.html"))
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", METRICS)
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", DARK_PAGE)
        driver.get(page.as_uri())
        WebDriverWait(driver, 20).until(lambda _: driver.execute_script("return !awaited"))
        assert f"{shipped.test_row[1]:.1f} nats" in driver.page_source
        path = TAKEN / "web-page.png"
        driver.save_screenshot(path)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(dither=Image.Dither.NONE)  # a third of the bytes
    few.save(path, optimize=True)


def journey() -> None:
    """Record what a person does on the first day, as an animation."""
    with app_window() as window, tempfile.TemporaryDirectory() as folder:
        wait(2)
        recorder = Recorder(window)
        for caption in Journey(window, 400, Path(folder) / "best.gif", pause=0.8).walk():
            recorder.caption(caption)
        recorder.save(TAKEN / "journey.gif")


SCENES: dict[str, Callable[[], None]] = {
    "dark": partial(whole_window, "dark"),
    "light": partial(whole_window, "light"),
    "training": training,
    "comparing": comparing,
    "completing": completing,
    "own-images": own_images,
    "web-page": web_page,
    "journey": journey,
}


def main(names: list[str]) -> None:
    """Take the pictures of some scenes, or of all; none is replaced unless all went well."""
    shutil.rmtree(TAKEN, ignore_errors=True)
    TAKEN.mkdir(parents=True)
    for name in names or SCENES:
        SCENES[name]()
    taken = {path.name for path in TAKEN.iterdir()}
    pages = (ROOT / "README.md", *(ROOT / "docs" / "guide").glob("*.md"))
    wanted = {name for page in pages for name in PICTURE.findall(page.read_text("utf-8"))}
    assert names or wanted <= taken, f"no scene takes {wanted - taken}"
    for path in TAKEN.iterdir():
        shutil.move(path, PICTURES / path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
