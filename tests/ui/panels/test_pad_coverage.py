"""At the cursor: how far off the map it is; under the pointer: the image that was encoded there."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from tests.spaces import decoded, made_up_encodings, show, show_space, trained
from tests.tiny import tiny_config, tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.analysis.density import log_density, mixture
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.explore.coverage_label import CoverageLabel
from vae_gui.ui.panels.explore.panel import ExplorePanel
from vae_gui.ui.panels.interpolation.panel import InterpolationPanel
from vae_gui.ui.panels.pad.panel import PadPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(panel_of: PanelOf) -> PadPanel:
    return panel_of(PadPanel, 600, 500)


@pytest.fixture
def label(panel_of: PanelOf) -> Iterator[CoverageLabel]:
    explore = panel_of(ExplorePanel, 600, 500)
    yield explore.decoded.coverage_label


def test_the_label_gives_log_q_at_the_cursor_and_a_word(
    qtbot, context: Context, label: CoverageLabel
) -> None:
    show_space(context)
    context.explorer.move_cursor((0.0, 0.0))
    qtbot.waitUntil(lambda: context.coverage.value is not None)
    encodings = made_up_encodings(2, 3, point=False)
    value = log_density(mixture(encodings), np.zeros((1, 2)))[0]
    assert label.text() == f"log q {value:.1f}\nwell inside".replace("-", "−")
    context.explorer.move_cursor((30.0, 30.0))
    qtbot.waitUntil(lambda: label.text().endswith("off the map"))


def test_a_model_without_encodings_has_no_coverage_and_no_density(
    qtbot, context: Context, panel: PadPanel, label: CoverageLabel
) -> None:
    show_space(context, encoded=False)
    panel.set_layers(PadLayers("coverage"))
    qtbot.waitUntil(lambda: panel.view.marks.tile is not None)
    assert label.text() == ""
    assert not panel.view.caption.isVisible()


def test_the_coverage_is_of_the_training_images_where_they_are_in_memory(
    qtbot, context: Context, panel: PadPanel
) -> None:
    data = tiny_data(train=300, test=100)
    show(context, trained(tiny_config(), data), data)
    qtbot.waitUntil(lambda: context.coverage.value is not None)
    assert "100 test images" in context.coverage.source
    panel.set_layers(PadLayers("coverage"))
    qtbot.waitUntil(lambda: "300 training images" in context.coverage.source)
    qtbot.waitUntil(
        lambda: (
            panel.view.caption.caption is not None
            and "300 training images" in panel.view.caption.caption.text
        )
    )


def test_the_word_at_the_cursor_and_the_band_under_the_strip_agree(
    qtbot, context: Context, panel: PadPanel, label: CoverageLabel, panel_of: PanelOf
) -> None:
    # given a strip beside the pad, both of the training images
    strip = panel_of(InterpolationPanel, 700, 150).strip
    data = tiny_data(train=300, test=100)
    show(context, trained(tiny_config(), data, steps=3), data)
    panel.set_layers(PadLayers("coverage"))
    qtbot.waitUntil(lambda: "training" in context.coverage.source)
    mu = context.explorer.scatter.encodings.mu
    for place in ((0.0, 0.0), tuple(mu[3].tolist()), tuple((mu[7] + 0.3).tolist()), (9.0, 9.0)):
        # when the cursor is at the first frame
        context.explorer.set_endpoint("A", place)
        context.explorer.move_cursor(place)
        # then label and band say the same of it
        value = context.coverage.value.log_density(place)
        number, word = f"{value:.1f}".replace("-", "−"), context.coverage.value.level(value).value
        qtbot.waitUntil(
            lambda number=number, word=word: (
                label.text() == f"log q {number}\n{word}"
                and "".join(strip.words[:1]).startswith(f"{word} · log q(z) {number}\n")
            )
        )


def hover(qtbot, panel: PadPanel, point: tuple[float, float]) -> None:
    qtbot.mouseMove(panel.view.viewport(), panel.view.to_pixels(point).toPoint())


def loneliest(points: np.ndarray) -> int:
    """The point that is farthest from its nearest neighbour."""
    distance = np.square(points[:, None] - points[None]).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    return int(distance.min(axis=1).argmax())


def test_pointing_at_an_encoding_shows_its_own_image(
    qtbot, context: Context, panel: PadPanel
) -> None:
    data = tiny_data(test=40)
    show(context, trained(tiny_config(), data, steps=3), data)
    qtbot.waitUntil(lambda: context.explorer.scatter.encodings is not None)
    mu = context.explorer.scatter.encodings.mu
    index = loneliest(mu)
    panel.view.zoom(8, QPointF(*mu[index].tolist()))
    hover(qtbot, panel, tuple(mu[index].tolist()))
    card = panel.view.marks.card
    assert card is not None
    assert np.array_equal(card.image, data.test.images[index])
    assert card.caption == data.class_names[data.test.labels[index]]
    hover(qtbot, panel, (float(mu[:, 0].max()) + 1, 0.0))
    panel.view.hover_ended.emit()
    assert panel.view.marks.card is None


def test_without_the_data_the_card_shows_what_mu_decodes_to(
    qtbot, context: Context, panel: PadPanel
) -> None:
    snapshot = show_space(context)
    mu = context.explorer.scatter.encodings.mu
    index = loneliest(mu)
    hover(qtbot, panel, tuple(mu[index].tolist()))
    qtbot.waitUntil(lambda: panel.view.marks.card is not None)
    card = panel.view.marks.card
    assert np.array_equal(card.image, decoded(snapshot, tuple(mu[index].tolist()))[0])
    assert "decoded" in card.caption
