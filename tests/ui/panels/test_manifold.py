"""The manifold panel: each tile is what its z decodes to, and a click goes there."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.answers import wait_for_answers
from tests.spaces import decoded, random_snapshot, show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.latent.grid import RANGE, ManifoldChoice
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.manifold.panel import MIN_FITTED, ManifoldPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(panel_of: PanelOf) -> ManifoldPanel:
    return panel_of(ManifoldPanel, 700, 500)


def wait_for_tiles(qtbot, panel: ManifoldPanel, rows: int) -> None:
    qtbot.waitUntil(lambda: panel.view.grid.count() == rows * rows)


def same(image: np.ndarray, expected: np.ndarray) -> bool:
    """Up to one grey level: a batch is summed in another order than one image."""
    return bool(np.abs(image.astype(int) - expected).max() <= 1)


def middle(panel: ManifoldPanel, index: int) -> QPoint:
    return panel.view.grid.tile_rect(index).center().toPoint()


@pytest.mark.parametrize(
    "choice",
    [
        ManifoldChoice(rows=7, lowest=0.1),
        ManifoldChoice(mode=RANGE, rows=6, x_low=-5, x_high=10, y_low=-10, y_high=5),
    ],
)
def test_the_tile_under_the_mouse_is_what_its_z_decodes_to(
    qtbot, context: Context, panel: ManifoldPanel, choice: ManifoldChoice
) -> None:
    snapshot = show_space(context, latent_dim=2)
    panel.set_choice(choice)
    wait_for_tiles(qtbot, panel, choice.rows)
    latent_grid = choice.latent_grid(2)
    for row, column in ((0, 0), (1, 4), (choice.rows - 1, 2)):
        index = row * choice.rows + column
        qtbot.mouseClick(panel.view.grid, LEFT, pos=middle(panel, index))
        z = (latent_grid.x[column], latent_grid.y[row])
        assert context.explorer.latent.cursor == pytest.approx(z, abs=1e-6)
        assert same(panel._images[index], decoded(snapshot, z)[0])


def test_z2_points_up(qtbot, context: Context, panel: ManifoldPanel) -> None:
    show_space(context)
    panel.set_choice(ManifoldChoice(rows=5))
    wait_for_tiles(qtbot, panel, 5)
    qtbot.mouseClick(panel.view.grid, LEFT, pos=middle(panel, 2))
    top = context.explorer.latent.cursor[1]
    qtbot.mouseClick(panel.view.grid, LEFT, pos=middle(panel, 22))
    assert top > 0 > context.explorer.latent.cursor[1]


def test_other_dimensions_are_held_at_the_cursor(
    qtbot, context: Context, panel: ManifoldPanel
) -> None:
    snapshot = show_space(context, latent_dim=3)
    context.explorer.move_cursor((0.0, 0.0, 1.5))
    panel.set_choice(ManifoldChoice(rows=5))
    wait_for_tiles(qtbot, panel, 5)
    z = (panel.choice.latent_grid(3).x[0], panel.choice.latent_grid(3).y[0], 1.5)
    qtbot.waitUntil(lambda: same(panel._images[0], decoded(snapshot, z)[0]))
    assert "held at the cursor" in panel._note.text()


def test_one_dimension_is_one_row(qtbot, context: Context, panel: ManifoldPanel) -> None:
    show_space(context, latent_dim=1)
    panel.set_choice(ManifoldChoice(rows=9))
    qtbot.waitUntil(lambda: panel.view.grid.count() == 9)
    qtbot.mouseClick(panel.view.grid, LEFT, pos=middle(panel, 0))
    assert context.explorer.latent.cursor == pytest.approx((panel.choice.latent_grid(1).x[0],))


def test_looking_at_a_tile_ends_with_the_pointer_leaving(
    qtbot, context: Context, panel: ManifoldPanel
) -> None:
    show_space(context)
    panel.set_choice(ManifoldChoice(rows=5))
    wait_for_tiles(qtbot, panel, 5)
    panel.view.grid.hovered.emit(7)
    assert context.explorer.hover_point == pytest.approx(panel._z_of(7))
    panel.view.grid.hovered.emit(-1)
    assert context.explorer.hover_point is None


def test_newer_weights_are_decoded_without_being_asked(
    qtbot, context: Context, panel: ManifoldPanel
) -> None:
    first = show_space(context)
    panel.set_choice(ManifoldChoice(rows=10))
    wait_for_tiles(qtbot, panel, 10)
    newer = random_snapshot(first.model, seed=5, step=9)
    context.explorer.weights.adopt(newer)
    z = panel._z_of(33)
    qtbot.waitUntil(lambda: same(panel._images[33], decoded(newer, z)[0]))


def test_a_hidden_panel_asks_for_nothing(qtbot, context: Context, panel: ManifoldPanel) -> None:
    show_space(context)
    panel.set_choice(ManifoldChoice(rows=9))
    wait_for_tiles(qtbot, panel, 9)
    panel.hide()
    panel.set_choice(ManifoldChoice(rows=6))
    wait_for_answers(qtbot, context)
    assert panel.live.running is None and len(panel.live.value) == 9 * 9
    panel.show()
    wait_for_tiles(qtbot, panel, 6)


def test_a_range_the_wrong_way_round_is_refused_in_a_sentence(
    qtbot, context: Context, panel: ManifoldPanel
) -> None:
    show_space(context)
    panel.set_choice(ManifoldChoice(mode=RANGE))
    with qtbot.waitSignal(context.notices.published) as failed:
        panel.limit_boxes["x_low"].value_changed.emit(4.0)
    assert "lower to its higher end" in failed.args[0].text
    assert panel.choice == ManifoldChoice(mode=RANGE)


def test_the_controls_change_the_choice(qtbot, context: Context, panel: ManifoldPanel) -> None:
    show_space(context)
    assert panel.percentile_box.isVisible()
    panel.rows_box.value_changed.emit(8.0)
    panel.mode_box.setCurrentIndex(1)
    panel.mode_box.activated.emit(1)
    panel.limit_boxes["y_high"].value_changed.emit(5.0)
    assert panel.choice == ManifoldChoice(mode=RANGE, rows=8, y_high=5.0)
    assert not panel.percentile_box.isVisible()
    assert panel.limit_boxes["y_high"].isVisible()
    wait_for_tiles(qtbot, panel, 8)


def test_the_rows_follow_the_room_until_a_person_chooses_them(
    qtbot, context: Context, panel_of: PanelOf
) -> None:
    panel = panel_of(ManifoldPanel, 740, 470)
    show_space(context, 2)
    qtbot.waitUntil(lambda: MIN_FITTED < panel.choice.rows < ManifoldChoice().rows)
    wait_for_tiles(qtbot, panel, panel.choice.rows)
    panel.resize(560, 230)
    wait_for_tiles(qtbot, panel, MIN_FITTED)
    assert "rows" not in panel.state()
    panel.rows_box.setValue(13)
    wait_for_tiles(qtbot, panel, 13)
    panel.resize(740, 470)
    qtbot.waitUntil(lambda: not panel._resized.isActive())
    assert panel.choice.rows == panel.state()["rows"] == 13
