"""The interpolation strip and the ways to choose its two ends."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QMenu

from tests.spaces import decoded, show_space
from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.analysis.coverage import CoverageLevel
from vae_gui.core.inference.engine import Engine
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.interpolation.panel import InterpolationPanel
from vae_gui.ui.parts.point_chooser import PointChooser

# The offscreen platform can neither raise a popup nor give it the keyboard.
popups = pytest.mark.qt_log_ignore("does not support", extend=True)


@pytest.fixture
def panel(panel_of: PanelOf) -> InterpolationPanel:
    return panel_of(InterpolationPanel, 700, 150)


def wait_for_strip(qtbot, panel: InterpolationPanel, snapshot: Snapshot) -> None:
    """Until the strip shows the way from A to B of now."""
    ends = panel.explorer.latent.a, panel.explorer.latent.b
    expected = decoded(snapshot, *ends)
    qtbot.waitUntil(
        lambda: (
            panel._images is not None
            and np.abs(panel._images[[0, -1]].astype(int) - expected).max() <= 1
        )
    )


def entries(chooser: PointChooser) -> dict[str, bool]:
    """The texts of the menu, and whether each can be chosen."""
    chooser.fill_menu()
    return {
        action.text(): action.isEnabled()
        for action in chooser.menu().actions()
        if not action.isSeparator()
    }


def trigger(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


@pytest.mark.parametrize(
    ("latent_dim", "architecture", "classes", "side"),
    [
        (1, "mlp-256", 3, 28),
        (2, "mlp-256", 26, 32),
        (20, "mlp-256", 0, 28),
        (2, "autoencoder-512", 3, 28),
    ],
)
def test_the_strip_goes_from_a_to_b_in_any_space(
    qtbot,
    context: Context,
    panel: InterpolationPanel,
    latent_dim: int,
    architecture: str,
    classes: int,
    side: int,
) -> None:
    snapshot = show_space(context, latent_dim, architecture, classes, side)
    wait_for_strip(qtbot, panel, snapshot)
    assert panel.strip.count() == context.explorer.latent.frames
    assert np.array_equal(panel.ends["A"].image, panel._images[0])
    assert np.array_equal(panel.ends["B"].image, panel._images[-1])


def test_of_the_shipped_model_64_frames_have_their_band(
    qtbot, context: Context, panel: InterpolationPanel
) -> None:
    context.files.open_now(resources_dir() / PRETRAINED)
    assert len(context.explorer.scatter.encodings) > 1000
    context.explorer.set_latent(replace(context.explorer.latent, frames=64))
    qtbot.waitUntil(lambda: len(panel.strip.band) == 64)
    assert set(panel.strip.band) <= set(CoverageLevel)


def test_every_class_centre_can_be_an_end_class_zero_included(
    context: Context, panel: InterpolationPanel
) -> None:
    show_space(context, 3, classes=26)
    chooser, encodings = panel.ends["A"].chooser, context.explorer.scatter.encodings
    chooser.fill_menu()
    classes = next(action.menu() for action in chooser.menu().actions() if action.menu())
    assert [action.text() for action in classes.actions()] == list("abcdefghijklmnopqrstuvwxyz")
    trigger(classes, "a")
    mean = encodings.mu[encodings.labels == 0].mean(axis=0)
    assert context.explorer.latent.a == pytest.approx(mean, abs=1e-5)
    assert panel.ends["A"].chooser.text() == "A · class a"


def test_without_labels_no_class_is_offered(context: Context, panel: InterpolationPanel) -> None:
    show_space(context, classes=0)
    assert "Class centre" not in entries(panel.ends["A"].chooser)


def test_a_random_end_is_another_one_each_time_and_the_same_in_each_session(
    context: Context, panel: InterpolationPanel, qtbot
) -> None:
    show_space(context, 3)
    places = []
    for _ in range(2):
        trigger_from(panel.ends["B"].chooser, "Random, from the prior")
        places.append(context.explorer.latent.b)
    other = InterpolationPanel(context)
    qtbot.addWidget(other)
    trigger_from(other.ends["B"].chooser, "Random, from the prior")
    assert places[0] != places[1]
    assert context.explorer.latent.b == places[0]


def trigger_from(chooser: PointChooser, text: str) -> None:
    chooser.fill_menu()
    trigger(chooser.menu(), text)


def test_the_cursor_can_be_an_end(context: Context, panel: InterpolationPanel) -> None:
    show_space(context)
    context.explorer.move_cursor((0.25, -0.75))
    trigger_from(panel.ends["A"].chooser, "Cursor")
    assert context.explorer.latent.a == (0.25, -0.75)


@popups
def test_an_image_is_chosen_from_a_grid_and_its_original_shown(
    qtbot, context: Context, panel: InterpolationPanel
) -> None:
    snapshot, data = show_space(context), tiny_data()
    context.explorer.scatter.set_images(data)
    end = panel.ends["A"]
    before = context.explorer.latent.a
    end.chooser.open_picker()
    assert end.chooser.picker.grid.count() == len(data.test)

    end.chooser.picker.grid.clicked.emit(7)

    qtbot.waitUntil(lambda: context.explorer.latent.a != before)
    index = int(end.chooser._pickable[7])
    mu, _ = Engine(snapshot).encode(data.test.images[index : index + 1])
    assert context.explorer.latent.a == pytest.approx(mu[0], abs=1e-5)
    assert np.array_equal(end.image, data.test.images[index])
    assert not end.chooser._popup.isVisible()


@popups
def test_without_the_data_the_grid_shows_reconstructions_and_says_so(
    qtbot, context: Context, panel: InterpolationPanel
) -> None:
    snapshot = show_space(context)
    chooser, encodings = panel.ends["B"].chooser, context.explorer.scatter.encodings
    chooser.open_picker()
    picker = chooser.picker
    qtbot.waitUntil(lambda: picker.grid.count() == 240)
    assert "decode(μ)" in picker._note.text()
    picker.grid.clicked.emit(100)
    mu = encodings.mu[chooser._pickable[100]]
    assert context.explorer.latent.b == pytest.approx(mu)
    wait_for_strip(qtbot, panel, snapshot)
    assert np.array_equal(panel.ends["B"].image, panel._images[-1])


def test_samples_of_q_replace_means_when_asked_for(
    context: Context, panel: InterpolationPanel
) -> None:
    show_space(context)
    chooser, encodings = panel.ends["A"].chooser, context.explorer.scatter.encodings
    chooser.choose_image(33)
    assert context.explorer.latent.a == pytest.approx(encodings.mu[33])
    trigger_from(chooser, "Samples, not means")
    sampled = np.array(context.explorer.latent.a)
    sigma = np.exp(encodings.logvar[33] / 2)
    assert not np.allclose(sampled, encodings.mu[33])
    assert (np.abs(sampled - encodings.mu[33]) < 5 * sigma).all()
    trigger_from(chooser, "Samples, not means")
    assert context.explorer.latent.a == pytest.approx(encodings.mu[33])


def test_an_autoencoder_has_no_samples_and_its_random_points_lie_near_its_codes(
    context: Context, panel: InterpolationPanel
) -> None:
    show_space(context, architecture="autoencoder-512")
    offered = entries(panel.ends["A"].chooser)
    assert offered["Samples, not means"] is False
    assert offered["Random near the encodings"] is True


def test_before_the_first_encodings_images_wait(
    context: Context, panel: InterpolationPanel
) -> None:
    show_space(context, encoded=False)
    offered = entries(panel.ends["A"].chooser)
    assert offered["Image of the data set…"] is False
    assert offered["Random, from the prior"] is True


def test_what_was_chosen_follows_a_swap_and_an_undo(
    context: Context, panel: InterpolationPanel
) -> None:
    show_space(context)
    panel.ends["A"].chooser.choose_class(2)
    panel._swap()
    assert panel.ends["A"].chooser.text() == "A"
    assert panel.ends["B"].chooser.text() == "B · class c"
    context.explorer.undo_stack.undo()
    assert panel.ends["A"].chooser.text() == "A · class c"
