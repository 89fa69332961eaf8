"""“Is this a digit?”: three sentences on the drawing, forgotten with it, cancelled on the way, or why there are none."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.spaces import config_of, show, show_space, trained
from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.analysis.coverage import CoverageLevel
from vae_gui.core.analysis.typicality import Typicality, typicality
from vae_gui.core.support.progress import finish
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.draw.panel import DrawPanel
from vae_gui.ui.panels.draw.typicality_form import CANCELLED, NO_IMAGES
from vae_gui.ui.panels.draw.typicality_words import compared_words, sentences

UPRIGHT, LEVEL = ((0.3, 0.2), (0.3, 0.8)), ((0.2, 0.3), (0.8, 0.3))
FOUND = Typicality(
    1200, 200, "7", 90.0, (80.0, 99.0), True, -131.24, 42.4, 98.26, 63.2, -1.9, CoverageLevel.EDGE
)


@pytest.fixture
def panel(panel_of: PanelOf) -> DrawPanel:
    return panel_of(DrawPanel, 640, 420)


def put(context: Context, *strokes: tuple[tuple[float, float], ...]) -> None:
    explorer = context.explorer
    explorer.set_latent(replace(explorer.latent, strokes=strokes))


def press(qtbot, panel: DrawPanel) -> None:
    qtbot.waitUntil(panel.typicality.isEnabled)
    qtbot.mouseClick(panel.typicality, Qt.MouseButton.LeftButton)


def test_pressed_it_gives_three_sentences_about_the_drawing(qtbot, context, panel) -> None:
    data = tiny_data()
    snapshot = show(context, trained(config_of(latent_dim=3), data, steps=4), data)
    form = panel.typicality
    assert not form.isEnabled()
    put(context, UPRIGHT)
    press(qtbot, panel)
    assert form.popup.isVisible()
    qtbot.waitUntil(lambda: form.found is not None)
    expected = finish(typicality(snapshot, panel.prepared.image, data))
    assert form.found == expected
    assert [label.text() for label in form.sentences] == list(sentences(expected))
    assert all(label.isVisible() for label in (*form.sentences, form.compared))
    assert not form.state.isVisible() and not form.cancel_button.isVisible()
    form.popup.hide()


def test_another_drawing_or_model_takes_the_answer_away(qtbot, context, panel) -> None:
    data = tiny_data()
    show(context, trained(config_of(latent_dim=3), data, steps=4), data)
    put(context, UPRIGHT)
    press(qtbot, panel)
    qtbot.waitUntil(lambda: panel.typicality.found is not None)
    panel.typicality.popup.hide()
    context.explorer.move_cursor((0.5, 0.5, 0.5))
    assert panel.typicality.found is not None
    put(context, LEVEL)
    assert panel.typicality.found is None
    put(context)
    assert not panel.typicality.isEnabled()


def test_cancelled_it_says_so_and_can_be_asked_again(qtbot, context, panel) -> None:
    data = tiny_data()
    show(context, trained(config_of(), data, steps=4), data)
    put(context, UPRIGHT)
    press(qtbot, panel)
    form = panel.typicality
    assert form.cancel_button.isVisible()
    qtbot.mouseClick(form.cancel_button, Qt.MouseButton.LeftButton)
    assert form.state.text() == CANCELLED and not form.cancel_button.isVisible()
    form.popup.hide()
    qtbot.waitUntil(lambda: not context.jobs.running)
    assert form.found is None
    press(qtbot, panel)
    qtbot.waitUntil(lambda: form.found is not None)
    form.popup.hide()


def test_without_images_or_a_likelihood_it_says_why(qtbot, context, panel) -> None:
    show_space(context)
    put(context, UPRIGHT)
    press(qtbot, panel)
    form = panel.typicality
    assert form.state.text() == NO_IMAGES and form.state.isVisible()
    form.popup.hide()
    data = tiny_data()
    show(context, trained(config_of("autoencoder-512"), data), data)
    press(qtbot, panel)
    qtbot.waitUntil(lambda: "autoencoder" in form.state.text())
    assert not any(label.isVisible() for label in form.sentences)
    form.popup.hide()


def test_each_sentence_has_its_number_and_what_it_cannot_tell() -> None:
    evidence, reconstruction, coverage = sentences(FOUND)
    assert "log p(x) = −131.2 nats, higher than for 42 %" in evidence and "Nalisnick" in evidence
    assert "98.3 nats, larger than for 63 %" in reconstruction
    assert "log q(z) = −1.9 nats" in coverage and "edge" in coverage
    assert all("cannot" in sentence for sentence in (evidence, reconstruction, coverage))
    assert "200 of the MNIST test images" in compared_words(FOUND, "MNIST test images")
    assert "“7”" in compared_words(FOUND, "") and "1 200" in compared_words(FOUND, "")


def test_a_bound_and_an_image_without_its_like_are_called_so() -> None:
    evidence, _, _ = sentences(replace(FOUND, exact=False, ink=600.0))
    assert "≥ −131.2" in evidence and "600 pixels, theirs 80 to 99" in evidence
    assert "theirs" not in sentences(FOUND)[0]
