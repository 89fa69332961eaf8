"""The samples panel: what each mode shows, and what a model without it says."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.spaces import decoded, random_snapshot, show_space
from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.inference.engine import Engine
from vae_gui.core.latent.sampling import ClassSigma
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.samples.bar import CLASS_MODES, Mode
from vae_gui.ui.panels.samples.panel import INPUTS, SamplesPanel
from vae_gui.ui.widgets.image_grid import ImageGrid


@pytest.fixture
def panel(panel_of: PanelOf) -> SamplesPanel:
    return panel_of(SamplesPanel, 900, 600)


def choose(qtbot, panel: SamplesPanel, mode: Mode) -> None:
    """As a person does, and wait for what comes."""
    index = panel.bar.mode_box.findData(mode)
    assert index >= 0
    panel.bar.mode_box.setCurrentIndex(index)
    before = panel._images
    panel.bar.mode_box.activated.emit(index)
    qtbot.waitUntil(lambda: panel._images is not before)


def grid(panel: SamplesPanel) -> ImageGrid:
    return panel.view.grid


def modes(panel: SamplesPanel) -> set[Mode]:
    return {panel.bar.mode_box.itemData(i) for i in range(panel.bar.mode_box.count())}


def shown(qtbot, panel: SamplesPanel) -> np.ndarray:
    qtbot.waitUntil(lambda: panel._images is not None)
    assert panel._images is not None
    return panel._images


@pytest.mark.parametrize(
    ("latent_dim", "side"), [(1, 28), (2, 28), (3, 28), (20, 28), (2, 32)], ids=str
)
def test_it_opens_on_49_samples_of_the_prior(
    qtbot, context: Context, panel: SamplesPanel, latent_dim: int, side: int
) -> None:
    snapshot = show_space(context, latent_dim, side=side)
    images = shown(qtbot, panel)
    assert images.shape == (49, side, side)
    assert panel._z.shape == (49, latent_dim)
    assert np.array_equal(images, decoded(snapshot, *panel._z))
    assert grid(panel)._geometry().columns == 7


def test_the_dice_draws_others_and_the_seed_repeats(
    qtbot, context: Context, panel: SamplesPanel
) -> None:
    show_space(context)
    first = shown(qtbot, panel)
    qtbot.mouseClick(panel.bar.dice_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not np.array_equal(panel._images, first))
    assert panel.bar.choice.seed == 1
    other = SamplesPanel(context)
    qtbot.addWidget(other)
    other.hide()
    panel.hide()
    other.show()
    assert np.array_equal(shown(qtbot, other), first)


def test_any_count_can_be_typed(qtbot, context: Context, panel: SamplesPanel) -> None:
    show_space(context)
    shown(qtbot, panel)
    box = panel.bar.count_box
    box.selectAll()
    qtbot.keyClicks(box, "130")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: grid(panel).count() == 130)


def test_a_click_moves_the_cursor_to_the_sample(
    qtbot, context: Context, panel: SamplesPanel
) -> None:
    snapshot = show_space(context, 3)
    images = shown(qtbot, panel)
    place = grid(panel).tile_rect(9).center().toPoint()
    qtbot.mouseClick(grid(panel), Qt.MouseButton.LeftButton, pos=place)
    assert np.array_equal(decoded(snapshot, context.explorer.latent.cursor)[0], images[9])


def test_samples_follow_the_weights(qtbot, context: Context, panel: SamplesPanel) -> None:
    first = show_space(context)
    before = shown(qtbot, panel)
    newer = random_snapshot(first.model, seed=1, step=1)
    context.explorer.weights.adopt(newer)
    qtbot.waitUntil(lambda: panel._images is not before)
    assert np.array_equal(panel._images, decoded(newer, *panel._z))


def test_posterior_samples_stand_under_their_originals(
    qtbot, context: Context, panel: SamplesPanel
) -> None:
    snapshot = show_space(context)
    shown(qtbot, panel)
    context.explorer.scatter.set_images(tiny_data())
    choose(qtbot, panel, Mode.POSTERIOR)
    images = shown(qtbot, panel)
    assert len(images) == INPUTS * 4
    originals = {image.tobytes() for image in tiny_data().test.images}
    assert {image.tobytes() for image in images[:INPUTS]} == originals
    assert np.array_equal(images[INPUTS:], decoded(snapshot, *panel._z[INPUTS:]))
    assert grid(panel)._geometry().columns == INPUTS
    mu, _ = Engine(snapshot).encode(images[:INPUTS])
    assert panel._z[:INPUTS] == pytest.approx(mu, abs=1e-5)


def test_without_the_data_reconstructions_stand_in_and_are_called_so(
    qtbot, context: Context, panel: SamplesPanel
) -> None:
    snapshot = show_space(context)
    shown(qtbot, panel)
    choose(qtbot, panel, Mode.POSTERIOR)
    encodings = context.explorer.scatter.encodings
    assert encodings is not None
    mu = panel._z[:INPUTS]
    assert {row.tobytes() for row in mu} <= {row.tobytes() for row in encodings.mu}
    assert np.array_equal(panel._images[:INPUTS], decoded(snapshot, *mu))
    assert "decode(μ)" in panel.bar._note.text()
    spread = (panel._z[INPUTS:].reshape(3, INPUTS, 2) - mu).std()
    assert spread == pytest.approx(np.exp(-1.5), rel=0.3)


@pytest.mark.parametrize("mode", [Mode.PERCENTILES, Mode.RANDOM])
def test_each_class_has_a_row(qtbot, context: Context, panel: SamplesPanel, mode: Mode) -> None:
    show_space(context)
    shown(qtbot, panel)
    choose(qtbot, panel, mode)
    assert len(panel._images) == 3 * 20
    assert panel.view._body._names == ("a", "b", "c")
    assert grid(panel)._geometry().columns == 20


def test_the_tutorials_sigma_is_the_default_and_the_other_reaches_further(
    qtbot, context: Context, panel: SamplesPanel
) -> None:
    show_space(context)
    shown(qtbot, panel)
    choose(qtbot, panel, Mode.PERCENTILES)
    assert "tutorial" in panel.bar.sigma_box.currentText()
    narrow = np.ptp(panel._z[:20], axis=0)
    before = panel._images
    index = panel.bar.sigma_box.findData(ClassSigma.TOTAL)
    panel.bar.sigma_box.setCurrentIndex(index)
    panel.bar.sigma_box.activated.emit(index)
    qtbot.waitUntil(lambda: panel._images is not before)
    assert (np.ptp(panel._z[:20], axis=0) > 2 * narrow).all()


def test_prototypes_of_26_classes_carry_their_names(
    qtbot, context: Context, panel: SamplesPanel
) -> None:
    show_space(context, classes=26)
    shown(qtbot, panel)
    choose(qtbot, panel, Mode.PROTOTYPES)
    encodings = context.explorer.scatter.encodings
    assert len(panel._images) == 26
    assert grid(panel)._captions == tuple("abcdefghijklmnopqrstuvwxyz")
    members = encodings.mu[encodings.labels == 25]
    assert panel._z[25] == pytest.approx(members.mean(axis=0), abs=1e-5)


def test_without_labels_only_prior_and_posterior_are_offered(
    qtbot, context: Context, panel: SamplesPanel
) -> None:
    show_space(context)
    shown(qtbot, panel)
    choose(qtbot, panel, Mode.PROTOTYPES)
    show_space(context, classes=0)
    assert modes(panel) == {Mode.PRIOR, Mode.POSTERIOR}
    assert len(shown(qtbot, panel)) == 49


@pytest.mark.parametrize(("mode", "why"), [(Mode.PRIOR, "no prior"), (Mode.POSTERIOR, "one point")])
def test_an_autoencoder_says_why_there_is_nothing(
    qtbot, context: Context, panel: SamplesPanel, mode: Mode, why: str
) -> None:
    show_space(context)
    shown(qtbot, panel)
    if mode is Mode.POSTERIOR:
        choose(qtbot, panel, mode)
    show_space(context, architecture="autoencoder-512")
    assert grid(panel).count() == 0
    assert why in grid(panel)._empty_text
    assert panel.bar.dice_button.isHidden()


def test_an_autoencoder_has_class_samples(qtbot, context: Context, panel: SamplesPanel) -> None:
    snapshot = show_space(context, architecture="autoencoder-512")
    for mode in CLASS_MODES:
        choose(qtbot, panel, mode)
        assert np.array_equal(panel._images, decoded(snapshot, *panel._z))
    assert panel.bar.sigma_box.isHidden()


def test_before_the_first_encodings_class_samples_say_that_they_will_come(
    qtbot, context: Context, panel: SamplesPanel
) -> None:
    show_space(context)
    shown(qtbot, panel)
    choose(qtbot, panel, Mode.RANDOM)
    show_space(context, encoded=False)
    assert panel.bar.choice.mode is Mode.RANDOM
    assert "as soon as" in grid(panel)._empty_text
