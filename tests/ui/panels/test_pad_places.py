"""Where things are on the pad: what Fit shows, handles at the edge, the grid, the frame of the focus."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.runtime.conftest import Collector
from tests.screen import pixels, place
from tests.spaces import show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.pictures.posterior import Posterior
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.pad.gestures import SNAP
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.style.theme import current_theme, rgb

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pad(panel_of: PanelOf, context: Context) -> PadPanel:
    panel = panel_of(PadPanel, 500, 500)
    show_space(context)
    return panel


def inside(pad: PadPanel, point: tuple[float, float]) -> bool:
    view = pad.view.view
    return view.x0 <= point[0] <= view.x1 and view.y0 <= point[1] <= view.y1


def names(pad: PadPanel) -> set[str]:
    return {handle.name for handle in pad.view.handles()}


def test_fit_shows_cursor_ends_keyframes_and_the_drawing(context: Context, pad: PadPanel) -> None:
    explorer = context.explorer
    points = {
        "cursor": (9.0, 0.0), "A": (-11.0, 2.0), "B": (0.0, 12.0),
        "1": (3.0, -14.0), "drawing": (15.0, 15.0),
    }  # fmt: skip
    latent = replace(explorer.latent, cursor=points["cursor"], a=points["A"], b=points["B"])
    explorer.set_latent(replace(latent, keyframes=(points["1"],), path="freehand"))
    explorer.set_posterior(Posterior(points["drawing"], (0.1, 0.1)))
    assert names(pad) == set(points)
    QTest.keyClick(pad.view, Qt.Key.Key_F)
    assert all(inside(pad, point) for point in points.values())
    assert names(pad) == set()


def test_fit_shows_every_encoding_with_a_margin(context: Context, pad: PadPanel) -> None:
    encodings = context.explorer.scatter.encodings
    assert encodings is not None
    mu = encodings.mu.copy()
    mu[7], mu[11] = (-8.0, 0.5), (1.0, 9.0)  # too few of the 520 to move the view that follows them
    model = context.library.shown
    assert model is not None
    workspace = replace(model.workspace, encodings=replace(encodings, mu=mu))
    context.library.add(replace(model, workspace=workspace))
    assert not inside(pad, (-8.0, 0.5))
    QTest.keyClick(pad.view, Qt.Key.Key_F)
    view = pad.view.view
    margin = 0.02 * (view.x1 - view.x0)
    assert mu[:, 0].min() - margin > view.x0 and mu[:, 0].max() + margin < view.x1
    assert mu[:, 1].min() - margin > view.y0 and mu[:, 1].max() + margin < view.y1


def test_while_a_model_learns_the_view_follows_its_encodings_alone(
    context: Context, pad: PadPanel
) -> None:
    view = pad.view.view
    context.explorer.move_cursor((500.0, 0.0))
    context.explorer.scatter.changed.emit()
    assert pad.view.view == view


def test_a_handle_at_the_edge_leads_to_what_is_out_of_view(
    qtbot, context: Context, pad: PadPanel
) -> None:
    explorer, moved = context.explorer, Collector()
    explorer.set_endpoint("B", (40.0, 0.5))
    (handle,) = pad.view.handles()
    assert handle.name == "B" and "B is out of view" in handle.tip
    area = pad.view._box.sceneBoundingRect()
    assert area.contains(handle.at) and handle.at.x() > area.right() - 20
    shown = pixels(pad.view)[round(handle.at.y()) - 7, round(handle.at.x()), :3]
    assert np.abs(shown - np.array(rgb(current_theme().text))).max() < 40
    explorer.latent_changed.connect(moved.take)
    QTest.mouseClick(pad.view.viewport(), LEFT, pos=handle.at.toPoint())
    assert inside(pad, (40.0, 0.5)) and "B" not in names(pad)
    assert moved.values == []  # the cursor stays where it was
    middle = pad.view.to_pixels((40.0, 0.5)) - area.center()
    assert abs(middle.x()) < 2 and abs(middle.y()) < 2


def test_handles_that_lead_the_same_way_lie_beside_each_other(
    context: Context, pad: PadPanel
) -> None:
    explorer = context.explorer
    explorer.set_latent(replace(explorer.latent, cursor=(30.0, 0.0), a=(40.0, 0.0), b=(50.0, 0.0)))
    places = [handle.at for handle in pad.view.handles()]
    assert len(places) == 3
    for index, at in enumerate(places):
        for other in places[:index]:
            assert QPointF.dotProduct(at - other, at - other) >= 18**2


def test_on_request_what_is_dragged_stays_on_a_grid(qtbot, context: Context, pad: PadPanel) -> None:
    free, explorer = (0.61, -0.87), context.explorer
    at = place(pad.view, free)
    QTest.mouseClick(pad.view.viewport(), LEFT, pos=at)
    assert explorer.latent.cursor == pytest.approx(free, abs=0.05)
    QTest.keyClick(pad.view, Qt.Key.Key_G)
    assert pad.snap_button.isChecked()
    QTest.mouseClick(pad.view.viewport(), LEFT, pos=at)
    assert explorer.latent.cursor == (0.5, -0.75)
    assert all(value % SNAP == 0 for value in explorer.latent.cursor)
    assert pad.state() == {"snap": True}
    pad.restore_state({})
    QTest.mouseClick(pad.view.viewport(), LEFT, pos=at)
    assert explorer.latent.cursor == pytest.approx(free, abs=0.05)


def test_over_a_background_the_encodings_are_faint(context: Context, pad: PadPanel) -> None:
    opacities = []
    for name in ("none", "density", "coverage", "none"):
        pad.set_layers(PadLayers(name))
        opacities.append(pad.view._scatter.opacity())
    assert opacities == [1.0, 0.35, 0.35, 1.0]


def test_the_pad_shows_that_the_keys_act_on_it(qtbot, context: Context, pad: PadPanel) -> None:
    wanted = rgb(current_theme().accent)
    frame = pad.view._box.sceneBoundingRect()
    row, column = round(frame.center().y()) + 30, round(frame.left()) + 1

    def framed() -> bool:
        shown = pixels(pad.view)[row, column - 1 : column + 2, :3].astype(int)
        return bool((np.abs(shown - wanted).max(axis=1) < 60).any())

    pad.activateWindow()
    pad.view.clearFocus()
    qtbot.waitUntil(lambda: not pad.view.hasFocus())
    assert not framed()
    pad.view.setFocus()
    qtbot.waitUntil(pad.view.hasFocus)
    assert framed()
