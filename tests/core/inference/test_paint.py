"""Paint and z follows: the image agrees where it was painted, and z stays as near as it can."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from tests.tiny import tiny_config
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.paint import DARK, LIGHT, FollowPaint
from vae_gui.core.inference.requests import MAX_BATCH, Frozen
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

SIDE = 8
NOWHERE = np.zeros((SIDE, SIDE), np.int8)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=[2, 6])
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Trained on the 8 × 8 digits that come with scikit-learn."""
    images = np.rint(load_digits().images * (255 / 16)).astype(np.uint8)
    data = ImageData("digits", "Digits", Split(images[100:], None), Split(images[:100], None), ())
    config = tiny_config(latent_dim=request.param, side=SIDE, batch_size=64, min_steps=400)
    trainer = Trainer(config, data, "run")
    for _ in range(400):
        trainer.step()
    return trainer.snapshot()


def follow(snapshot: Snapshot, marks: np.ndarray, start: np.ndarray, times: int = 4) -> np.ndarray:
    """As a mouse that rests: each answer goes on from the one before."""
    z = start
    for _ in range(times):
        z = answer(snapshot, FollowPaint(Frozen(marks), Frozen(start), Frozen(z)))
    return z


def origin(snapshot: Snapshot) -> np.ndarray:
    return np.zeros(snapshot.model.latent_dim, np.float32)


def towards(here: np.ndarray, there: np.ndarray, most: int = 10) -> np.ndarray:
    """Marks where two images (side, side) differ most, as the second has it."""
    difference = there.astype(int) - here
    marks = NOWHERE.copy()
    for index in np.argsort(-np.abs(difference), axis=None)[:most]:
        marks.flat[index] = LIGHT if difference.flat[index] > 0 else DARK
    return marks


def disagreement(snapshot: Snapshot, z: np.ndarray, marks: np.ndarray) -> float:
    image, painted = Engine(snapshot).mean_images(z[None])[0], marks != 0
    return float(np.square(image[painted] - (marks[painted] == LIGHT)).mean())


@pytest.mark.parametrize("seed", range(4))
def test_the_image_agrees_where_it_was_painted(snapshot: Snapshot, seed: int) -> None:
    start = origin(snapshot)
    other = np.random.default_rng(seed).normal(0, 1, start.shape).astype(np.float32)
    marks = towards(*Engine(snapshot).decode(np.stack((start, other))))
    found = follow(snapshot, marks, start)
    before, asked = (disagreement(snapshot, z, marks) for z in (start, other))
    assert disagreement(snapshot, found, marks) < max(asked + 0.02, 0.5 * before)


def test_without_paint_z_goes_back_to_where_the_stroke_began(snapshot: Snapshot) -> None:
    start = origin(snapshot) + np.float32(0.5)
    assert np.array_equal(follow(snapshot, NOWHERE, start), start)
    request = FollowPaint(Frozen(NOWHERE), Frozen(start), Frozen(start + 1))
    assert answer(snapshot, request) == pytest.approx(start, abs=1e-3)


def test_what_agrees_already_moves_z_little(snapshot: Snapshot) -> None:
    start = origin(snapshot)
    image = Engine(snapshot).decode(start[None])[0]
    marks = NOWHERE.copy()
    marks.flat[np.argsort(image, axis=None)[:5]] = DARK
    assert np.linalg.norm(follow(snapshot, marks, start) - start) < 0.1


def test_light_and_dark_are_opposites(snapshot: Snapshot) -> None:
    start = origin(snapshot)
    grey = np.unravel_index(
        np.abs(Engine(snapshot).mean_images(start[None])[0] - 0.5).argmin(), (SIDE, SIDE)
    )
    values = []
    for mark in (DARK, LIGHT):
        marks = NOWHERE.copy()
        marks[grey] = mark
        values.append(Engine(snapshot).mean_images(follow(snapshot, marks, start)[None])[0][grey])
    assert values[0] < 0.4 and values[1] > 0.6


def test_the_gradient_of_the_squared_error_is_that_of_its_differences(snapshot: Snapshot) -> None:
    engine, z, step = Engine(snapshot), origin(snapshot)[None] + np.float32(0.3), np.float32(1e-2)
    pixels = np.zeros((SIDE, SIDE), bool)
    pixels[2:5, 3:6] = True
    wanted = np.linspace(0, 1, 9, dtype=np.float32)
    errors, slopes = engine.squared_error(z, pixels, wanted)
    means = engine.mean_images(z)[:, pixels]
    assert errors == pytest.approx(np.square(means - wanted).sum(axis=1), rel=1e-4)
    for axis, slope in enumerate(slopes[0]):
        offset = step * np.eye(z.shape[1], dtype=np.float32)[axis]
        above, below = (engine.squared_error(z + o, pixels, wanted)[0] for o in (offset, -offset))
        assert slope == pytest.approx((above - below)[0] / (2 * step), abs=0.02)


def test_it_is_a_short_question_and_repeats(snapshot: Snapshot) -> None:
    start = origin(snapshot)
    marks = NOWHERE.copy()
    marks[3, 4] = LIGHT
    request = FollowPaint(Frozen(marks), Frozen(start), Frozen(start))
    assert request.cost <= MAX_BATCH
    assert np.array_equal(answer(snapshot, request), answer(snapshot, request))
    assert request == FollowPaint(Frozen(marks), Frozen(start), Frozen(start))


def test_an_autoencoder_follows_too() -> None:
    config = ModelConfig("autoencoder-512", 3, "squared-error", SIDE)
    found = follow(take_snapshot(build(config), "run", 0), NOWHERE, np.ones(3, np.float32))
    assert found == pytest.approx(np.ones(3))
