"""The path lab, and the paths on the strip and the pad."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.screen import differs, drag, pixels
from tests.spaces import decoded, show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.analysis.coverage import CoverageLevel
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.interpolation.panel import InterpolationPanel
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.panels.paths.panel import PathLabPanel
from vae_gui.ui.window.export_form import LAST_DRAG, ExportForm


@pytest.fixture
def panel(panel_of: PanelOf) -> PathLabPanel:
    return panel_of(PathLabPanel, 1000, 320)


def wait_for_rows(qtbot, panel: PathLabPanel) -> None:
    lab = panel.context.path_lab
    qtbot.waitUntil(lambda: lab.searches["geodesic"].live.up_to_date)
    qtbot.waitUntil(lambda: all(lab.measured(name) for name in lab.names()))
    rows = [panel.rows[name] for name in lab.names()]
    qtbot.waitUntil(lambda: all(row.strip.count() and row.strip.band for row in rows))


@pytest.mark.parametrize(
    ("latent_dim", "architecture", "classes"),
    [(1, "mlp-256", 3), (2, "mlp-256", 26), (20, "mlp-256", 0), (2, "autoencoder-512", 3)],
)
def test_three_strips_with_lengths_and_bands_in_any_space(
    qtbot, context: Context, panel: PathLabPanel, latent_dim: int, architecture: str, classes: int
) -> None:
    show_space(context, latent_dim, architecture, classes)
    wait_for_rows(qtbot, panel)
    assert [name for name, row in panel.rows.items() if row.isVisible()] == [
        "straight",
        "slerp",
        "geodesic",
    ]
    qtbot.waitUntil(lambda: "image" in panel.rows["geodesic"].lengths.text())
    assert panel.side.attributes.isVisible() == (classes > 1)


def test_a_frame_is_a_click_away_and_a_name_chooses_the_path(
    qtbot, context: Context, panel: PathLabPanel
) -> None:
    snapshot = show_space(context)
    context.explorer.set_latent(
        replace(context.explorer.latent, a=(2.0, 0.0), b=(0.0, 2.0), frames=5)
    )
    wait_for_rows(qtbot, panel)
    row = panel.rows["slerp"]
    middle = row.strip.tile_rect(2).center().toPoint()
    qtbot.mouseClick(row.strip, Qt.MouseButton.LeftButton, pos=middle)
    assert context.explorer.latent.cursor == pytest.approx((2**0.5, 2**0.5), abs=1e-2)
    expected = decoded(snapshot, context.explorer.latent.cursor)[0].astype(int)
    qtbot.waitUntil(lambda: np.abs(row._images[2].astype(int) - expected).max() <= 1)
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert context.explorer.latent.path == "slerp"
    assert not panel.rows["straight"].button.isChecked()


def test_the_strip_follows_the_path(qtbot, context: Context, panel_of: PanelOf) -> None:
    strip = panel_of(InterpolationPanel, 1000, 320)
    snapshot = show_space(context)
    context.explorer.set_latent(
        replace(context.explorer.latent, a=(3.0, 0.0), b=(0.0, 3.0), path="slerp")
    )
    points = [tuple(z) for z in context.path_lab.points(12)]
    expected = decoded(snapshot, *points).astype(int)
    qtbot.waitUntil(
        lambda: (
            strip._images is not None and np.abs(strip._images.astype(int) - expected).max() <= 1
        )
    )
    assert strip.path_button.text() == "Slerp"
    qtbot.waitUntil(lambda: len(strip.strip.band) == 12)
    assert set(strip.strip.band) <= set(CoverageLevel)


def test_the_walk_follows_the_path_at_its_speed(qtbot, context: Context, panel_of: PanelOf) -> None:
    strip = panel_of(InterpolationPanel, 1000, 320)
    show_space(context)
    paths = []
    for speed in (1.0, 4.0):
        strip.play_button.speed, strip.play_button.place = speed, 0.0
        strip.play_button.advance()
        paths.append(
            np.linalg.norm(np.array(context.explorer.hover_point) - context.explorer.latent.a)
        )
    assert paths[1] == pytest.approx(4 * paths[0])


def test_a_far_path_is_off_the_map_in_words_too(qtbot, context: Context, panel_of: PanelOf) -> None:
    strip = panel_of(InterpolationPanel, 1000, 320)
    show_space(context)
    context.explorer.set_latent(replace(context.explorer.latent, a=(90.0, 0.0), b=(99.0, 0.0)))
    qtbot.waitUntil(lambda: set(strip.strip.band) == {CoverageLevel.OFF})
    assert strip.strip.words[0].startswith("off the map")


def test_an_attribute_vector_moves_b(qtbot, context: Context, panel: PathLabPanel) -> None:
    show_space(context)
    form, encodings = panel.side.attributes, context.explorer.scatter.encodings
    form.towards_box.setCurrentIndex(2)
    form.strength.set_value(0.5)
    qtbot.mouseClick(form.set_button, Qt.MouseButton.LeftButton)
    means = [encodings.mu[encodings.labels == label].mean(axis=0) for label in (2, 0)]
    wanted = np.array(context.explorer.latent.a) + 0.5 * (means[0] - means[1])
    assert context.explorer.latent.b == pytest.approx(wanted, abs=1e-4)


def test_keyframes_are_listed_and_removed(qtbot, context: Context, panel: PathLabPanel) -> None:
    show_space(context)
    context.path_lab.add_keyframe((0.0, 1.0))
    chips = panel.side.keyframes.chips
    assert len(chips) == 2
    qtbot.mouseClick(chips[1], Qt.MouseButton.LeftButton)
    assert context.explorer.latent.keyframes == ()
    assert panel.side.keyframes.chips == []


def test_keys_on_the_pad_add_and_remove_keyframes(
    qtbot, context: Context, panel_of: PanelOf
) -> None:
    pad = panel_of(PadPanel, 1000, 320)
    show_space(context)
    context.explorer.move_cursor((0.5, 1.0))
    qtbot.keyClick(pad.view, Qt.Key.Key_K)
    context.explorer.move_cursor((-0.5, -1.0))
    qtbot.keyClick(pad.view, Qt.Key.Key_K)
    assert set(context.explorer.latent.keyframes) == {(0.5, 1.0), (-0.5, -1.0)}
    drag(qtbot, pad.view, (-0.5, -1.0), (-0.7, -0.6), (-1.0, 0.5))
    moved = [z for z in context.explorer.latent.keyframes if z != (0.5, 1.0)]
    assert moved[0] == pytest.approx((-1.0, 0.5), abs=0.05)
    qtbot.keyClick(pad.view, Qt.Key.Key_Delete)
    assert len(context.explorer.latent.keyframes) == 1


def test_a_path_is_drawn_by_hand_once(qtbot, context: Context, panel_of: PanelOf) -> None:
    pad = panel_of(PadPanel, 1000, 320)
    show_space(context)
    cursor = context.explorer.latent.cursor
    context.path_lab.set_drawing(True)
    drag(qtbot, pad.view, (-1.0, 0.0), (0.0, 1.0), (1.0, 0.0))
    latent = context.explorer.latent
    assert latent.path == "freehand"
    assert latent.a == pytest.approx((-1.0, 0.0), abs=0.05)
    assert latent.b == pytest.approx((1.0, 0.0), abs=0.05)
    assert latent.cursor == cursor and not context.path_lab.drawing
    drag(qtbot, pad.view, (0.3, 0.3), (0.4, 0.4))
    assert context.explorer.latent.cursor != cursor


def test_compared_paths_are_seen_on_the_pad(qtbot, context: Context, panel_of: PanelOf) -> None:
    pad = panel_of(PadPanel, 1000, 320)
    show_space(context)
    context.explorer.set_latent(replace(context.explorer.latent, a=(2.0, 0.0), b=(0.0, 2.0)))
    before = pixels(pad.view)
    context.path_lab.watch(True)
    names = [line.name for line in pad.view.marks.lines]
    assert names == ["straight", "slerp", "geodesic"]
    qtbot.waitUntil(lambda: differs(pad.view, before))
    context.path_lab.watch(False)
    assert pad.view.marks.lines == ()


def test_the_export_offers_what_there_is(qtbot) -> None:
    form = ExportForm()
    qtbot.addWidget(form)
    form.set_sources(("straight", "geodesic"), dragged=True)
    assert [form.source_box.itemData(i) for i in range(form.source_box.count())] == [
        "",
        "straight",
        "geodesic",
        LAST_DRAG,
    ]
    form.source_box.setCurrentIndex(3)
    with qtbot.waitSignal(form.chosen) as caught:
        form.save_button.click()
    assert caught.args[0].source == LAST_DRAG
