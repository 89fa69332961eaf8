"""The contract of every entry in LAYERS."""

import numpy as np
import pytest

from tests.tiny import tiny_config
from vae_gui.core.analysis.coverage import Calibrate
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.requests import MAX_BATCH, EngineRequest
from vae_gui.core.pictures.backgrounds import BackgroundPicture, Plane
from vae_gui.core.pictures.layers import LAYERS, LayerColors, LayerData, LayerView, PadLayer
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.models.base import build, take_snapshot

PAINTED = [layer for layer in LAYERS.values() if layer.request is not None]
every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
every_painted_layer = pytest.mark.parametrize("layer", PAINTED, ids=[e.name for e in PAINTED])
EXTENT = (-3.0, 3.0, -2.0, 2.0)
RAMP = ((0, 0, 0, 40), (200, 220, 240, 255))


def view(dims: int) -> LayerView:
    axes = (0, 0) if dims == 1 else (0, 1)
    colors = LayerColors(RAMP, RAMP, (1, 2, 3, 255), ((255, 0, 0), (0, 0, 255)))
    return LayerView(Plane(EXTENT, axes, (0.0,) * dims), 300, 200, (0, 1), colors, False)


def data(dims: int) -> LayerData:
    snapshot = take_snapshot(build(tiny_config(latent_dim=dims).model), "run", 0)
    mu = np.random.default_rng(0).normal(size=(60, dims)).astype(np.float32)
    labels = (np.arange(60) % 2).astype(np.int16)
    encodings = Encodings(mu, np.full_like(mu, -3), labels, ("a", "b"))
    return LayerData(snapshot, encodings, answer(snapshot, Calibrate(encodings)), "60 test images")


def request_of(
    layer: PadLayer, seen: LayerView, known: LayerData
) -> EngineRequest[BackgroundPicture]:
    assert layer.request is not None
    request = layer.request(seen, known)
    assert request is not None
    return request


@every_layer
def test_a_layer_describes_itself(layer: PadLayer) -> None:
    assert LAYERS[layer.name] is layer
    assert layer.title
    assert layer.tip


def test_the_first_layer_is_none_and_asks_nothing() -> None:
    assert next(iter(LAYERS)) == "none"
    assert LAYERS["none"].request is None


@every_painted_layer
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_its_picture_shows_something_where_it_says_and_is_captioned(
    layer: PadLayer, dims: int
) -> None:
    seen, known = view(dims), data(dims)
    picture = answer(known.snapshot, request_of(layer, seen, known))
    assert picture.rgba.dtype == np.uint8
    assert picture.rgba.shape[2:] == (4,)
    assert picture.rgba[..., 3].any()
    assert len(np.unique(picture.rgba.reshape(-1, 4), axis=0)) > 2
    x0, x1, y0, y1 = picture.extent
    assert (x0, x1) == EXTENT[:2]
    assert y0 < y1
    assert layer.caption(picture, seen, known).text


@every_painted_layer
def test_it_is_a_long_request_in_parts_so_that_the_pads_own_go_first(layer: PadLayer) -> None:
    known = data(2)
    request = request_of(layer, view(2), known)
    assert request.cost > MAX_BATCH
    assert sum(1 for _ in request.answer(Engine(known.snapshot))) >= 1


@every_painted_layer
def test_it_has_a_version_by_which_newer_data_is_told(layer: PadLayer) -> None:
    known = data(2)
    assert layer.version(known) is layer.version(known)
    assert layer.version(known) is not layer.version(data(2))
