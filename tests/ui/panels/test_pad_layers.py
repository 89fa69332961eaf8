"""The pad's layers: one background under any overlays, each saying what it is."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from tests.screen import pixels
from tests.spaces import decoded, random_snapshot, show_space
from tests.ui.conftest import PanelOf
from tests.waiting import WAIT_SECONDS
from vae_gui.core.inference.engine import Engine
from vae_gui.core.inference.requests import Answering
from vae_gui.core.latent.grid import even_grid
from vae_gui.core.pictures.backgrounds import DistortionBackground
from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.pad.panel import PadPanel

EMPTY = PadLayers().with_overlays(
    {"encodings": False, "class_names": False, "path": False, "digit": False}
)
LEFT = Qt.MouseButton.LeftButton


UNITS = {
    "density": "share of the images per unit",
    "manifold": "units of z",
    "coverage": "log q(z), nats",
    "distortion": "area of images per area of z",
}


@pytest.fixture
def panel(panel_of: PanelOf) -> PadPanel:
    return panel_of(PadPanel, 600, 500)


def choose(qtbot, panel: PadPanel, background: str) -> None:
    """Show it and wait for its picture."""
    panel.set_layers(replace(panel.layers, background=background))
    qtbot.waitUntil(panel.view.caption.isVisible)


def picture_under(panel: PadPanel, x: float, y: float) -> np.ndarray:
    """RGBA of the background at a place of the plane."""
    picture, rect = panel.view._layer.image[::-1], panel.view._layer.mapRectToParent(
        panel.view._layer.boundingRect()
    )  # fmt: skip
    height, width = picture.shape[:2]
    column = int((x - rect.left()) / rect.width() * width)
    row = int((rect.bottom() - y) / rect.height() * height)
    return picture[row, column]


def covers_the_view(panel: PadPanel) -> bool:
    item, view = panel.view._layer, panel.view.view
    rect = item.mapRectToParent(item.boundingRect())
    return np.allclose((rect.left(), rect.right()), (view.x0, view.x1))


BACKGROUNDS = [name for name, layer in LAYERS.items() if layer.request is not None]


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("dims", [1, 2, 20])
def test_every_background_is_painted_and_named(
    qtbot, context: Context, panel: PadPanel, background: str, dims: int
) -> None:
    show_space(context, dims)
    panel.set_layers(EMPTY)
    before = pixels(panel.view)
    choose(qtbot, panel, background)
    assert not np.array_equal(pixels(panel.view), before)
    text = panel.view.caption.caption.text
    assert UNITS[background] in text
    if background in ("coverage", "distortion"):
        assert ("slice at the cursor" in text) == (dims > 2)


def test_without_a_background_nothing_lies_under_the_encodings(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context)
    choose(qtbot, panel, "density")
    panel.set_layers(PadLayers())
    assert panel.view._layer.image is None
    assert not panel.view.caption.isVisible()


def test_a_late_answer_of_another_background_is_not_shown(
    qtbot, context: Context, panel: PadPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a background that is being computed
    begun, go = threading.Event(), threading.Event()
    compute = DistortionBackground.answer

    def slow(request: DistortionBackground, engine: Engine) -> Answering[object]:
        begun.set()
        assert go.wait(WAIT_SECONDS)
        return (yield from compute(request, engine))

    monkeypatch.setattr(DistortionBackground, "answer", slow)
    show_space(context)
    taken = []
    context.explorer.questions.answered.connect(lambda answer: taken.append(type(answer.request)))
    panel.set_layers(replace(panel.layers, background="distortion"))
    qtbot.waitUntil(begun.is_set)
    # when another one is chosen before it is there
    panel.set_layers(replace(panel.layers, background="manifold"))
    go.set()
    qtbot.waitUntil(panel.view.caption.isVisible)
    # then it is dropped
    assert panel.view.caption.caption.text.startswith("decoded digits, one every")
    assert DistortionBackground not in taken


@pytest.mark.parametrize("zoom", [1.0, 6.0])
def test_the_tile_under_the_mouse_is_what_its_place_decodes_to(
    qtbot, context: Context, panel: PadPanel, zoom: float
) -> None:
    # given the manifold under the pad, and a zoom
    snapshot = show_space(context, 3)
    choose(qtbot, panel, "manifold")
    panel.view.zoom(zoom, QPointF(0.7, 0.4))
    qtbot.waitUntil(lambda: covers_the_view(panel))
    view = panel.view.view
    x0, x1, y0, y1 = view.x0, view.x1, view.y0, view.y1
    rows, columns = (side // 28 for side in panel.view._layer.image.shape[:2])
    latent_grid = even_grid((x0, x1, y0, y1), columns, rows)
    # when the pointer is at a place of the pad
    x, y = panel.view.to_latent(QPointF(200, 150))
    row, column = divmod(latent_grid.nearest(x, y), len(latent_grid.x))
    # then the middle of the tile there shows what its z decodes to
    z = (latent_grid.x[column], latent_grid.y[row], context.explorer.latent.cursor[2])
    image = decoded(snapshot, z)[0]
    middle = picture_under(panel, z[0] + 1e-9, z[1] - 1e-9)
    assert middle[0] == pytest.approx(0.7 * image[14, 14], abs=2)
    assert abs(z[0] - x) <= (x1 - x0) / len(latent_grid.x) / 2 + 1e-9
    assert abs(z[1] - y) <= (y1 - y0) / len(latent_grid.y) / 2 + 1e-9


def test_the_autoencoder_says_that_its_density_is_by_kernels_and_has_no_ellipses(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context, 2, "autoencoder-512")
    choose(qtbot, panel, "coverage")
    assert "by kernels" in panel.view.caption.caption.text
    assert not panel.layers_form.overlays["posterior_ellipses"].isEnabled()
    assert "no ellipse" in panel.layers_form.overlays["posterior_ellipses"].toolTip()
    panel.set_layers(PadLayers().with_overlays({"posterior_ellipses": True}))
    assert len(panel.view._ellipses.shapes) == 0


def test_posterior_ellipses_are_one_sigma_to_scale(context: Context, panel: PadPanel) -> None:
    show_space(context, 3)
    panel.set_layers(PadLayers().with_overlays({"posterior_ellipses": True}))
    ellipses, encodings = panel.view._ellipses.shapes, context.explorer.scatter.encodings
    assert len(ellipses) == 200
    np.testing.assert_allclose(ellipses[0, :2], encodings.mu[0, :2])
    np.testing.assert_allclose(ellipses[0, 2:4], np.exp(-1.5), rtol=1e-6)


def test_overlays_can_be_switched_off(qtbot, context: Context, panel: PadPanel) -> None:
    show_space(context)
    qtbot.waitUntil(lambda: panel.view.marks.tile is not None)
    marks = panel.view.marks
    assert marks.path and marks.markers and marks.labels
    assert panel.view._scatter.image is not None
    panel.set_layers(EMPTY)
    marks = panel.view.marks
    assert not (marks.path or marks.markers or marks.labels)
    assert marks.tile is None
    assert panel.view._scatter.image is None


def test_the_form_says_what_is_shown_and_changes_it(
    qtbot, context: Context, panel: PadPanel
) -> None:
    show_space(context)
    form = panel.layers_form
    form.backgrounds["density"].click()
    form.overlays["posterior_ellipses"].click()
    assert panel.layers == PadLayers("density", (("posterior_ellipses", True),))
    panel.set_layers(PadLayers("coverage"))
    assert form.backgrounds["coverage"].isChecked()
    assert not form.overlays["posterior_ellipses"].isChecked()


def test_the_layers_follow_newer_weights(qtbot, context: Context, panel: PadPanel) -> None:
    first = show_space(context)
    choose(qtbot, panel, "manifold")
    before = panel.view._layer.image
    newer = random_snapshot(first.model, seed=3, step=5)
    context.explorer.weights.adopt(newer)
    qtbot.waitUntil(lambda: not np.array_equal(panel.view._layer.image, before))


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
    assert panel.view._scatter.image[..., 3].any()
