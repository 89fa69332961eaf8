"""The traversal panel: its rows, its plane, and the start that both hold."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.spaces import decoded, random_snapshot, show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.latent.traversal import AROUND, RANGE, WIDE
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.explore.row import TraversalRow
from vae_gui.ui.panels.explore.traversal import Traversal
from vae_gui.ui.parts.point_chooser import NamedPoint

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(panel_of: PanelOf) -> Traversal:
    return panel_of(Traversal, 520, 1100)


def wait_for_rows(qtbot, panel: Traversal) -> list[TraversalRow]:
    """The rows that are seen, once each has its digits."""

    def ready() -> bool:
        rows = [row for row in panel.rows if panel.films.on_screen(row)]
        return bool(rows) and all(
            row.images is not None and len(row.images) == len(row.values()) for row in rows
        )

    qtbot.waitUntil(ready)
    return [panel.rows[d] for d in panel.films.order if not panel.rows[d].isHidden()]


def set_rows(panel: Traversal, **options: object) -> None:
    form = panel.bar.row_form
    form.set_value(replace(form.value(), **options))
    panel.bar.changed.emit()


def open_plane(qtbot, panel: Traversal, **options: object) -> np.ndarray:
    """The images of the plane with these options."""
    form, before = panel.bar.plane_form, panel._digits._images
    form.set_value(replace(form.value(), **options))
    panel.bar.plane_button.setChecked(True)
    panel.bar.changed.emit()
    qtbot.waitUntil(lambda: panel._digits._images is not before)
    return panel._digits._images


def along(z: tuple[float, ...], dimension: int, value: float) -> tuple[float, ...]:
    return (*z[:dimension], value, *z[dimension + 1 :])


@pytest.mark.parametrize(
    ("latent_dim", "architecture", "side"),
    [(1, "mlp-256", 28), (2, "mlp-256", 32), (3, "mlp-256", 28), (2, "autoencoder-512", 28)],
)
def test_each_dimension_has_a_row_of_what_it_does(
    qtbot, context: Context, panel: Traversal, latent_dim: int, architecture: str, side: int
) -> None:
    snapshot = show_space(context, latent_dim, architecture, side=side)
    context.explorer.move_cursor((0.5,) * latent_dim)
    qtbot.waitUntil(lambda: panel.rows[0].value() == 0.5)
    rows = wait_for_rows(qtbot, panel)
    assert [row.dimension for row in rows] == list(range(latent_dim))
    for row in rows:
        points = [along((0.5,) * latent_dim, row.dimension, value) for value in row.values()]
        qtbot.waitUntil(lambda r=row, p=points: np.array_equal(r.images, decoded(snapshot, *p)))


def test_many_dimensions_are_sorted_and_inactive_ones_folded(
    qtbot, context: Context, panel: Traversal
) -> None:
    show_space(context, 20)
    rows = wait_for_rows(qtbot, panel)
    kl = [float(row._note.text().removeprefix("KL ").removesuffix(" nats")) for row in rows]
    assert len(rows) == 10
    assert kl == sorted(kl, reverse=True)
    assert panel.films.fold_button.text() == "10 inactive dimensions ▸"

    qtbot.mouseClick(panel.films.fold_button, LEFT)

    assert not any(row.isHidden() for row in panel.rows)
    assert panel.films.fold_button.text().endswith("▾")


def test_rows_of_an_autoencoder_show_the_variance_of_mu(
    qtbot, context: Context, panel: Traversal
) -> None:
    show_space(context, 12, "autoencoder-512")
    rows = wait_for_rows(qtbot, panel)
    variances = [float(row._note.text().removeprefix("Var ")) for row in rows]
    encodings = context.explorer.scatter.encodings
    assert variances == sorted(variances, reverse=True)
    assert variances[0] == pytest.approx(encodings.mu.var(axis=0).max(), abs=0.01)


def test_rows_fill_the_height_up_to_their_largest(
    qtbot, context: Context, panel: Traversal
) -> None:
    show_space(context)
    rows = wait_for_rows(qtbot, panel)
    assert [row.height() for row in rows] == [76, 76]


def test_dragging_a_row_moves_only_its_dimension_in_one_undo_step(
    qtbot, context: Context, panel: Traversal
) -> None:
    show_space(context, 3)
    context.explorer.move_cursor((0.1, 0.2, 0.3))
    row = wait_for_rows(qtbot, panel)[1]
    track = row.track
    qtbot.mousePress(track, LEFT, pos=track.rect().center())
    qtbot.mouseMove(track, track.rect().center() / 2)
    qtbot.mouseRelease(track, LEFT, pos=track.rect().center() / 2)
    x, y, z = context.explorer.latent.cursor
    assert (x, z) == (0.1, 0.3)
    assert y < -0.5
    context.explorer.undo_stack.undo()
    assert context.explorer.latent.cursor == (0.1, 0.2, 0.3)


def test_steps_by_percentile_show_the_tutorials_values(
    qtbot, context: Context, panel: Traversal
) -> None:
    snapshot = show_space(context, 3)
    context.explorer.move_cursor((0, 0, 0))
    wait_for_rows(qtbot, panel)
    set_rows(panel, spacing=WIDE, steps=20)
    row = wait_for_rows(qtbot, panel)[2]
    values = row.values()
    assert (values[0], values[-1]) == pytest.approx((-1.6449, 1.6449), abs=1e-4)
    assert np.array_equal(row.images, decoded(snapshot, *[(0, 0, value) for value in values]))

    qtbot.mouseClick(row.steps, LEFT, pos=row.steps.tile_rect(3).center().toPoint())

    assert context.explorer.latent.cursor == (0, 0, values[3])


def test_a_held_start_stays_while_the_cursor_moves_until_it_is_recentred(
    qtbot, context: Context, panel: Traversal
) -> None:
    snapshot = show_space(context, 3)
    wait_for_rows(qtbot, panel)
    set_rows(panel, spacing=WIDE, steps=5)
    panel.bar.start.choose_class(1)
    encodings = context.explorer.scatter.encodings
    mean = encodings.mu[encodings.labels == 1].mean(axis=0)
    assert panel.start_z == pytest.approx(mean, abs=1e-5)
    assert context.explorer.latent.cursor == panel.start_z

    context.explorer.move_cursor((3.0, 3.0, 3.0))
    row = wait_for_rows(qtbot, panel)[0]
    points = [along(panel.start_z, 0, value) for value in row.values()]
    assert row.values()[2] == pytest.approx(mean[0], abs=1e-5)
    qtbot.waitUntil(lambda: np.array_equal(row.images, decoded(snapshot, *points)))

    qtbot.mouseClick(panel.bar.recentre_button, LEFT)
    assert panel.start_z == (3.0, 3.0, 3.0)
    assert row.values()[2] == 3.0


def test_moving_a_row_of_a_held_start_gives_the_digit_under_the_handle(
    context: Context, panel: Traversal
) -> None:
    show_space(context, 3)
    panel.bar.start.chosen.emit(NamedPoint((1.0, 2.0, 3.0), "here"))
    panel.rows[0].moved.emit(0, -1.0, None)
    panel.rows[2].moved.emit(2, 0.5, None)
    assert context.explorer.latent.cursor == (1.0, 2.0, 0.5)


@pytest.mark.parametrize(
    ("start", "after_row", "after_all"),
    [
        (None, (0.4, 0.0, 0.6), (0.0, 0.0, 0.0)),
        (NamedPoint((1.0, 2.0, 3.0), "here"), (0.4, 2.0, 0.6), (1.0, 2.0, 3.0)),
    ],
    ids=["live", "held"],
)
def test_rows_are_reset_to_the_start(
    qtbot,
    context: Context,
    panel: Traversal,
    start: NamedPoint | None,
    after_row: tuple[float, ...],
    after_all: tuple[float, ...],
) -> None:
    show_space(context, 3)
    if start is not None:
        panel.bar.start.chosen.emit(start)
    context.explorer.move_cursor((0.4, 0.5, 0.6))
    qtbot.mouseClick(panel.rows[1]._reset_button, LEFT)
    assert context.explorer.latent.cursor == after_row
    qtbot.mouseClick(panel.bar.reset_button, LEFT)
    assert context.explorer.latent.cursor == after_all


def test_the_plane_shows_every_pair_with_the_second_dimension_pointing_up(
    qtbot, context: Context, panel: Traversal
) -> None:
    snapshot = show_space(context, 3)
    context.explorer.move_cursor((0.3, 0.6, 0.9))
    images = open_plane(qtbot, panel, size=8)
    reach = 1.2815516
    corners = [(x, y, 0.9) for y in (reach, -reach) for x in (-reach, reach)]
    assert len(images) == 64
    expected = decoded(snapshot, *corners).astype(int)
    assert np.abs(images[[0, 7, 56, 63]] - expected).max() <= 1

    qtbot.mouseClick(panel.plane.grid, LEFT, pos=panel.plane.grid.tile_rect(0).center().toPoint())

    assert context.explorer.latent.cursor == pytest.approx((-reach, reach, 0.9), abs=1e-5)
    qtbot.waitUntil(lambda: panel.plane.grid._selected == 0)


def test_the_plane_takes_any_two_dimensions_but_never_one_twice(
    qtbot, context: Context, panel: Traversal
) -> None:
    snapshot = show_space(context, 20)
    open_plane(qtbot, panel, size=25, spacing=AROUND)
    before = panel._digits._images
    panel.bar.x_box.setCurrentIndex(1)
    panel.bar.x_box.activated.emit(1)
    assert panel.bar.axes == (1, 2)
    qtbot.waitUntil(lambda: panel._digits._images is not before)
    assert len(panel._digits._images) == 625
    expected = decoded(snapshot, *panel._digits._points[:25]).astype(int)
    assert np.ptp(panel._digits._points[:25, 1]) > 2
    assert np.abs(panel._digits._images[:25] - expected).max() <= 1


def test_the_plane_follows_the_weights(qtbot, context: Context, panel: Traversal) -> None:
    first = show_space(context)
    before = open_plane(qtbot, panel, size=8, spacing=RANGE, x_low=-1.0, x_high=4.0)
    newer = random_snapshot(first.model, seed=1, step=1)
    context.explorer.weights.adopt(newer)
    qtbot.waitUntil(lambda: panel._digits._images is not before)
    assert np.array_equal(panel._digits._images[63], decoded(newer, (4.0, -3.0))[0])


def test_one_dimension_has_no_plane_and_the_button_says_why(
    context: Context, panel: Traversal
) -> None:
    show_space(context, 2)
    panel.bar.plane_button.setChecked(True)
    show_space(context, 1)
    assert not panel.bar.is_plane
    assert not panel.bar.plane_button.isEnabled()
    assert "one dimension" in panel.bar.plane_button.toolTip()


def test_the_plane_of_an_autoencoder_covers_its_encodings_and_says_why(
    qtbot, context: Context, panel: Traversal
) -> None:
    show_space(context, 2, "autoencoder-512")
    open_plane(qtbot, panel)
    encodings = context.explorer.scatter.encodings
    low, high = np.quantile(encodings.mu, (0.005, 0.995), axis=0)
    assert (panel._digits._points.min(axis=0) <= low).all()
    assert (panel._digits._points.max(axis=0) >= high).all()
    assert "no prior" in panel.note.text()


def test_another_model_begins_at_its_cursor(qtbot, context: Context, panel: Traversal) -> None:
    show_space(context, 2)
    panel.bar.start.chosen.emit(NamedPoint((1.0, 2.0), "here"))
    show_space(context, 3)
    assert panel.start is None
    assert len(wait_for_rows(qtbot, panel)) == 3
