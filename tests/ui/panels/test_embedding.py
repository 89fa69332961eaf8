"""The embedding panel: what it shows of each kind of model, and where a click leads."""

import importlib.util
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton

from tests.spaces import CASES, config_of, decoded, show, show_space, trained, unlabelled
from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.embedding.panel import EmbeddingPanel
from vae_gui.ui.panels.pad.panel import PadPanel


@pytest.fixture
def panel(panel_of: PanelOf) -> EmbeddingPanel:
    return panel_of(EmbeddingPanel, 1000, 420, shown=False)


def wait_for_embedding(qtbot, panel: EmbeddingPanel) -> None:
    qtbot.waitUntil(lambda: panel.embedding is not None and not panel.live.busy)


def shown(qtbot, context: Context, panel: EmbeddingPanel, dims: int = 3) -> Trainer:
    """The PCA of a model of tiny_data is there."""
    data = tiny_data()
    trainer = trained(config_of(latent_dim=dims), data)
    show(context, trainer, data)
    panel.show()
    wait_for_embedding(qtbot, panel)
    return trainer


def choose(panel: EmbeddingPanel, method: str) -> None:
    panel.controls.method.setCurrentIndex(panel.controls.method.findData(method))
    panel.controls.method.activated.emit(panel.controls.method.currentIndex())


def pixel_of(panel: EmbeddingPanel, index: int) -> QPoint:
    return panel.view.to_pixels(panel.view.place_of(index)).toPoint()


def free_one(panel: EmbeddingPanel) -> int:
    """The encoding farthest from the markers, which catch clicks too."""
    assert panel.embedding is not None
    marks = np.array([place for _, place in panel.view.marks.markers])
    distance = np.linalg.norm(panel.embedding.points[:, None] - marks[None], axis=2)
    return int(distance.min(axis=1).argmax())


@pytest.mark.parametrize("case", CASES)
def test_pca_is_there_at_once_for_every_kind_of_model(
    qtbot, context: Context, panel: EmbeddingPanel, case: str
) -> None:
    config, data = CASES[case]
    show(context, trained(config, data), data)

    panel.show()
    wait_for_embedding(qtbot, panel)

    assert panel.embedding is not None
    assert len(panel.embedding.points) == len(data.test)
    assert panel.legend.names == data.class_names
    assert panel.legend.isVisible() == bool(data.class_names)
    assert panel.note.text().startswith(f"PCA of {len(data.test)} test images, computed at step 1.")
    assert ("The pad shows" in panel.note.text()) == (config.model.latent_dim <= 2)
    assert len(panel.view.labels) == (2 if len(data.class_names) == 2 else 0)
    assert panel.problem.text() == ""
    assert np.isfinite(panel.embedding.points).all()


def test_without_images_the_encodings_of_the_file_are_laid_out(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    show_space(context, 3)

    panel.show()
    wait_for_embedding(qtbot, panel)

    assert panel.embedding is not None
    assert panel.embedding.encodings is context.explorer.scatter.encodings
    assert panel.live.originals is None


def test_with_nothing_to_encode_it_says_so(context: Context, panel: EmbeddingPanel) -> None:
    show(context, trained(config_of(), tiny_data()), None)
    panel.show()
    assert panel.stack.currentWidget() is panel.empty
    assert "none here yet" in panel.empty.text()


def test_a_click_moves_the_cursor_to_the_encoding_there(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    index, before = free_one(panel), context.explorer.latent.cursor

    qtbot.mouseClick(
        panel.view.viewport(), Qt.MouseButton.LeftButton, pos=pixel_of(panel, index) + QPoint(1, 0)
    )

    assert context.explorer.latent.cursor == panel.view.z_of(index) != before
    context.explorer.undo_stack.undo()
    assert context.explorer.latent.cursor == before


def test_a_click_on_the_pad_and_one_here_are_two_steps_of_undo(
    qtbot, context: Context, panel: EmbeddingPanel, panel_of: PanelOf
) -> None:
    # given the first click on each of two widgets
    pad = panel_of(PadPanel, 500, 500)
    shown(qtbot, context, panel)
    before = context.explorer.latent.cursor
    left = Qt.MouseButton.LeftButton
    at = pad.view.to_pixels((1.5, -2.0)).toPoint()
    qtbot.mouseClick(pad.view.viewport(), left, pos=at)
    between = context.explorer.latent.cursor
    qtbot.mouseClick(panel.view.viewport(), left, pos=pixel_of(panel, free_one(panel)))
    assert len({before, between, context.explorer.latent.cursor}) == 3
    # then they are undone one by one
    context.explorer.undo_stack.undo()
    assert context.explorer.latent.cursor == between
    context.explorer.undo_stack.undo()
    assert context.explorer.latent.cursor == before


def test_an_encoding_of_a_hidden_class_is_not_hit(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    assert panel.embedding is not None and panel.embedding.encodings.labels is not None
    index = free_one(panel)
    label = int(panel.embedding.encodings.labels[index])
    at = pixel_of(panel, index)
    chips = panel.legend.findChildren(QAbstractButton)

    chips[label].click()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)

    hit = np.flatnonzero(
        (panel.embedding.encodings.mu == context.explorer.latent.cursor).all(axis=1)
    )
    assert [int(panel.embedding.encodings.labels[i]) for i in hit] == [1 - label]


def test_hovering_shows_the_image_and_looks_there(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    originals = panel.live.originals
    assert originals is not None

    panel.view.hovered.emit(*panel.view.place_of(4))

    assert context.explorer.hover_point == panel.view.z_of(4)
    assert panel.view.marks.tile is not None
    assert np.array_equal(panel.view.marks.tile, originals[4])
    panel.hide()
    assert context.explorer.hover_point is None


def test_without_the_images_hovering_shows_the_decoded_one(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    snapshot = show_space(context, 3)
    panel.show()
    wait_for_embedding(qtbot, panel)

    panel.view.hovered.emit(*panel.view.place_of(4))

    qtbot.waitUntil(lambda: panel.view.marks.tile is not None)
    assert np.array_equal(panel.view.marks.tile, decoded(snapshot, panel.view.z_of(4))[0])


def test_arrow_keys_walk_from_encoding_to_encoding(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    assert panel.embedding is not None
    leftmost = int(panel.embedding.points[:, 0].argmin())
    context.explorer.move_cursor(panel.view.z_of(leftmost))

    qtbot.keyClick(panel.view, Qt.Key.Key_Right)

    index = panel.view.nearest_in_space(context.explorer.latent.cursor)
    assert index is not None and index != leftmost
    assert context.explorer.latent.cursor == panel.view.z_of(index)
    assert panel.embedding.points[index, 0] > panel.embedding.points[leftmost, 0]


def test_pca_follows_the_weights(qtbot, context: Context, panel: EmbeddingPanel) -> None:
    trainer = shown(qtbot, context, panel)
    trainer.step()
    context.explorer.weights.adopt(trainer.snapshot())
    qtbot.waitUntil(lambda: panel.embedding.step == 2)
    assert "computed at step 2." in panel.note.text()


def test_tsne_is_made_when_asked_for_and_stale_once_the_weights_move(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    trainer = shown(qtbot, context, panel)
    choose(panel, "tsne")
    assert not panel.live.busy and "Press Compute" in panel.note.text()

    panel.controls.button.click()
    assert panel.controls.button.text() == "Cancel"
    wait_for_embedding(qtbot, panel)
    assert panel.note.text() == "t-SNE of 20 test images, computed at step 1."

    trainer.step()
    context.explorer.weights.adopt(trainer.snapshot())

    assert "Stale" in panel.note.text()
    assert panel.controls.button.property("primary")
    assert not panel.live.busy


def test_cancel_ends_the_child_and_keeps_the_embedding(
    qtbot, context: Context, panel: EmbeddingPanel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shown(qtbot, context, panel)
    known = panel.embedding
    choose(panel, "tsne")
    panel.compute()
    qtbot.waitUntil(lambda: any(tmp_path.iterdir()))

    panel.controls.button.click()

    assert panel.controls.button.text() == "Compute"
    qtbot.waitUntil(lambda: context.jobs.running == ())
    assert list(tmp_path.iterdir()) == []
    assert panel.embedding is known and panel.problem.text() == ""


@pytest.fixture
def no_umap(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    there = lambda name: None if name == "umap" else real(name)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", there)


def test_umap_that_is_not_installed_says_how_to_get_it(
    qtbot, context: Context, panel: EmbeddingPanel, no_umap: None
) -> None:
    shown(qtbot, context, panel)
    choose(panel, "umap")

    panel.compute()

    line = f'{sys.executable} -m pip install "umap-learn>=0.5.8"'
    qtbot.waitUntil(lambda: line in panel.problem.text())
    assert not panel.live.busy
    qtbot.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == line
    choose(panel, "pca")
    qtbot.waitUntil(lambda: not panel.copy_button.isVisible())


def test_a_bundle_has_no_line_to_copy(
    qtbot, context: Context, panel: EmbeddingPanel, no_umap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(qtbot, context, panel)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    choose(panel, "umap")
    panel.compute()
    qtbot.waitUntil(lambda: "cannot be added to this app" in panel.problem.text())
    assert not panel.copy_button.isVisible()


def test_another_model_takes_the_embedding_away(
    qtbot, context: Context, panel: EmbeddingPanel
) -> None:
    shown(qtbot, context, panel)
    data = unlabelled(tiny_data(test=16))

    show(context, trained(config_of(latent_dim=2), data), data)
    assert panel.embedding is None

    wait_for_embedding(qtbot, panel)
    assert panel.embedding is not None and panel.embedding.encodings.latent_dim == 2
    assert not panel.legend.isVisible()
