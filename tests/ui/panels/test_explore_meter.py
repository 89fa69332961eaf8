"""Explore says how far a place is on the map, and which known image looks most like its digit."""

from dataclasses import replace

import numpy as np
import pytest

from tests.runtime.conftest import entry
from tests.screen import pixels
from tests.spaces import show_space
from tests.tiny import tiny_config
from tests.ui.conftest import PanelOf
from vae_gui.core.inference.engine import Engine
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.explore.decoded import DecodedDigit


@pytest.fixture
def panel(panel_of: PanelOf) -> DecodedDigit:
    return panel_of(DecodedDigit, 700, 240)


def test_the_bar_is_fuller_where_the_encodings_are_denser(
    qtbot, context: Context, panel: DecodedDigit
) -> None:
    show_space(context)
    bar, shares = panel.coverage_label.bar, []
    mu = np.median(context.explorer.scatter.encodings.mu, axis=0)
    for place, word in ((tuple(mu.tolist()), "well inside"), ((9.0, 9.0), "off the map")):
        context.explorer.move_cursor(place)
        qtbot.waitUntil(lambda word=word: word in panel.coverage_label.text())
        assert bar.accessibleDescription() == word
        shares.append(bar.share)
        assert pixels(bar)[..., :3].std() > 0
    assert shares[0] > 0.5 > shares[1] == 0.0


def test_the_nearest_known_image_follows_the_cursor(
    qtbot, context: Context, panel: DecodedDigit, bars
) -> None:
    context.library.add(entry("bars", steps=2))
    nearest = panel.nearest
    qtbot.waitUntil(nearest.isVisible)
    for place in ((0.0, 0.0), (2.0, -1.5)):
        context.explorer.move_cursor(place)
        decoded = Engine(context.explorer.weights.snapshot).decode(np.array([place], np.float32))
        squares = ((bars.test.images - decoded.astype(float)) ** 2).mean(axis=(1, 2))
        expected = bars.test.images[squares.argmin()]
        qtbot.waitUntil(lambda expected=expected: np.array_equal(nearest._image, expected))
    assert "of 20 test images" in nearest.text.text()
    assert any(name in nearest.text.text() for name in bars.class_names)


def test_without_images_or_room_there_is_none(
    qtbot, context: Context, panel: DecodedDigit, bars
) -> None:
    context.library.add(entry("bare", config=replace(tiny_config(), dataset="elsewhere")))
    assert not panel.nearest.isVisible()
    context.library.add(entry("bars", steps=2))
    qtbot.waitUntil(panel.nearest.isVisible)
    panel.resize(700, 110)
    assert not panel.nearest.isVisible()
    panel.resize(700, 240)
    assert panel.nearest.isVisible()
