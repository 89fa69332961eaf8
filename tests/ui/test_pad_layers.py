"""The pad's layers: one background under any overlays, each saying what it is; the meter and the card."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from tests.screen import pixels
from tests.tiny import tiny_config, tiny_data
from tests.ui.spaces import decoded, made_up_encodings, random_snapshot, show_space
from tests.ui.stage import show, trained
from vae_gui.app import build_context, shutdown
from vae_gui.core.density import log_density, mixture
from vae_gui.core.layers import Background, PadLayers
from vae_gui.ui.context import Context
from vae_gui.ui.panels.pad import PadPanel

EMPTY = PadLayers(encodings=False, class_names=False, path=False, digit=False)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def context(qapp: QApplication, home: object) -> Iterator[Context]:
    context = build_context()
    yield context
    shutdown(context)


@pytest.fixture
def panel(qtbot, context: Context) -> PadPanel:
    panel = PadPanel(context)
    qtbot.addWidget(panel)
    panel.resize(600, 500)
    panel.show()
    return panel


def choose(qtbot, panel: PadPanel, background: Background) -> None:
    """Show it and wait for its picture."""
    panel.set_layers(replace(panel.layers, background=background))
    qtbot.waitUntil(panel.view.caption.isVisible, timeout=20_000)


def ground_under(panel: PadPanel, x: float, y: float) -> np.ndarray:
    """RGBA of the background at a place of the plane."""
    picture, rect = panel.view._ground.image[::-1], panel.view._ground.mapRectToParent(
        panel.view._ground.boundingRect()
    )  # fmt: skip
    height, width = picture.shape[:2]
    column = int((x - rect.left()) / rect.width() * width)
    row = int((rect.bottom() - y) / rect.height() * height)
    return picture[row, column]


def covers_the_view(panel: PadPanel) -> bool:
    item, view = panel.view._ground, panel.view.view
    rect = item.mapRectToParent(item.boundingRect())
    return np.allclose((rect.left(), rect.right()), (view.x0, view.x1))


BACKGROUNDS = [b for b in Background if b is not Background.NONE]


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("dims", [1, 2, 20])
def test_every_background_is_painted_and_named(
    qtbot, context: Context, panel: PadPanel, background: Background, dims: int
) -> None:
    show_space(context, dims)
    panel.set_layers(EMPTY)
    before = pixels(panel.view)
    choose(qtbot, panel, background)
    assert not np.array_equal(pixels(panel.view), before)
    text = panel.view.caption.caption.text
    assert text
    if background in (Background.MAP, Background.DISTORTION):
        assert ("slice at the cursor" in text) == (dims > 2)


def test_without_a_background_nothing_lies_under_the_encodings(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context)
    choose(qtbot, panel, Background.DENSITY)
    panel.set_layers(PadLayers())
    assert panel.view._ground.image is None
    assert not panel.view.caption.isVisible()


def test_a_late_answer_of_another_background_is_not_shown(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context)
    for background in (Background.DISTORTION, Background.DENSITY, Background.MANIFOLD):
        panel.set_layers(replace(panel.layers, background=background))
    qtbot.waitUntil(panel.view.caption.isVisible, timeout=20_000)
    assert panel.view.caption.caption.text.startswith("Decoded every")


@pytest.mark.parametrize("zoom", [1.0, 6.0])
def test_the_tile_under_the_mouse_is_what_its_place_decodes_to(
    qtbot, context: Context, panel: PadPanel, zoom: float
) -> None:
    # given the manifold under the pad, and a zoom
    snapshot = show_space(context, 3)
    choose(qtbot, panel, Background.MANIFOLD)
    panel.view.zoom(zoom, QPointF(0.7, 0.4))
    qtbot.waitUntil(lambda: covers_the_view(panel), timeout=20_000)
    view = panel.view.view
    x0, x1, y0, y1 = view.x0, view.x1, view.y0, view.y1
    lattice = panel.ground._wanted.lattice
    # when the pointer is at a place of the pad
    x, y = panel.view.to_latent(QPointF(200, 150))
    row, column = divmod(lattice.nearest(x, y), len(lattice.x))
    # then the middle of the tile there shows what its z decodes to
    z = (lattice.x[column], lattice.y[row], 0.0)
    image = decoded(snapshot, z)[0]
    middle = ground_under(panel, z[0] + 1e-9, z[1] - 1e-9)
    assert middle[0] == pytest.approx(0.7 * image[14, 14], abs=2)
    assert abs(z[0] - x) <= (x1 - x0) / len(lattice.x) / 2 + 1e-9
    assert abs(z[1] - y) <= (y1 - y0) / len(lattice.y) / 2 + 1e-9


def test_the_autoencoder_says_that_its_density_is_by_kernels_and_has_no_bubbles(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context, 2, "autoencoder-512")
    choose(qtbot, panel, Background.MAP)
    assert "by kernels" in panel.view.caption.caption.text
    assert not panel.layers_form.overlays["bubbles"].isEnabled()
    assert "no ellipse" in panel.layers_form.overlays["bubbles"].toolTip()
    panel.set_layers(PadLayers(bubbles=True))
    assert len(panel.view._bubbles) == 0


def test_bubbles_are_one_sigma_to_scale(context: Context, panel: PadPanel) -> None:
    show_space(context, 3)
    panel.set_layers(PadLayers(bubbles=True))
    ellipses, encodings = panel.view._bubbles, context.explorer.encodings
    assert len(ellipses) == 200
    np.testing.assert_allclose(ellipses[0, :2], encodings.mu[0, :2])
    np.testing.assert_allclose(ellipses[0, 2:], np.exp(-1.5), rtol=1e-6)


def test_overlays_can_be_switched_off(qtbot, context: Context, panel: PadPanel) -> None:
    show_space(context)
    qtbot.waitUntil(lambda: panel.view.marks.tile is not None)
    marks = panel.view.marks
    assert marks.path and marks.markers and marks.labels
    assert panel.view._cloud.image is not None
    panel.set_layers(EMPTY)
    marks = panel.view.marks
    assert not (marks.path or marks.markers or marks.labels)
    assert marks.tile is None
    assert panel.view._cloud.image is None


def test_the_form_says_what_is_shown_and_changes_it(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context)
    form = panel.layers_form
    form.backgrounds[Background.DENSITY].click()
    form.overlays["bubbles"].click()
    assert panel.layers == PadLayers(Background.DENSITY, bubbles=True)
    panel.set_layers(PadLayers(Background.MAP))
    assert form.backgrounds[Background.MAP].isChecked()
    assert not form.overlays["bubbles"].isChecked()


def test_the_layers_follow_newer_weights(qtbot, context: Context, panel: PadPanel) -> None:
    first = show_space(context)
    choose(qtbot, panel, Background.MANIFOLD)
    before = panel.view._ground.image
    newer = random_snapshot(first.model, seed=3, step=5)
    context.explorer.adopt(newer)
    context.training.snapshot_changed.emit(newer)
    qtbot.waitUntil(lambda: not np.array_equal(panel.view._ground.image, before), timeout=10_000)


# --- the meter ---------------------------------------------------------------


def test_the_meter_gives_log_q_at_the_cursor_and_a_word(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context)
    qtbot.waitUntil(lambda: panel.meter.meter is not None)
    encodings = made_up_encodings(2, 3, point=False)
    value = log_density(mixture(encodings), np.zeros((1, 2)))[0]
    assert panel.meter.label.text() == f"log q {value:.1f}\nwell inside".replace("-", "−")
    context.explorer.move_cursor((30.0, 30.0))
    qtbot.waitUntil(lambda: panel.meter.label.text().endswith("off the map"))


def test_a_model_without_encodings_has_no_meter_and_no_density(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context, encoded=False)
    panel.set_layers(PadLayers(Background.MAP))
    qtbot.waitUntil(lambda: panel.view.marks.tile is not None)
    assert panel.meter.label.text() == ""
    assert not panel.view.caption.isVisible()


def test_the_map_is_made_of_the_training_images_where_they_are_in_memory(
    qtbot, context: Context, panel: PadPanel
) -> None:
    data = tiny_data(train=300, test=100)
    show(context, trained(tiny_config(), data), data)
    qtbot.waitUntil(lambda: panel.meter.meter is not None)
    assert "100 test images" in panel.meter.source
    panel.set_layers(PadLayers(Background.MAP))
    qtbot.waitUntil(lambda: "300 training images" in panel.meter.source, timeout=20_000)
    qtbot.waitUntil(
        lambda: (
            panel.view.caption.caption is not None
            and "300 training images" in panel.view.caption.caption.text
        ),
        timeout=20_000,
    )


# --- the card ----------------------------------------------------------------


def hover(qtbot, panel: PadPanel, point: tuple[float, float]) -> None:
    qtbot.mouseMove(panel.view.viewport(), panel.view.to_pixels(point).toPoint())


def loneliest(points: np.ndarray) -> int:
    """The point that is farthest from its nearest neighbour."""
    distance = np.square(points[:, None] - points[None]).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    return int(distance.min(axis=1).argmax())


def test_pointing_at_an_encoding_shows_its_own_image(
    qtbot, context: Context, panel: PadPanel
) -> None:
    data = tiny_data(test=40)
    show(context, trained(tiny_config(), data, steps=3), data)
    qtbot.waitUntil(lambda: context.explorer.encodings is not None)
    mu = context.explorer.encodings.mu
    index = loneliest(mu)
    panel.view.zoom(8, QPointF(*mu[index].tolist()))
    hover(qtbot, panel, tuple(mu[index].tolist()))
    card = panel.view.marks.card
    assert card is not None
    assert np.array_equal(card.image, data.test.images[index])
    assert card.caption == data.class_names[data.test.labels[index]]
    hover(qtbot, panel, (float(mu[:, 0].max()) + 1, 0.0))
    panel.view.hover_ended.emit()
    assert panel.view.marks.card is None


def test_without_the_data_the_card_shows_what_mu_decodes_to(
    qtbot, context: Context, panel: PadPanel
) -> None:
    snapshot = show_space(context)
    mu = context.explorer.encodings.mu
    index = loneliest(mu)
    hover(qtbot, panel, tuple(mu[index].tolist()))
    qtbot.waitUntil(lambda: panel.view.marks.card is not None)
    card = panel.view.marks.card
    assert np.array_equal(card.image, decoded(snapshot, tuple(mu[index].tolist()))[0])
    assert "decoded" in card.caption


# --- other dimensions --------------------------------------------------------


def test_with_one_dimension_a_drag_moves_z1_only_and_the_axis_has_no_second_name(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context, 1)
    at = panel.view.to_pixels((1.0, 0.7)).toPoint()
    qtbot.mouseClick(panel.view.viewport(), LEFT, pos=at)
    assert context.explorer.latent.cursor == pytest.approx((1.0,), abs=0.02)
    assert panel.view.marks.cursor[1] == 0
    assert not panel.view.getPlotItem().getAxis("left").isVisible()


def test_above_two_dimensions_the_bar_says_that_the_others_are_held(
    context: Context, panel: PadPanel
) -> None:
    show_space(context, 3)
    assert panel.axes_bar.isVisible()
    panel.axes_bar.chosen.emit(2, 0)
    assert context.explorer.latent.axes == (2, 0)
    show_space(context, 2)
    assert not panel.axes_bar.isVisible()


@pytest.mark.parametrize("classes", [0, 26])
def test_any_number_of_classes(context: Context, panel: PadPanel, classes: int) -> None:
    show_space(context, 2, classes=classes)
    assert panel.legend.isVisible() == bool(classes)
    assert len(panel.view.marks.labels) == classes
    assert panel.view._cloud.image[..., 3].any()
