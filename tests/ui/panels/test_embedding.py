"""The map panel: what it shows of each kind of model, and where a click leads."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton

from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from tests.ui.spaces import CASES, config_of, show, trained, unlabelled
from vae_gui.core.analysis import embedding
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.embedding.panel import LIVE_INTERVAL_MS, EmbeddingPanel

WAIT_MS = 30_000


@pytest.fixture
def panel(panel_of: PanelOf) -> EmbeddingPanel:
    return panel_of(EmbeddingPanel, 1000, 420, shown=False)


def wait_for_map(qtbot, panel: EmbeddingPanel) -> None:
    qtbot.waitUntil(lambda: panel.map is not None and not panel.maker.is_busy, timeout=WAIT_MS)


def shown(qtbot, context: Context, panel: EmbeddingPanel, dims: int = 3) -> Trainer:
    """The PCA map of a model of tiny_data is there."""
    data = tiny_data()
    trainer = trained(config_of(latent_dim=dims), data)
    show(context, trainer, data)
    panel.show()
    wait_for_map(qtbot, panel)
    return trainer


def choose(panel: EmbeddingPanel, method: str) -> None:
    panel.controls.method.setCurrentIndex(panel.controls.method.findData(method))
    panel.controls.method.activated.emit(panel.controls.method.currentIndex())


def pixel_of(panel: EmbeddingPanel, index: int) -> QPoint:
    return panel.view.to_pixels(panel.view.place_of(index)).toPoint()


def free_one(panel: EmbeddingPanel) -> int:
    """The encoding farthest from the markers, which catch clicks too."""
    assert panel.map is not None
    marks = np.array([place for _, place in panel.view.marks.markers])
    distance = np.linalg.norm(panel.map.points[:, None] - marks[None], axis=2)
    return int(distance.min(axis=1).argmax())


@pytest.mark.parametrize("case", CASES)
def test_pca_is_there_at_once_for_every_kind_of_model(
    qtbot, context: Context, panel: EmbeddingPanel, case: str
) -> None:
    config, data = CASES[case]
    show(context, trained(config, data), data)

    panel.show()
    wait_for_map(qtbot, panel)

    assert panel.map is not None
    assert len(panel.map.points) == len(data.test)
    assert panel.legend.names == data.class_names
    assert panel.legend.isVisible() == bool(data.class_names)
    assert panel.note.text().startswith(f"PCA of {len(data.test)} test images, computed at step 1.")
    assert ("The pad shows" in panel.note.text()) == (config.model.latent_dim <= 2)
    assert len(panel.view.labels) == (2 if len(data.class_names) == 2 else 0)
    assert panel.problem.text() == ""
    assert np.isfinite(panel.map.points).all()


def test_without_images_the_encodings_of_the_file_are_laid_out(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    data = tiny_data()
    trainer = trained(config_of(latent_dim=3), data)
    show(context, trainer, data)
    qtbot.waitUntil(lambda: context.explorer.scatter.encodings is not None, timeout=WAIT_MS)
    context.explorer.scatter.set_images(None)

    panel.show()
    wait_for_map(qtbot, panel)

    assert panel.map is not None and len(panel.map.points) == len(data.test)
    assert panel.originals is None


def test_with_nothing_to_encode_it_says_so(context: Context, panel: EmbeddingPanel) -> None:
    show(context, trained(config_of(), tiny_data()), None)
    panel.show()
    assert panel.stack.currentWidget() is panel.empty
    assert "none here yet" in panel.empty.text()


def test_a_click_moves_the_cursor_to_the_encoding_there(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    index = free_one(panel)

    qtbot.mouseClick(
        panel.view.viewport(), Qt.MouseButton.LeftButton, pos=pixel_of(panel, index) + QPoint(1, 0)
    )

    assert context.explorer.latent.cursor == panel.view.z_of(index)
    context.explorer.undo_stack.undo()
    assert context.explorer.latent.cursor == (0, 0, 0)


def test_an_encoding_of_a_hidden_class_is_not_hit(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    assert panel.map is not None and panel.map.encodings.labels is not None
    index = free_one(panel)
    label = int(panel.map.encodings.labels[index])
    at = pixel_of(panel, index)
    chips = panel.legend.findChildren(QAbstractButton)

    chips[label].click()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)

    hit = np.flatnonzero((panel.map.encodings.mu == context.explorer.latent.cursor).all(axis=1))
    assert [int(panel.map.encodings.labels[i]) for i in hit] == [1 - label]


def test_hovering_shows_the_image_and_looks_there(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    assert panel.originals is not None

    panel.view.hovered.emit(*panel.view.place_of(4))

    assert context.explorer.hover_point == panel.view.z_of(4)
    assert panel.view.marks.tile is not None
    assert np.array_equal(panel.view.marks.tile, panel.originals[4])
    panel.hide()
    assert context.explorer.hover_point is None


def test_without_the_images_hovering_shows_the_decoded_one(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    panel.originals = None

    panel.view.hovered.emit(*panel.view.place_of(4))

    qtbot.waitUntil(lambda: panel.view.marks.tile is not None, timeout=WAIT_MS)


def test_arrow_keys_walk_from_encoding_to_encoding(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    assert panel.map is not None
    leftmost = int(panel.map.points[:, 0].argmin())
    context.explorer.move_cursor(panel.view.z_of(leftmost))

    qtbot.keyClick(panel.view, Qt.Key.Key_Right)

    index = panel.view.nearest_in_space(context.explorer.latent.cursor)
    assert index is not None and index != leftmost
    assert context.explorer.latent.cursor == panel.view.z_of(index)
    assert panel.map.points[index, 0] > panel.map.points[leftmost, 0]


def test_pca_follows_the_weights_but_not_more_often_than_its_pace(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    trainer = shown(qtbot, context, panel)
    assert panel._throttle.interval() == LIVE_INTERVAL_MS == 2000
    assert panel._throttle.isActive()

    trainer.step()
    context.explorer.weights.adopt(trainer.snapshot())
    context.explorer.scatter.changed.emit()
    assert not panel.maker.is_busy

    panel._throttle.start(0)
    qtbot.waitUntil(lambda: panel.map is not None and panel.map.step == 2, timeout=WAIT_MS)


def test_tsne_is_made_when_asked_for_and_stale_once_the_weights_move(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    trainer = shown(qtbot, context, panel)
    choose(panel, "tsne")
    assert not panel.maker.is_busy and "Press Compute" in panel.note.text()

    panel.controls.button.click()
    assert panel.controls.button.text() == "Cancel"
    wait_for_map(qtbot, panel)
    assert panel.note.text() == "t-SNE of 20 test images, computed at step 1."

    trainer.step()
    context.explorer.weights.adopt(trainer.snapshot())
    context.explorer.scatter.changed.emit()

    assert "Stale" in panel.note.text()
    assert panel.controls.button.property("primary")
    assert not panel.maker.is_busy


def test_cancel_ends_the_child_and_keeps_the_map(
    qtbot, context: Context, panel: EmbeddingPanel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shown(qtbot, context, panel)
    known = panel.map
    choose(panel, "tsne")
    panel.compute()
    qtbot.waitUntil(lambda: any(tmp_path.iterdir()), timeout=WAIT_MS)

    panel.controls.button.click()

    assert panel.controls.button.text() == "Compute"
    qtbot.waitUntil(lambda: context.jobs.running == (), timeout=WAIT_MS)
    assert list(tmp_path.iterdir()) == []
    assert panel.map is known and panel.problem.text() == ""


def test_umap_that_is_not_installed_says_how_to_get_it(
    qtbot, context: Context, panel: EmbeddingPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(qtbot, context, panel)
    monkeypatch.setattr(embedding.importlib.util, "find_spec", lambda name: None)
    choose(panel, "umap")

    panel.compute()

    assert "pip install 'vae-explorer[umap]'" in panel.problem.text()
    assert not panel.maker.is_busy


def test_another_model_takes_the_map_away(qtbot, context: Context, panel: EmbeddingPanel) -> None:
    shown(qtbot, context, panel)
    data = unlabelled(tiny_data(test=16))

    show(context, trained(config_of(latent_dim=2), data), data)
    assert panel.map is None

    wait_for_map(qtbot, panel)
    assert panel.map is not None and panel.map.encodings.latent_dim == 2
    assert not panel.legend.isVisible()
