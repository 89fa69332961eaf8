"""The neighbours panel: the nearest images of the point that is looked at, and what the mouse does with them."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.answers import wait_for_answers
from tests.spaces import config_of, show, show_space, trained, unlabelled
from tests.tiny import tiny_config, tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.inference.engine import Engine
from vae_gui.core.latent.neighbours import NearestEncodings
from vae_gui.core.vae.config import RunConfig
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.neighbours.panel import COUNT, NeighboursPanel
from vae_gui.ui.panels.neighbours.words import NO_IMAGES, support_words

DATA, CONFIG = tiny_data(), config_of()


@pytest.fixture
def panel(panel_of: PanelOf) -> NeighboursPanel:
    return panel_of(NeighboursPanel, 640, 420)


def expected_tiles(context: Context, z: tuple[float, ...]) -> np.ndarray:
    """The nearest of `tiny_data`, by all distances."""
    data, engine = tiny_data().train, Engine(context.explorer.weights.snapshot)
    decoded = engine.mean_images(np.array([z], np.float32))[0]
    in_pixels = np.square(data.images / 255 - decoded).mean(axis=(1, 2))
    in_z = np.linalg.norm(engine.encode(data.images)[0] - np.float32(z), axis=1)
    return np.concatenate([np.argsort(far, kind="stable")[:COUNT] for far in (in_pixels, in_z)])


def shows(qtbot, panel: NeighboursPanel, z: tuple[float, ...]) -> None:
    """Wait until the neighbours of this point are shown, and only those."""
    expected = tiny_data().train.images[expected_tiles(panel.context, z)]
    qtbot.waitUntil(
        lambda: (
            panel.rows.grid.count() == 2 * COUNT
            and np.array_equal(panel.rows.grid._images, expected)
        )
    )


def tile(panel: NeighboursPanel, index: int) -> QPoint:
    return panel.rows.grid.tile_rect(index).center().toPoint()


def mu_of(panel: NeighboursPanel, index: int) -> tuple[float, ...]:
    image = panel.rows.grid._images[index]
    engine = Engine(panel.explorer.weights.snapshot)
    return tuple(engine.encode(image[None])[0][0].tolist())


def shown_model(
    qtbot, context: Context, panel: NeighboursPanel, config: RunConfig = CONFIG
) -> None:
    """A model that has been shown its place to start from: its encodings are there."""
    show(context, trained(config, DATA, steps=6), DATA)
    qtbot.waitUntil(lambda: context.explorer.scatter.encodings is not None)
    shows(qtbot, panel, context.explorer.latent.cursor)


def test_both_rows_follow_the_cursor_and_the_pointer(qtbot, context, panel) -> None:
    shown_model(qtbot, context, panel)
    context.explorer.move_cursor((1.0, -0.7))
    shows(qtbot, panel, (1.0, -0.7))
    context.explorer.set_hover_point((-1.5, 0.2))
    shows(qtbot, panel, (-1.5, 0.2))
    context.explorer.set_hover_point(None)
    shows(qtbot, panel, (1.0, -0.7))


def test_the_captions_and_the_sentence_are_of_the_point(qtbot, context, panel) -> None:
    shown_model(qtbot, context, panel)
    z = context.explorer.latent.cursor
    data, engine = tiny_data(), Engine(context.explorer.weights.snapshot)
    mu, _ = engine.encode(data.train.images)
    distances = np.linalg.norm(mu - np.float32(z), axis=1)
    captions = panel.shown.captions()
    assert len(captions) == 2 * COUNT
    assert captions[COUNT].startswith(f"{distances.min():.2f} · ")
    assert captions[COUNT].endswith(data.class_names[data.train.labels[distances.argmin()]])
    decoded = engine.mean_images(np.array([z], np.float32))[0]
    rms = np.sqrt(np.square(data.train.images / 255 - decoded).mean(axis=(1, 2)).min())
    assert captions[0].startswith(f"{100 * rms:.0f} % · ")
    assert f"{(distances <= 1).sum()} of 48 training images are" in panel.support.text()


def test_pointing_at_an_image_looks_there_and_leaves_the_rows(qtbot, context, panel) -> None:
    shown_model(qtbot, context, panel)
    wait_for_answers(qtbot, context)  # a newer row, which comes with the move, would end it
    grid, before = panel.rows.grid, panel.rows.grid._images
    for index in (2, COUNT + 3):
        qtbot.mouseMove(grid, tile(panel, index))
        assert context.explorer.hover_point == pytest.approx(mu_of(panel, index), abs=1e-4)
    cursor = context.explorer.latent.cursor
    panel.refresh()
    qtbot.waitUntil(lambda: not panel._throttle._timer.isActive())
    wait_for_answers(qtbot, context)
    assert np.array_equal(grid._images, before)
    panel.hide()
    assert context.explorer.hover_point is None and context.explorer.latent.cursor == cursor


def test_a_click_moves_the_cursor_to_where_the_image_is_encoded(qtbot, context, panel) -> None:
    shown_model(qtbot, context, panel)
    z = mu_of(panel, COUNT + 5)
    qtbot.mouseMove(panel.rows.grid, tile(panel, COUNT + 5))
    qtbot.mouseClick(panel.rows.grid, Qt.MouseButton.LeftButton, pos=tile(panel, COUNT + 5))
    assert context.explorer.latent.cursor == pytest.approx(z, abs=1e-4)
    assert context.explorer.hover_point is None
    shows(qtbot, panel, context.explorer.latent.cursor)
    assert panel.shown.captions()[COUNT].startswith("0.00")
    context.explorer.undo_stack.undo()
    shows(qtbot, panel, context.explorer.latent.cursor)


def test_after_a_run_the_images_are_encoded_with_its_last_weights(
    qtbot, context, panel, bars
) -> None:
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config(epochs=20))
    context.explorer.move_cursor((0.3, 0.2))
    shows(qtbot, panel, (0.3, 0.2))
    assert not panel.missing.isVisible() and panel.support.text()


def test_without_images_it_says_so(qtbot, context, panel) -> None:
    show_space(context)
    assert panel.missing.text() == NO_IMAGES and panel.missing.isVisible()
    assert panel.rows.grid.count() == 0
    shown_model(qtbot, context, panel)
    show_space(context)
    assert panel.missing.text() == NO_IMAGES and panel.rows.grid.count() == 0


@pytest.mark.parametrize("architecture", ["autoencoder-512", "mlp-256"])
def test_models_of_other_kinds_have_neighbours_too(qtbot, context, panel, architecture) -> None:
    data = unlabelled(tiny_data())
    show(context, trained(config_of(architecture, latent_dim=3), data, steps=2), data)
    qtbot.waitUntil(lambda: context.explorer.scatter.encodings is not None)
    shows(qtbot, panel, context.explorer.latent.cursor)
    prior = "prior" if architecture == "mlp-256" else "distance of 1"
    assert prior in panel.support.text()
    assert not any("·" in caption for caption in panel.shown.captions())


def test_the_norms_are_kept_for_all_models_of_the_data_set(qtbot, context, panel) -> None:
    shown_model(qtbot, context, panel)
    known = panel.training_images.known
    shown_model(qtbot, context, panel, config_of(latent_dim=3))
    assert known is not None and panel.training_images.known is known


def test_in_many_dimensions_the_sentence_says_what_one_sigma_is() -> None:
    found = NearestEncodings(np.arange(8), np.arange(8.0), 0, None)
    text = support_words(found, "60 000 training images", 20, True)
    assert "0 of 60 000" in text and "√(2·20) = 6.3" in text and "q(z|x)" not in text
    near = replace(found, within=1234, sigma=0.138)
    text = support_words(near, "60 000 training images", 2, True)
    assert "1 234 of" in text and "0.14" in text and "dimensions" not in text
    assert "prior" not in support_words(near, "60 000 training images", 20, False)
