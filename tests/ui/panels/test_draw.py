"""Drawing, dropping and pasting: what the panel shows, and where it lies on the pad."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from tests.screen import pixels
from tests.spaces import CASES, config_of, random_snapshot, show, show_space, trained
from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from tests.ui.drawing import draw
from tests.waiting import WAIT_SECONDS
from vae_gui.core.analysis.image_posterior import ImagePosterior, InferPosterior
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.requests import Answering, Frozen
from vae_gui.core.pictures.posterior import Posterior
from vae_gui.core.vae.encodings import Encodings
from vae_gui.runtime.live.log_evidence import LiveLogEvidence
from vae_gui.ui.panels.draw.answer_words import READING, answer_words
from vae_gui.ui.panels.draw.panel import DrawPanel
from vae_gui.ui.panels.draw.tiles import error_levels
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.style.theme import current_theme, rgb

BAR = (((0.3, 0.2), (0.3, 0.8)),)


@pytest.fixture
def panel(panel_of: PanelOf) -> DrawPanel:
    return panel_of(DrawPanel, 1280, 150)


@pytest.fixture
def pad(panel_of: PanelOf) -> PadPanel:
    return panel_of(PadPanel, 500, 500)


def found(qtbot, panel: DrawPanel) -> None:
    qtbot.waitUntil(lambda: panel.found is not None)


def mime_of(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def picture(folder: Path, ground: int = 255, ink: int = 20) -> Path:
    image = np.full((60, 80), ground, np.uint8)
    image[10:50, 35:45] = ink
    Image.fromarray(image).save(folder / "bar.png")
    return folder / "bar.png"


def test_a_stroke_is_encoded_as_the_model_does(qtbot, context, panel) -> None:
    snapshot = show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.5), (0.35, 0.8))
    found(qtbot, panel)

    assert panel.prepared is not None
    expected = answer(snapshot, InferPosterior(Frozen(panel.prepared.image[None])))
    assert np.array_equal(panel.found.mu, expected.mu)
    assert np.array_equal(panel.tiles.reconstruction._image, expected.reconstruction)
    assert panel.tiles.samples.count() == 10
    assert all(panel.numbers.text(name) for name in ("mu", "sigma", "kl", "elbo"))
    posterior = context.explorer.posterior
    assert posterior.mu == tuple(expected.mu.tolist())
    assert posterior.sigma == tuple(expected.sigma.tolist())


def test_each_stroke_is_one_step_of_undo(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.5), (0.35, 0.8))
    draw(panel, (0.6, 0.2), (0.6, 0.5), (0.65, 0.8))
    explorer = context.explorer
    assert len(explorer.latent.strokes) == 2 and len(explorer.latent.strokes[0]) == 3
    explorer.undo_stack.undo()
    assert len(explorer.latent.strokes) == 1
    explorer.undo_stack.undo()
    assert explorer.latent.strokes == () and explorer.posterior is None
    explorer.undo_stack.redo()
    assert len(explorer.latent.strokes[0]) == 3
    found(qtbot, panel)


def test_the_keys_draw_too(qtbot, context, panel) -> None:
    show_space(context)
    for key in (
        Qt.Key.Key_Up,
        Qt.Key.Key_Space,
        Qt.Key.Key_Down,
        Qt.Key.Key_Right,
        Qt.Key.Key_Space,
    ):
        qtbot.keyClick(panel.canvas, key)
    (stroke,) = context.explorer.latent.strokes
    assert stroke == ((0.5, 0.46), (0.5, 0.5), (0.54, 0.5))
    qtbot.keyClick(panel.canvas, Qt.Key.Key_Backspace)
    assert context.explorer.latent.strokes == ()


def test_an_empty_canvas_has_no_answer(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    panel.tools.clear_button.click()

    assert panel.found is None and panel.prepared is None
    assert context.explorer.posterior is None
    assert not any(panel.numbers.text(name) for name in panel.numbers.values)
    assert not panel.places.isEnabled()
    assert panel.tiles.samples.count() == 0
    context.explorer.undo_stack.undo()
    found(qtbot, panel)


def test_a_thicker_brush_is_another_image(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8), (0.6, 0.8))
    thin = panel.prepared.image
    panel.tools.brush.setValue(20)
    assert panel.prepared.image.sum() > 1.3 * thin.sum()


def test_the_drawing_stays_when_a_fresh_model_is_shown(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    strokes = context.explorer.latent.strokes
    data = tiny_data()
    show(context, trained(config_of(), data), data)
    assert context.explorer.latent.strokes == strokes
    found(qtbot, panel)


def test_it_follows_the_weights(qtbot, context, panel) -> None:
    data = tiny_data()
    trainer = trained(config_of(), data)
    show(context, trainer, data)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    before = panel.found
    trainer.step()
    snapshot = trainer.snapshot()
    context.explorer.weights.adopt(snapshot)
    qtbot.waitUntil(lambda: panel.found is not before)
    assert np.array_equal(panel.found.mu, Engine(snapshot).encode(panel.prepared.image[None])[0][0])


def test_a_stroke_is_answered_in_a_sentence(qtbot, context, panel) -> None:
    show_space(context)
    assert panel.answer.text() == ""
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    assert panel.answer.text().startswith("The encoder") and "reconstruction" in panel.answer.text()
    assert panel.answer.mapTo(panel, panel.answer.rect().topLeft()).y() <= panel.tiles.y()
    panel.clear()
    assert panel.answer.text() == ""


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ((0,) * 15, "reads this as “7”: here is"),
        ((0,) * 8 + (1,) * 7, "puts this between “7” and “9”: here is"),
        (None, "has found a place for this: here is"),
    ],
)
def test_the_sentence_names_the_class_of_the_encodings_nearby(
    labels: tuple[int, ...] | None, words: str
) -> None:
    mu = np.zeros((30, 2), np.float32)
    mu[15:] = 5
    known = None if labels is None else np.array(labels + (2,) * 15, np.int16)
    encodings = Encodings(mu, None, known, () if labels is None else ("7", "9", "1"))
    image, here = np.zeros((28, 28), np.uint8), np.zeros(2, np.float32)
    answered = ImagePosterior(here, image, None, mu[:0], image[None][:0], None)
    assert words in answer_words(answered, encodings)


@dataclass(frozen=True, eq=False)
class Busy:
    """A question that keeps the thread, so that all others wait, until it is over."""

    over: threading.Event
    cost: int = 1

    def answer(self, engine: Engine) -> Answering[None]:
        yield from ()
        self.over.wait(WAIT_SECONDS)


def test_what_is_of_an_older_moment_is_dimmed_until_its_answer_comes(
    qtbot, context, panel, request
) -> None:
    show_space(context)
    tiles = panel.tiles
    shown = (tiles.reconstruction, tiles.error, tiles.samples)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    bright = pixels(tiles.reconstruction).astype(int).sum()
    for change in (
        lambda: draw(panel, (0.6, 0.2), (0.6, 0.8)),
        lambda: context.explorer.weights.adopt(random_snapshot(config_of().model, step=7)),
    ):
        busy = Busy(threading.Event())
        request.addfinalizer(busy.over.set)  # also where a line below fails
        context.explorer.questions.ask_once("busy", busy, lambda _: None)
        before = panel.found
        change()
        assert not panel.freshness.is_now
        qtbot.waitUntil(lambda: all(tile.faded for tile in shown))
        assert not tiles.prepared.faded and not panel.numbers.isEnabled()
        assert panel.answer.text() == READING and panel.found is before
        assert pixels(tiles.reconstruction).astype(int).sum() != bright
        busy.over.set()
        qtbot.waitUntil(lambda: panel.freshness.is_now)
        assert not any(tile.faded for tile in shown) and panel.numbers.isEnabled()
        assert panel.found is not before and panel.answer.text() != READING


def test_it_becomes_cursor_endpoint_and_start(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    z, explorer, asked = tuple(panel.found.mu.tolist()), context.explorer, []
    panel.traverse_requested.connect(lambda: asked.append(explorer.latent.cursor))

    panel.places.buttons["A"].click()
    panel.places.buttons["B"].click()
    assert (explorer.latent.a, explorer.latent.b) == (z, z)
    explorer.move_cursor((5.0, 5.0))
    panel.places.buttons["traversal"].click()
    assert asked == [z]
    explorer.undo_stack.undo()
    panel.places.buttons["cursor"].click()
    assert explorer.latent.cursor == z


def test_a_sample_moves_the_cursor_there(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    panel.tiles.samples.clicked.emit(3)
    assert context.explorer.latent.cursor == tuple(panel.found.z[3].tolist())


def test_a_stroke_takes_the_cursor_along_in_its_step_of_undo(qtbot, context, panel) -> None:
    show_space(context)
    explorer = context.explorer
    before = explorer.latent.cursor
    draw(panel, (0.3, 0.2), (0.3, 0.5), (0.35, 0.8))
    found(qtbot, panel)
    assert explorer.latent.cursor == tuple(panel.found.mu.tolist()) != before
    explorer.undo_stack.undo()
    assert explorer.latent.cursor == before and explorer.latent.strokes == ()
    explorer.undo_stack.redo()
    found(qtbot, panel)
    cursor = (0.25, -0.5)
    explorer.move_cursor(cursor)
    explorer.weights.adopt(random_snapshot(config_of().model, seed=5, step=7))
    qtbot.waitUntil(lambda: explorer.posterior is not None)
    assert explorer.latent.cursor == cursor  # newer weights lead it nowhere


def test_the_pad_zooms_to_the_drawing_and_fades_what_lies_on_it(qtbot, context, pad) -> None:
    show_space(context)
    explorer, mu, sigma = context.explorer, (1.5, 0.25), (0.05, 0.02)
    explorer.set_posterior(Posterior(mu, sigma))
    explorer.set_endpoint("A", (5.0, 5.0))
    away = pixels(pad.view)
    explorer.set_endpoint("A", mu)
    over = pixels(pad.view)
    at = pad.view.to_pixels(mu)
    row, column = round(at.y()), round(at.x()) + 9  # on the disc of A, beside its letter
    theme = current_theme()
    assert not np.array_equal(over[row, column], away[row, column])
    assert np.abs(over[row, column, :3].astype(int) - rgb(theme.text)).max() > 60
    pad.zoom_to_drawing()
    view = pad.view.view
    assert view.x0 <= mu[0] - 4 * sigma[0] and view.x1 >= mu[0] + 4 * sigma[0]
    assert view.x1 - view.x0 < 12 * sigma[0] and view.y0 < mu[1] < view.y1
    explorer.set_posterior(None)
    pad.zoom_to_drawing()
    assert pad.view.view == view


def test_behind_another_tab_the_posterior_stays_as_long_as_it_is_true(
    qtbot, context, panel
) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    qtbot.waitUntil(lambda: panel.log_evidence.value is not None)
    exact = panel.log_evidence.value.exact
    explorer, started = context.explorer, []
    context.jobs.started.connect(started.append)
    panel.hide()
    explorer.move_cursor((1.0, 1.0))
    assert explorer.posterior is not None and explorer.posterior.exact is exact
    panel.show()
    found(qtbot, panel)
    assert explorer.posterior.exact is exact and not started
    panel.hide()
    explorer.set_latent(replace(explorer.latent, strokes=()))
    assert explorer.posterior is None
    explorer.undo_stack.undo()
    panel.show()
    qtbot.waitUntil(lambda: explorer.posterior is not None)
    panel.hide()
    explorer.weights.adopt(random_snapshot(config_of().model, seed=5, step=7))
    assert explorer.posterior is None


def test_hidden_it_asks_for_nothing_more(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    started = []
    context.jobs.started.connect(started.append)
    panel.hide()
    weigh_another(qtbot, panel)
    assert len(started) == 1 and not panel.log_evidence.busy
    panel.show()
    qtbot.waitUntil(lambda: context.explorer.posterior is not None)


def weigh_another(qtbot, panel: DrawPanel) -> None:
    """By then whatever the panel had asked for before would have begun, and perhaps ended, too."""
    other = LiveLogEvidence(panel.context, panel)
    other.watch(True)
    other.ask(panel.prepared.image, 64)
    qtbot.waitUntil(lambda: other.value is not None)


def test_in_two_dimensions_the_exact_posterior_comes_by_itself(qtbot, context, panel, pad) -> None:
    data = tiny_data()
    show(context, trained(config_of(), data, steps=4), data)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    qtbot.waitUntil(lambda: panel.log_evidence.value is not None)

    result = panel.log_evidence.value
    assert result.log_evidence >= result.elbo - 0.5
    assert panel.numbers.text("evidence") and panel.numbers.text("gap")
    assert context.explorer.posterior.exact is result.exact
    qtbot.waitUntil(lambda: pad.view._posterior.picture is not None)
    x0, x1, y0, y1 = pad.view._posterior.extent
    assert x0 < result.exact.mean[0] < x1 and y0 < result.exact.mean[1] < y1


def test_unticked_it_stops_and_stays_off(qtbot, context, panel) -> None:
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    qtbot.waitUntil(lambda: panel.log_evidence.busy)
    panel.asked.cancel_button.click()
    assert not panel.log_evidence.busy and not panel.asked.exact.isChecked()
    qtbot.waitUntil(lambda: context.jobs.running == ())
    draw(panel, (0.6, 0.2), (0.6, 0.8))
    weigh_another(qtbot, panel)
    assert not panel.log_evidence.busy and panel.log_evidence.value is None


def test_of_more_dimensions_a_bound_is_offered(qtbot, context, panel) -> None:
    show_space(context, latent_dim=3)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    assert panel.asked.exact.isHidden() and "two dimensions" in panel.asked.bound.toolTip()
    weigh_another(qtbot, panel)
    assert not panel.log_evidence.busy and panel.log_evidence.value is None
    panel.asked.samples.setCurrentIndex(0)
    panel.asked.bound.click()
    qtbot.waitUntil(lambda: panel.log_evidence.value is not None)
    assert panel.log_evidence.value.samples == 64
    assert panel.numbers.text("evidence").startswith("≥")


def test_an_autoencoder_says_why_there_is_no_posterior(qtbot, context, panel, pad) -> None:
    show_space(context, architecture="autoencoder-512")
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    assert "one point" in panel.note.text() and panel.note.isVisible()
    assert not panel.asked.isVisible() and not panel.tiles.samples.isVisible()
    assert panel.numbers.text("mu") and not panel.numbers.text("elbo")
    assert context.explorer.posterior.sigma is None
    assert pad.view._posterior.ellipses == ()


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_model_answers(qtbot, context, panel, pad, case: str) -> None:
    config, data = CASES[case]
    show(context, trained(config, data), data)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    assert panel.prepared.image.shape == (data.side, data.side)
    assert "nan" not in " ".join(label.text() for label in panel.numbers.values.values())
    pixels(pad)


def test_of_a_model_that_diverged_nothing_is_placed(qtbot, context, panel) -> None:
    show_space(context)
    broken = random_snapshot(config_of().model)
    for array in broken.weights.values():
        array[:] = np.nan
    context.explorer.weights.adopt(broken)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    assert context.explorer.posterior is None and not panel.places.isEnabled()
    assert "nan" not in panel.numbers.text("mu")


@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_the_axes_of_the_ellipse_are_sigma_to_scale(context, pad, zoom: float) -> None:
    show_space(context, encoded=False)
    mu, sigma, view = (0.5, 0.2), (0.4, 0.15), pad.view
    context.explorer.move_cursor((-2.5, -2.5))  # with its tile, which would hide some of it
    view.zoom(zoom, QPointF(*mu))
    empty = pixels(view).astype(int)
    context.explorer.set_posterior(Posterior(mu, sigma))
    drawn = np.abs(pixels(view).astype(int) - empty).sum(axis=2) > 60

    at = view.to_pixels(mu)
    row, column = drawn[round(at.y())], drawn[:, round(at.x())]
    left = round(at.x()) - int(np.flatnonzero(row)[0])
    above = round(at.y()) - int(np.flatnonzero(column)[0])
    per_unit = 1 / view.units_per_pixel()
    assert left == pytest.approx(2 * sigma[0] * per_unit, abs=2.5)
    assert above == pytest.approx(2 * sigma[1] * per_unit, abs=2.5)
    assert [label for label, _ in view._posterior.ellipses] == ["39 %", "86 %"]


def test_without_its_layer_the_ellipse_is_not_drawn(context, pad) -> None:
    show_space(context)
    context.explorer.set_posterior(Posterior((0.0, 0.0), (0.2, 0.2)))
    assert pad.view._posterior is not None
    context.explorer.set_layers(context.explorer.layers.with_overlays({"drawing": False}))
    assert pad.view._posterior is None


def test_a_dark_drawing_on_paper_is_inverted_and_back(qtbot, context, panel, tmp_path) -> None:
    show_space(context)
    assert panel.take(mime_of(picture(tmp_path)))
    found(qtbot, panel)
    assert panel.prepared.inverted and panel.tools.invert.isChecked()
    assert panel.tools.invert.text() == "Inverted: dark on light"
    inverted = panel.prepared.image
    panel.tools.invert.click()
    assert not panel.prepared.inverted and not np.array_equal(panel.prepared.image, inverted)
    context.explorer.undo_stack.undo()
    assert np.array_equal(panel.prepared.image, inverted)
    context.explorer.undo_stack.undo()
    assert panel.source.picture is None and panel.prepared is None


def test_a_stroke_on_a_picture_begins_a_drawing(qtbot, context, panel, tmp_path) -> None:
    show_space(context)
    panel.take(mime_of(picture(tmp_path)))
    found(qtbot, panel)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    assert panel.source.picture is None and len(context.explorer.latent.strokes) == 1


def test_a_pasted_picture_with_clear_parts_says_so(qtbot, context, panel) -> None:
    show_space(context)
    image = QImage(40, 40, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    for y in range(8, 32):
        image.setPixelColor(20, y, Qt.GlobalColor.black)
        image.setPixelColor(21, y, Qt.GlobalColor.black)
    QGuiApplication.clipboard().setImage(image)
    panel.paste()
    found(qtbot, panel)
    assert panel.prepared.flattened and "flattened" in panel.tools.flags.text()


def test_what_cannot_be_shown_is_refused_in_a_sentence(qtbot, context, panel, tmp_path) -> None:
    show_space(context)
    said: list[str] = []
    context.notices.published.connect(lambda notice: said.append(notice.text))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n12345")
    Image.new("1", (5000, 4001)).save(tmp_path / "large.png")
    for name, words in (("broken.png", "cannot be read"), ("large.png", "20 million pixels")):
        panel.take(mime_of(tmp_path / name))
        qtbot.waitUntil(lambda expected=words: bool(said) and expected in said[-1])
        assert name in said[-1]
    QGuiApplication.clipboard().clear()
    panel.paste()
    assert "no picture" in said[-1]
    assert panel.prepared is None and context.explorer.posterior is None


def test_an_even_surface_is_no_picture(qtbot, context, panel, tmp_path) -> None:
    show_space(context)
    panel.take(mime_of(picture(tmp_path, ground=200, ink=200)))
    qtbot.waitUntil(lambda: "even surface" in panel.note.text())
    assert panel.found is None and panel.note.isVisible()


def test_the_error_map_tells_missing_ink_from_added_ink() -> None:
    image, made = (np.array([[[255, 0, 90]]], np.uint8)[0], np.array([[0, 255, 90]], np.uint8))
    assert error_levels(image, made).tolist() == [[255, 0, 128]]


def test_a_picture_for_the_window_comes_to_the_panel(qtbot, window, tmp_path) -> None:
    docks, panel = window.docks, window.docks.panels["draw"]

    def in_front(name: str) -> bool:
        return not docks.docks[name].visibleRegion().isEmpty()

    qtbot.waitUntil(lambda: in_front("explore") and not in_front("draw"))
    window.drops.take(mime_of(picture(tmp_path)))
    qtbot.waitUntil(lambda: in_front("draw") and panel.found is not None)

    docks.bring_up("embedding")
    panel.places.buttons["traversal"].click()
    qtbot.waitUntil(lambda: in_front("explore"))
    assert window.context.explorer.latent.cursor == tuple(panel.found.mu.tolist())


def test_the_canvas_is_large_and_stays_where_it_is(qtbot, context, panel_of: PanelOf) -> None:
    panel = panel_of(DrawPanel, 740, 470)
    show_space(context, 2)
    before = panel.canvas.geometry()
    assert before.width() == before.height() >= 260
    draw(panel, (0.2, 0.2), (0.8, 0.2), (0.4, 0.8))
    found(qtbot, panel)
    qtbot.waitUntil(lambda: panel.numbers.text("evidence") != "")
    assert panel.canvas.geometry() == before
    panel.resize(500, 300)
    assert panel.canvas.width() < before.width()


@pytest.mark.parametrize("height", [400, 425, 450, 475, 500])
def test_the_samples_are_within_the_panel(qtbot, context, panel_of: PanelOf, height: int) -> None:
    panel = panel_of(DrawPanel, 690, height)
    show_space(context)
    draw(panel, (0.3, 0.2), (0.3, 0.8))
    found(qtbot, panel)
    tiles = panel.tiles
    qtbot.waitUntil(lambda: tiles.rect().contains(tiles.samples.geometry()))
