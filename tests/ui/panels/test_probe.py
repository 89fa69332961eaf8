"""The probe panel: numbers, matrices, and why they are absent."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.spaces import CASES, config_of, show, trained
from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.analysis.probe import ProbeResult, Score
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.probe.accuracy_bars import AccuracyBars, Bar
from vae_gui.ui.panels.probe.confusion_view import ConfusionView
from vae_gui.ui.panels.probe.panel import MU, PIXELS, ProbePanel
from vae_gui.ui.style.theme import LIGHT, apply_theme

COUNTS = np.array([[90, 10], [5, 0]])


@pytest.fixture
def panel(panel_of: PanelOf) -> ProbePanel:
    return panel_of(ProbePanel, 1000, 300)


@pytest.fixture
def matrix(qtbot, qapp: QApplication) -> ConfusionView:
    apply_theme(qapp, LIGHT)
    matrix = ConfusionView("μ")
    qtbot.addWidget(matrix)
    matrix.set_counts(COUNTS, ("cat", "dog"))
    matrix.resize(300, 200)
    matrix.show()
    return matrix


def result_of(classes: tuple[str, ...], converged: bool = True) -> ProbeResult:
    counts = np.eye(len(classes), dtype=np.int64) * 3
    score = Score(counts, True, 12, 2)
    return ProbeResult(
        "run", 1, classes, 500, 60_000, 30, 0.1, score, Score(counts, converged, 500, 784)
    )


def test_measure_shows_both_scores_with_their_counts(
    qtbot, context: Context, panel: ProbePanel
) -> None:
    config, data = CASES["twenty dimensions"]
    trainer = trained(config, data)
    show(context, trainer, data)

    panel.measure_button.click()
    assert panel.measure_button.text() == "Cancel"
    qtbot.waitUntil(lambda: panel.measure_button.text() == "Measure")

    assert panel.result is not None and panel.result.pixels is not None
    assert panel.problem.text() == ""
    names = [bar.name for bar in panel.bars.bars]
    assert names == ["from μ, 20 numbers per image", "from pixels, 784 numbers per image"]
    assert panel.bars.bars[0].accuracy == panel.result.mu.accuracy
    text = panel.note.text()
    assert text.startswith("Fitted on 48 of 48 training images, scored on 20 test images")
    assert "at step 1." in text and "converged" in text and "Stale" not in text
    assert panel.matrix_area.isVisible()

    trainer.step()
    context.explorer.weights.adopt(trainer.snapshot())
    panel.refresh()
    assert "Stale" in panel.note.text()


@pytest.mark.parametrize("case", CASES)
def test_what_can_be_measured_of_each_kind_of_model(
    context: Context, panel: ProbePanel, case: str
) -> None:
    config, data = CASES[case]
    show(context, trained(config, data), data)

    assert panel.measure_button.isEnabled() == bool(data.class_names)
    expected = "Can a linear classifier" if data.class_names else "no labels"
    assert expected in panel.note.text()
    assert not panel.matrix_area.isVisible()


def test_without_the_data_it_says_so_and_offers_nothing_that_cannot_be_had(
    context: Context, panel: ProbePanel
) -> None:
    show(context, trained(config_of(), tiny_data()), None)
    assert "not in memory" in panel.note.text()
    assert not panel.measure_button.isEnabled()
    assert not panel.get_button.isVisible()  # the stage's data is of no known source


def test_cancel_ends_the_child(
    qtbot, context: Context, panel: ProbePanel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    data = tiny_data()
    show(context, trained(config_of(), data), data)
    panel.measure()
    qtbot.waitUntil(lambda: any(tmp_path.iterdir()))

    panel.measure_button.click()

    assert panel.measure_button.text() == "Measure"
    qtbot.waitUntil(lambda: context.jobs.running == ())
    assert list(tmp_path.iterdir()) == []
    assert panel.result is None and panel.problem.text() == ""


def test_all_means_all_training_images(context: Context, panel: ProbePanel) -> None:
    data = tiny_data(train=300)
    show(context, trained(config_of(), data), data)
    panel.all_button.click()
    assert panel.settings.images == 300
    assert panel.images_box.value() == 300


def test_a_fit_that_did_not_converge_is_named(context: Context, panel: ProbePanel) -> None:
    panel._show_result(result_of(("0", "1"), converged=False))
    assert "From μ converged in 12 iterations." in panel.note.text()
    assert "From pixels not converged after 500 iterations." in panel.note.text()


def test_of_26_classes_every_number_has_room(qtbot, panel: ProbePanel) -> None:
    panel._show_result(result_of(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
    for name in (MU, PIXELS):
        view = panel.matrices[name]
        cell = view.cell_rect(25, 25)
        assert cell.height() >= 14 and cell.width() >= 20
        assert cell.bottom() <= view.height() + 0.5 and cell.right() <= view.width() + 0.5


def test_a_cell_says_in_words_what_it_counts(qtbot, matrix: ConfusionView) -> None:
    said: list[str] = []
    matrix.pointed.connect(said.append)

    qtbot.mouseMove(matrix, matrix.cell_rect(0, 1).center().toPoint())

    assert said[-1] == "10 of 100 “cat” wrongly called “dog” (10.0 %), from μ"
    assert matrix.words() == said[-1]


def test_arrow_keys_walk_the_cells_and_stop_at_the_edge(qtbot, matrix: ConfusionView) -> None:
    said: list[str] = []
    matrix.pointed.connect(said.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(matrix, key)
    assert said[-1].startswith("0 of 5 “dog” rightly called “dog”")


def test_the_share_of_a_row_is_seen_and_so_is_one_mistake(matrix: ConfusionView) -> None:
    image = matrix.grab().toImage()
    colors = [
        image.pixelColor(
            round(matrix.cell_rect(row, column).left()) + 3,
            round(matrix.cell_rect(row, column).top()) + 3,
        ).lightness()
        for row, column in ((0, 0), (0, 1), (1, 1))
    ]
    assert colors[0] < colors[1] < colors[2]  # in the light theme, more is darker


def test_bars_say_their_numbers(qtbot, qapp: QApplication) -> None:
    bars = AccuracyBars()
    qtbot.addWidget(bars)
    bars.set_bars((Bar("from μ", 0.8725), Bar("from pixels", None)), chance=0.1)
    assert bars.accessibleDescription() == "from μ: 87.2 %; from pixels: …"
    bars.resize(300, bars.sizeHint().height())
    full = bars.grab().toImage()
    bars.set_bars((Bar("from μ", 0.1), Bar("from pixels", None)), chance=0.1)
    assert bars.grab().toImage() != full
