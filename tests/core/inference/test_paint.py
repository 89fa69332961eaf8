"""Paint and z follows: the image agrees where it was painted, and z stays as near as it can."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from tests.tiny import tiny_config
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.paint import (
    DARK,
    LIGHT,
    SIGMA_PIXEL,
    SIGMA_Z,
    FollowPaint,
    survey_for_paint,
)
from vae_gui.core.inference.requests import MAX_BATCH, Frozen
from vae_gui.core.inference.survey import Survey
from vae_gui.core.storage.workspace import load
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.resources import PRETRAINED, resources_dir

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


STROKES = 24
FINE = 0.06  # latent units between the places of the search, which is then refined
REACH = 4.5


@dataclass(frozen=True)
class Stroke:
    marks: np.ndarray
    start: np.ndarray

    def nats(self, images: np.ndarray, z: np.ndarray) -> np.ndarray:
        """What the answer minimises, for each image (n, side, side) and its z (n, 2)."""
        painted = self.marks != 0
        errors = np.square(images[:, painted] - (self.marks[painted] == LIGHT)).sum(axis=1)
        away = np.square(z - self.start).sum(axis=1)
        return 0.5 * (errors / SIGMA_PIXEL**2 + away / SIGMA_Z**2)


@pytest.fixture(scope="module")
def shipped() -> Engine:
    return Engine(load(resources_dir() / PRETRAINED).checkpoint.snapshot)


@pytest.fixture(scope="module")
def survey(shipped: Engine) -> Survey:
    return finish(survey_for_paint(None).answer(shipped))


@pytest.fixture(scope="module")
def strokes() -> list[Stroke]:
    """Light or dark lines of three pixels' width, from places that the prior draws."""
    found = []
    for seed in range(STROKES):
        random = np.random.default_rng(seed)
        marks = np.zeros((28, 28), np.int8)
        ends = random.uniform(5, 23, (3, 2))
        for share in np.linspace(0, 1, 60):
            for here, there in pairwise(ends):
                row, column = (here + share * (there - here)).astype(int)
                marks[row - 1 : row + 2, column - 1 : column + 2] = LIGHT if seed % 2 else DARK
        found.append(Stroke(marks, random.normal(0, 1, 2).astype(np.float32)))
    return found


@pytest.fixture(scope="module")
def best(shipped: Engine, strokes: list[Stroke]) -> np.ndarray:
    """The lowest nats of each stroke that a fine grid finds, the twelve best places of it refined."""
    axis = np.arange(-REACH, REACH, FINE)
    z = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2).astype(np.float32)
    painted = np.stack([(stroke.marks != 0).ravel() for stroke in strokes], axis=1)
    light = np.stack([(stroke.marks == LIGHT).ravel() for stroke in strokes], axis=1)
    errors = []
    for part in np.array_split(z, len(z) // 512):
        flat = shipped.mean_images(part).reshape(len(part), -1)
        errors.append(flat**2 @ painted - 2 * flat @ light + light.sum(axis=0))
    starts = np.stack([stroke.start for stroke in strokes])
    away = np.square(z[:, None] - starts).sum(axis=2)
    nats = 0.5 * (np.concatenate(errors) / SIGMA_PIXEL**2 + away / SIGMA_Z**2)
    nine = np.array([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)], np.float32)
    lowest = []
    for index, stroke in enumerate(strokes):
        places, step = z[np.argsort(nats[:, index])[:12]], FINE
        for _ in range(6):
            step /= 2
            around = places[:, None] + step * nine
            flat = around.reshape(-1, 2)
            values = stroke.nats(shipped.mean_images(flat), flat).reshape(-1, 9)
            places = around[np.arange(12), values.argmin(axis=1)]
        lowest.append(values.min())
    return np.array(lowest)


def rest(engine: Engine, stroke: Stroke, survey: Survey | None) -> np.ndarray:
    """As the panel asks: each answer goes on from the one before, until z rests."""
    z = stroke.start
    for _ in range(12):
        request = FollowPaint(Frozen(stroke.marks), Frozen(stroke.start), Frozen(z), survey)
        before, z = z, finish(request.answer(engine))
        if np.abs(z - before).max() <= 1e-3:
            break
    return z


def test_each_stroke_ends_next_to_the_best_that_a_fine_grid_finds(
    shipped: Engine, survey: Survey, strokes: list[Stroke], best: np.ndarray
) -> None:
    z = np.stack([rest(shipped, stroke, survey) for stroke in strokes])
    images = shipped.mean_images(z)
    ends = [
        float(stroke.nats(images[[index]], z[[index]])[0]) for index, stroke in enumerate(strokes)
    ]
    assert (np.array(ends) - best).max() < 0.5


def test_an_answer_with_a_survey_is_short_too(
    shipped: Engine, survey: Survey, strokes: list[Stroke], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []
    decode = shipped.mean_images
    monkeypatch.setattr(shipped, "mean_images", lambda z: passes.append(len(z)) or decode(z))
    for stroke in strokes[:6]:
        passes.clear()
        marks, start = Frozen(stroke.marks), Frozen(stroke.start)
        request = FollowPaint(marks, start, start, survey)
        finish(request.answer(shipped))
        assert request.cost <= MAX_BATCH
        assert max(passes) <= MAX_BATCH and sum(passes) <= 2 * MAX_BATCH


def test_a_survey_of_older_weights_does_no_harm(survey: Survey, shipped: Engine) -> None:
    other = Engine(take_snapshot(build(shipped.snapshot.model), "run", 0))
    stroke = Stroke(np.zeros((28, 28), np.int8), np.zeros(2, np.float32))
    stroke.marks[10:14, 10:20] = LIGHT
    z = rest(other, stroke, survey)
    start, end = (stroke.nats(other.mean_images(at[None]), at[None])[0] for at in (stroke.start, z))
    assert end <= start


def test_a_survey_reaches_over_all_encodings_and_the_prior() -> None:
    mu = np.random.default_rng(0).normal((8, 0), 1, (500, 2)).astype(np.float32)
    request = survey_for_paint(Encodings(mu, None, None, ()))
    assert request.x[0] == -REACH and request.x[1] > 9
    assert request.y == (-REACH, REACH)
