"""The web page in a real browser: it shows what the app shows, and asks nobody for anything."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from torch import nn

from tests.core.sharing.conftest import untrained, write
from tests.tiny import tiny_config
from vae_gui.core.inference.engine import answer
from vae_gui.core.inference.requests import Decode
from vae_gui.core.sharing import web_page
from vae_gui.core.sharing.web_page.layers import plain_decoder
from vae_gui.core.storage.workspace import Workspace, load
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS, LikelihoodEntry
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import build
from vae_gui.resources import PRETRAINED, resources_dir

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
in_a_browser = pytest.mark.skipif(
    BROWSER is None or DRIVER is None, reason="needs chromium and chromium-driver"
)
MAX_BYTES = 5_000_000
DIGIT = """
const digit = document.getElementById("digit");
const data = digit.getContext("2d").getImageData(0, 0, digit.width, digit.height).data;
return Array.from(data).filter((_, i) => i % 4 === 0);
"""


class Browser:
    """A page in headless Chromium, driven by the mouse and the keyboard."""

    def __init__(self, driver: Chrome, folder: Path) -> None:
        self.driver, self.folder = driver, folder

    def open(self, workspace: Workspace) -> None:
        self.driver.get(write("web-page", workspace, self.folder).as_uri())

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def z(self, name: str = "cursor") -> list[float]:
        return self.run(f"return Array.from(state.{name})")

    def frame(self) -> None:
        """Wait until what was changed is drawn."""
        WebDriverWait(self.driver, 10).until(lambda _: self.run("return !awaited"))

    def digit(self) -> np.ndarray:
        self.frame()
        return np.array(self.run(DIGIT))

    def pad(self) -> Any:
        return self.driver.find_element(By.ID, "marks")

    def drag(self, start: Sequence[int], end: Sequence[int]) -> None:
        """Over the pad, in pixels from its middle."""
        actions = ActionChains(self.driver, duration=20)
        actions.move_to_element_with_offset(self.pad(), *start).click_and_hold()
        actions.move_to_element_with_offset(self.pad(), *end).release().perform()


@pytest.fixture(scope="module")
def driver() -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = BROWSER or ""
    for option in ("headless=new", "no-sandbox", "disable-gpu", "window-size=1200,900"):
        options.add_argument(f"--{option}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def browser(driver: Chrome, tmp_path: Path) -> Browser:
    return Browser(driver, tmp_path)


@pytest.fixture(scope="module")
def shipped() -> Workspace:
    return load(resources_dir() / PRETRAINED)


def decoded(workspace: Workspace, z: Sequence[float]) -> np.ndarray:
    snapshot = workspace.checkpoint.snapshot
    return answer(snapshot, Decode.of(np.array([z], np.float64)))[0].astype(int).flatten()


def farthest(a: np.ndarray, b: np.ndarray) -> int:
    assert a.shape == b.shape
    return int(np.abs(a - b).max())


def with_statistics(config: RunConfig) -> Workspace:
    """A model whose normalisations do something."""
    workspace, random = untrained(config), np.random.default_rng(1)
    weights = {
        name: (0.01 + 0.05 * random.random(array.shape)).astype(np.float32)
        if "running" in name
        else array
        for name, array in workspace.checkpoint.snapshot.weights.items()
    }
    snapshot = replace(workspace.checkpoint.snapshot, weights=weights)
    return replace(workspace, checkpoint=replace(workspace.checkpoint, snapshot=snapshot))


@in_a_browser
def test_a_drag_on_the_shipped_model_shows_what_the_app_decodes(
    browser: Browser, shipped: Workspace
) -> None:
    browser.open(shipped)
    before = browser.z()
    browser.drag((-160, -90), (120, 60))
    assert browser.z() != before
    pixels = browser.digit()
    assert pixels.std() > 20
    assert farthest(pixels, decoded(shipped, browser.z())) <= 1


@in_a_browser
def test_nothing_is_asked_for_and_nothing_is_complained_of(
    browser: Browser, shipped: Workspace
) -> None:
    browser.open(shipped)
    browser.frame()
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    assert browser.driver.get_log("browser") == []


@in_a_browser
@pytest.mark.parametrize("architecture", MODELS)
def test_every_architecture_decodes_as_the_app_does(browser: Browser, architecture: str) -> None:
    config = tiny_config(architecture, 3)
    if MODELS[architecture].deterministic:
        config = replace(config, model=replace(config.model, likelihood="squared-error"))
    workspace = with_statistics(config)
    browser.open(workspace)
    for z in ([0, 0, 0], [1.5, -2, 0.5], [-2.5, 0.25, 3]):
        pixels = np.array(browser.run("return Array.from(state.decode(arguments[0]))", z))
        assert pixels.std() > 0.5
        assert farthest(pixels, decoded(workspace, z)) <= 1


@in_a_browser
@pytest.mark.parametrize("likelihood", [n for n, e in LIKELIHOODS.items() if e.scale != "error"])
def test_the_mean_of_every_likelihood_is_shown(browser: Browser, likelihood: str) -> None:
    config = tiny_config()
    workspace = untrained(replace(config, model=replace(config.model, likelihood=likelihood)))
    browser.open(workspace)
    pixels = np.array(browser.run("return Array.from(state.decode([3, -3]))"))
    assert farthest(pixels, decoded(workspace, [3, -3])) <= 1


@in_a_browser
def test_an_end_is_dragged_and_the_strip_follows(browser: Browser, workspace: Workspace) -> None:
    browser.open(workspace)
    x, y = browser.run("return pad.pixelOf(state.b)")
    size = browser.pad().size
    at = (round(x - size["width"] / 2), round(y - size["height"] / 2))
    cursor, b = browser.z(), browser.z("b")
    browser.drag(at, (at[0] + 60, at[1] - 40))
    assert browser.z("b") != b
    assert browser.z() == cursor
    browser.frame()
    last = browser.run(
        DIGIT.replace('getElementById("digit")', 'querySelector("#strip :last-child")')
    )
    assert farthest(np.array(last), decoded(workspace, browser.z("b"))) <= 1


@in_a_browser
def test_hovering_looks_and_the_keyboard_moves(browser: Browser, workspace: Workspace) -> None:
    browser.open(workspace)
    before = browser.z()
    ActionChains(browser.driver).move_to_element_with_offset(browser.pad(), 70, 30).perform()
    hovered = browser.z("hovered")
    assert browser.z() == before != hovered
    assert farthest(browser.digit(), decoded(workspace, hovered)) <= 1
    browser.pad().send_keys(Keys.ARROW_RIGHT, Keys.ARROW_UP)
    assert browser.z() == pytest.approx([before[0] + 0.1, before[1] + 0.1])
    browser.pad().send_keys("a")
    assert browser.z("a") == browser.z()


@in_a_browser
def test_a_class_can_be_hidden_and_the_theme_switched(
    browser: Browser, workspace: Workspace
) -> None:
    browser.open(workspace)
    theme = browser.run("return document.documentElement.dataset.theme")
    browser.driver.find_element(By.ID, "theme").click()
    assert browser.run("return document.documentElement.dataset.theme") != theme
    browser.driver.find_element(By.CSS_SELECTOR, "#legend button").click()
    assert browser.run("return Array.from(state.hidden)") == [0]


@in_a_browser
def test_many_dimensions_have_sliders_and_axes_to_choose(browser: Browser) -> None:
    browser.open(untrained(tiny_config(latent_dim=5)))
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, "#sliders input")) == 5
    slider = browser.driver.find_element(By.CSS_SELECTOR, "#sliders label:nth-child(4) input")
    slider.send_keys(Keys.ARROW_RIGHT)
    assert browser.z()[3] == pytest.approx(0.01)
    axes = browser.run("return state.axes")
    box = browser.driver.find_element(By.CSS_SELECTOR, "#axes select")
    (other,) = [
        option
        for option in box.find_elements(By.TAG_NAME, "option")
        if option.text == f"z{axes[1] + 1}"
    ]
    other.click()
    assert browser.run("return state.axes") == axes[::-1]


@in_a_browser
@pytest.mark.parametrize("dims", [1, 2])
def test_a_model_without_encodings_has_its_page(browser: Browser, dims: int) -> None:
    browser.open(replace(untrained(tiny_config(latent_dim=dims)), encodings=None, latent=None))
    browser.drag((0, 0), (50, 50))
    assert len(browser.z()) == dims
    assert browser.driver.get_log("browser") == []


@in_a_browser
def test_what_a_person_named_runs_nothing(browser: Browser, workspace: Workspace) -> None:
    name = "</script><script>document.title = 'gone'</script>{{model}}"
    encodings = replace(workspace.encodings, class_names=(name, name))
    browser.open(replace(workspace, title=name, encodings=encodings))
    browser.frame()
    assert browser.driver.title == name
    assert browser.driver.find_element(By.ID, "title").text == name
    assert browser.driver.find_element(By.CSS_SELECTOR, "#legend span").text == name


@in_a_browser
def test_the_page_says_what_it_is_and_shows_the_way_without_scrolling(
    browser: Browser, shipped: Workspace
) -> None:
    browser.open(shipped)
    sizes = (
        "return [window.outerHeight - window.innerHeight, window.outerWidth - window.innerWidth]"
    )
    frame_height, frame_width = browser.run(sizes)
    browser.driver.set_window_size(1280 + frame_width, 720 + frame_height)
    browser.frame()
    assert browser.run("return [window.innerWidth, window.innerHeight]") == [1280, 720]
    assert browser.driver.find_element(By.TAG_NAME, "h1").text == "A map of handwritten digits"
    assert "Drag on it." in browser.driver.find_element(By.TAG_NAME, "header").text
    footer = browser.driver.find_element(By.TAG_NAME, "footer").text
    assert shipped.title in footer and "nats" in footer
    bottom = "return document.getElementById('strip').getBoundingClientRect().bottom"
    assert browser.run(bottom) <= 720


def test_the_page_of_the_shipped_model_is_small(shipped: Workspace, tmp_path: Path) -> None:
    assert write("web-page", shipped, tmp_path).stat().st_size < MAX_BYTES


@pytest.mark.parametrize("entry", LIKELIHOODS.values(), ids=LIKELIHOODS)
def test_the_page_has_the_mean_that_a_likelihood_names(entry: LikelihoodEntry) -> None:
    source = Path(web_page.__file__).with_name("decoder.js").read_text(encoding="utf-8")
    assert f"\n  {entry.page_mean}: (x) =>" in source


def test_a_layer_that_the_page_has_not_is_named() -> None:
    model = build(tiny_config().model)
    model.decoder.append(nn.Tanh())
    with torch.no_grad(), pytest.raises(UserError, match="Tanh"):
        plain_decoder(model)
