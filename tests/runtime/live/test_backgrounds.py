"""LiveBackground: the picture of the pad's layer follows view, encodings, weights and choice."""

from dataclasses import replace

import numpy as np
import pytest

from tests.answers import wait_for_answers
from tests.runtime.conftest import Collector
from tests.spaces import random_snapshot, show_space
from vae_gui.core.inference.engine import answer
from vae_gui.core.pictures.backgrounds import DistortionBackground, Plane
from vae_gui.core.pictures.layers import LAYERS, LayerColors, LayerData, LayerView
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.runtime.context import Context
from vae_gui.runtime.live.backgrounds import LiveBackground

RAMP = ((0, 0, 0, 0), (200, 200, 200, 200))
COLORS = LayerColors(RAMP, RAMP, (1, 2, 3, 4), ((255, 0, 0), (0, 255, 0), (0, 0, 255)))
VIEW = LayerView(
    Plane((-2.0, 2.0, -1.0, 3.0), (0, 1), (0.0, 0.0)), 90.0, 90.0, (0, 1, 2), COLORS, aligned=False
)


class Pad:
    """The view of a pad, and its background."""

    def __init__(self, context: Context) -> None:
        self.view, self.context = VIEW, context
        self.live = LiveBackground(
            context.explorer,
            context.training,
            context.coverage,
            lambda: self.view,
            self._data,
            context.explorer,
        )

    def _data(self) -> LayerData | None:
        explorer, coverage = self.context.explorer, self.context.coverage
        if explorer.weights.snapshot is None:
            return None
        encodings = explorer.scatter.encodings
        return LayerData(explorer.weights.snapshot, encodings, coverage.value, coverage.source)

    def choose(self, background: str) -> None:
        self.context.explorer.set_layers(PadLayers(background))
        self.live.touch()

    def shows(self, qtbot, background: str) -> None:
        """Choose it and wait for its picture."""
        self.choose(background)
        qtbot.waitUntil(lambda: self.live.picture is not None)


@pytest.fixture
def pad(context: Context) -> Pad:
    show_space(context)
    pad = Pad(context)
    pad.live.watch(True)
    context.coverage.watch(True)
    return pad


@pytest.mark.parametrize("background", [name for name, layer in LAYERS.items() if layer.request])
def test_the_picture_is_that_of_the_chosen_layer_with_its_caption(
    qtbot, context: Context, pad: Pad, background: str
) -> None:
    pad.shows(qtbot, background)
    layer, data = LAYERS[background], pad._data()
    expected = answer(context.explorer.weights.snapshot, layer.request(VIEW, data))
    assert np.array_equal(pad.live.picture.rgba, expected.rgba)
    assert pad.live.caption() == layer.caption(expected, VIEW, data)


def test_a_layer_without_a_picture_asks_nothing(qtbot, context: Context, pad: Pad) -> None:
    answered = Collector()
    context.explorer.questions.answered.connect(answered.take)
    pad.choose("none")
    wait_for_answers(qtbot, context)
    assert pad.live.picture is None and pad.live.caption() is None
    assert "background" not in {answer.channel for answer in answered.values}


def test_the_picture_of_another_layer_is_not_shown(qtbot, pad: Pad) -> None:
    pad.shows(qtbot, "density")
    pad.choose("manifold")
    assert pad.live.picture is None and pad.live.caption() is None


def test_the_last_picture_stays_while_the_view_moves(qtbot, pad: Pad) -> None:
    pad.shows(qtbot, "distortion")
    before = pad.live.picture
    extent = (-1.0, 1.0, 0.0, 2.0)
    pad.view = replace(VIEW, plane=replace(VIEW.plane, extent=extent))
    pad.live.touch()
    assert pad.live.picture is before
    qtbot.waitUntil(lambda: pad.live.picture.extent == extent)


def test_newer_weights_make_another_picture(qtbot, context: Context, pad: Pad) -> None:
    pad.shows(qtbot, "manifold")
    before = pad.live.picture
    model = context.explorer.weights.snapshot.model
    context.explorer.weights.adopt(random_snapshot(model, seed=3, step=5))
    qtbot.waitUntil(lambda: pad.live.picture is not before)
    assert not np.array_equal(pad.live.picture.rgba, before.rgba)


def test_hidden_it_costs_nothing(qtbot, context: Context, pad: Pad) -> None:
    answered = Collector()
    context.explorer.questions.answered.connect(answered.take)
    pad.live.watch(False)
    pad.choose("distortion")
    wait_for_answers(qtbot, context)
    assert DistortionBackground not in {type(answer.request) for answer in answered.values}


def test_a_layer_that_cannot_be_turned_is_turned_away_on_an_aligned_plane(qtbot, pad: Pad) -> None:
    pad.shows(qtbot, "distortion")
    pad.view = replace(VIEW, aligned=True)
    pad.live.touch()
    assert pad.live.is_turned_away and pad.live.picture is None
    pad.shows(qtbot, "density")
    assert not pad.live.is_turned_away


def test_only_the_coverage_has_the_training_images_encoded(context: Context, pad: Pad) -> None:
    wanted = []
    context.coverage.watch_training_images = wanted.append
    pad.choose("density")
    pad.choose("coverage")
    pad.choose("coverage")
    pad.choose("none")
    assert wanted == [True, False]
