"""A part of the drawing is marked as unknown, and its completions are looked at and gone to."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.screen import differs, pixels
from tests.spaces import CASES, config_of, random_snapshot, show, show_space, trained
from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from tests.ui.drawing import draw
from vae_gui.core.analysis.completion import Completions, completions
from vae_gui.core.pictures.unknown import unknown_pixels
from vae_gui.core.support.progress import finish
from vae_gui.ui.panels.draw.completing import NOTHING_DRAWN
from vae_gui.ui.panels.draw.completions_row import TEXT, captions_of
from vae_gui.ui.panels.draw.panel import DrawPanel

BAR = ((0.3, 0.2), (0.3, 0.5), (0.3, 0.8))
BELOW = ((0.1, 0.7), (0.5, 0.7))


@pytest.fixture
def panel(panel_of: PanelOf) -> DrawPanel:
    return panel_of(DrawPanel, 900, 460)


def mark(panel: DrawPanel, *points: tuple[float, float]) -> None:
    panel.tools.unknown.click()
    draw(panel, *points)
    panel.tools.unknown.click()


def completed(qtbot, panel: DrawPanel) -> Completions:
    live = panel.completing.live
    qtbot.waitUntil(lambda: live.up_to_date and live.value is not None)
    assert panel.completions.found is live.value
    return live.value


def test_what_is_marked_is_completed(qtbot, context, panel) -> None:
    data = tiny_data()
    snapshot = show(context, trained(config_of(), data, steps=6), data)
    draw(panel, *BAR)
    assert panel.completions.isHidden()
    mark(panel, *BELOW)
    latent = context.explorer.latent
    assert len(latent.strokes) == 1 and len(latent.unknown) == 1
    assert panel.completions.isVisible()
    found = completed(qtbot, panel)

    image = panel.prepared.image
    mask = unknown_pixels(latent.unknown, panel.prepared.frame, 28)
    assert 0 < mask.sum() < mask.size
    expected = finish(completions(snapshot, image, mask))
    assert np.array_equal(found.z, expected.z) and np.array_equal(found.images, expected.images)
    assert panel.completions.grid.count() == len(found.z)
    assert captions_of(found)[0].endswith("%")
    assert panel.completions.text.text() == TEXT


def test_a_mark_is_one_step_of_undo_and_seen(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, *BAR)
    plain, explorer = pixels(panel.canvas), context.explorer
    mark(panel, *BELOW, (0.5, 0.9))
    assert differs(panel.canvas, plain)
    mark(panel, (0.8, 0.2))
    assert len(explorer.latent.unknown) == 2
    explorer.undo_stack.undo()
    explorer.undo_stack.undo()
    assert explorer.latent.unknown == () and explorer.latent.strokes != ()
    assert panel.completions.isHidden()
    explorer.undo_stack.redo()
    assert panel.completions.isVisible()


def test_a_glance_looks_there_and_a_click_goes_there(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, *BAR)
    mark(panel, *BELOW)
    found, explorer, grid = completed(qtbot, panel), context.explorer, panel.completions.grid
    place = grid.tile_rect(0).center().toPoint()
    qtbot.mouseMove(grid, place)
    assert explorer.hover_point == tuple(found.z[0].tolist())
    qtbot.mouseMove(grid, grid.rect().bottomRight())
    assert explorer.hover_point is None
    before = explorer.latent.cursor
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)
    assert explorer.latent.cursor == tuple(found.z[0].tolist()) != before
    explorer.undo_stack.undo()
    assert explorer.latent.cursor == before and explorer.latent.unknown


def test_it_is_known_again_by_its_button_and_with_a_clean_canvas(qtbot, context, panel) -> None:
    show_space(context)
    explorer = context.explorer
    draw(panel, *BAR)
    mark(panel, *BELOW)
    panel.completions.clear_button.click()
    assert explorer.latent.unknown == () and len(explorer.latent.strokes) == 1
    assert panel.completions.isHidden()
    explorer.undo_stack.undo()
    panel.tools.clear_button.click()
    assert explorer.latent.unknown == explorer.latent.strokes == ()
    explorer.undo_stack.undo()
    assert explorer.latent.unknown and explorer.latent.strokes


def test_the_keys_mark_too(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, *BAR)
    panel.canvas.setFocus()
    qtbot.keyClick(panel.canvas, Qt.Key.Key_U)
    assert panel.tools.unknown.isChecked() and panel.canvas.marks_unknown
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Space):
        qtbot.keyClick(panel.canvas, key)
    assert context.explorer.latent.unknown == (((0.5, 0.5), (0.54, 0.5)),)
    qtbot.keyClick(panel.canvas, Qt.Key.Key_U)
    assert not panel.canvas.marks_unknown
    grid = panel.completions.grid
    found = completed(qtbot, panel)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert context.explorer.latent.cursor == tuple(found.z[0].tolist())


def test_without_a_drawing_it_says_what_to_do(qtbot, context, panel) -> None:
    show_space(context)
    mark(panel, *BELOW)
    assert panel.completions.text.text() == NOTHING_DRAWN
    assert panel.completions.grid.count() == 0 and not panel.completing.live.busy


def test_an_autoencoder_says_why_there_are_none(qtbot, context, panel) -> None:
    show_space(context, architecture="autoencoder-512")
    draw(panel, *BAR)
    mark(panel, *BELOW)
    text = panel.completions.text
    qtbot.waitUntil(lambda: "autoencoder" in text.text())


def test_they_follow_the_weights_and_the_drawing(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, *BAR)
    mark(panel, *BELOW)
    first = completed(qtbot, panel)
    context.explorer.weights.adopt(random_snapshot(config_of().model, seed=5, step=7))
    second = completed(qtbot, panel)
    assert not np.array_equal(first.images, second.images)
    draw(panel, (0.6, 0.2), (0.7, 0.4))
    assert completed(qtbot, panel) is not second


def test_hidden_it_asks_for_nothing_more(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, *BAR)
    mark(panel, *BELOW)
    completed(qtbot, panel)
    panel.hide()
    context.explorer.weights.adopt(random_snapshot(config_of().model, seed=5, step=7))
    assert not panel.completing.live.up_to_date and not panel.completing.live.busy


@pytest.mark.parametrize("case", ["one dimension", "three dimensions", "32×32"])
def test_in_other_spaces_they_are_ranked_in_nats(qtbot, context, panel, case: str) -> None:
    config, data = CASES[case]
    show(context, trained(config, data), data)
    draw(panel, *BAR)
    mark(panel, *BELOW)
    found = completed(qtbot, panel)
    assert found.share is None and captions_of(found)[0] == "best"
    assert all(caption.endswith("nats") for caption in captions_of(found)[1:])
    assert found.images.shape[1:] == (data.side, data.side)


def test_what_is_unknown_stays_when_another_model_is_shown(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, *BAR)
    mark(panel, *BELOW)
    unknown = context.explorer.latent.unknown
    data = tiny_data()
    show(context, trained(config_of(), data), data)
    assert context.explorer.latent.unknown == unknown and len(unknown) == 1
    completed(qtbot, panel)


def test_a_screen_reader_is_told_of_it(context, panel) -> None:
    show_space(context)
    draw(panel, *BAR)
    assert "unknown" not in panel._spoken.words()
    mark(panel, *BELOW)
    assert "a part is unknown" in panel._spoken.words()
