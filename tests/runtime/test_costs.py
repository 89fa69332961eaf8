"""The cost of every kind of request, with 10 000 encodings and 64 frames, and what the thread makes of it."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import numpy as np
import pytest

import vae_gui.core
from tests.runtime.conftest import Collector
from tests.tiny import tiny_config
from vae_gui.core.analysis.coverage import Calibrate, LogDensityAt, calibrate
from vae_gui.core.analysis.density import run
from vae_gui.core.analysis.exact_posterior import ExactPosterior
from vae_gui.core.analysis.image_posterior import InferPosterior
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.nearest_image import KnownImages, NearestImages
from vae_gui.core.inference.paint import FollowPaint
from vae_gui.core.inference.requests import (
    MAX_BATCH,
    Answering,
    Decode,
    Encode,
    EngineRequest,
    Frozen,
    Reconstruct,
)
from vae_gui.core.inference.survey import SurveyPlane
from vae_gui.core.latent.grid import even_grid
from vae_gui.core.latent.neighbours import FindNeighbours
from vae_gui.core.latent.sampling import SamplePosterior
from vae_gui.core.paths.path import straight_path
from vae_gui.core.paths.requests import Measure
from vae_gui.core.pictures.backgrounds import (
    CoverageBackground,
    DensityBackground,
    DistortionBackground,
    ManifoldBackground,
    Plane,
)
from vae_gui.core.pictures.posterior import PicturePosterior
from vae_gui.core.pictures.scatter import View
from vae_gui.core.state.latent import LatentState
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.runtime.inference_thread import InferenceThread

ENCODINGS, FRAMES = 10_000, 64
RAMP = ((0, 0, 0, 0), (200, 200, 200, 200))
PLANE = Plane((-2.0, 2.0, -2.0, 2.0), (0, 1), (0.0, 0.0))
RANDOM = np.random.default_rng(0)
SNAPSHOT = take_snapshot(build(tiny_config().model), "run", 0)
MU = RANDOM.normal(size=(ENCODINGS, 2)).astype(np.float32)
KNOWN = Encodings(
    MU, np.full_like(MU, -3), (np.arange(ENCODINGS) % 3).astype(np.int16), tuple("abc")
)
COVERAGE = run(calibrate(KNOWN))
IMAGES = RANDOM.integers(0, 256, (FRAMES, 28, 28), np.uint8)
SOME, MANY = (KnownImages.of(np.repeat(IMAGES, times, axis=0)) for times in (32, 80))
CELLS = np.array([(x, y) for x in (0.05, 0.15) for y in (0.05, 0.15)])
EXACT = ExactPosterior(-100.0, CELLS, np.full(4, 0.1), np.full(4, 0.25), CELLS.mean(0), np.eye(2))
MARKS = np.zeros((28, 28), np.int8)  # the last digit of a descent depends on the number of threads


def points(count: int) -> Frozen:
    return Frozen(MU[:count])


AROUND = SurveyPlane((-2, 2), (-2, 2))
REQUESTS: dict[type, tuple[EngineRequest[object], ...]] = {
    Decode: (Decode(points(FRAMES)), Decode(points(900))),
    Encode: (Encode(Frozen(IMAGES)), Encode(Frozen(np.repeat(IMAGES, 4, axis=0)))),
    Reconstruct: (
        Reconstruct(Frozen(IMAGES[:8])),
        Reconstruct(Frozen(np.repeat(IMAGES, 4, axis=0))),
    ),
    SamplePosterior: (
        SamplePosterior(Frozen(IMAGES[:6]), 3, 0),
        SamplePosterior(Frozen(IMAGES), 3, 0),
    ),
    InferPosterior: (InferPosterior(Frozen(IMAGES[:1])),),
    FollowPaint: tuple(
        FollowPaint(Frozen(MARKS), Frozen(MU[0]), Frozen(MU[1]), survey)
        for survey in (None, answer(SNAPSHOT, AROUND))
    ),
    SurveyPlane: (AROUND,),
    NearestImages: tuple(NearestImages(points(1), known) for known in (SOME, MANY)),
    FindNeighbours: tuple(FindNeighbours(points(1), known, KNOWN, 8) for known in (SOME, MANY)),
    Measure: (Measure.of(straight_path(LatentState.origin(2))),),
    LogDensityAt: tuple(LogDensityAt(COVERAGE, points(count)) for count in (1, 13, 14, FRAMES)),
    Calibrate: (Calibrate(KNOWN),),
    CoverageBackground: (CoverageBackground(COVERAGE, PLANE, RAMP, RAMP[1]),),
    DensityBackground: (DensityBackground(KNOWN, PLANE, ((255, 0, 0),) * 3, (0, 1, 2)),),
    DistortionBackground: (DistortionBackground(PLANE, RAMP),),
    ManifoldBackground: (ManifoldBackground(even_grid(PLANE.extent, 5, 4), PLANE),),
    PicturePosterior: (PicturePosterior(EXACT, View(-1, 1, -1, 1, 90, 90), RAMP),),
}
EXAMPLES = [request for examples in REQUESTS.values() for request in examples]
NAMES = [f"{type(request).__name__}-{request.cost}" for request in EXAMPLES]


class Parts:
    """A short request that says between how many parts others could have their turn."""

    cost = 1

    def answer(self, engine: Engine) -> Answering[str]:
        yield
        yield
        yield
        return "whole"


@pytest.fixture
def thread(qtbot) -> Iterator[InferenceThread]:
    thread = InferenceThread()
    thread.start()
    thread.adopt(SNAPSHOT)
    yield thread
    thread.stop()


@pytest.fixture
def answers(thread: InferenceThread) -> list[object]:
    collector = Collector(thread)
    thread.answered.connect(collector.take)
    return collector.values


def request_classes() -> set[type]:
    """Every class of core that can be asked of the engine."""
    found = set()
    for module in pkgutil.walk_packages(vae_gui.core.__path__, "vae_gui.core."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            fields = {*vars(kind), *getattr(kind, "__dataclass_fields__", {})}
            if {"cost", "answer"} <= fields and kind is not EngineRequest:
                found.add(kind)
    return found


def test_every_kind_of_request_is_tried_here() -> None:
    assert request_classes() == set(REQUESTS)


@pytest.mark.parametrize("request_", EXAMPLES, ids=NAMES)
def test_what_has_several_parts_is_long(request_: EngineRequest[object]) -> None:
    parts = sum(1 for _ in request_.answer(Engine(SNAPSHOT)))
    assert parts <= 1 or request_.cost > MAX_BATCH


def test_the_density_at_a_point_is_short_and_at_64_frames_long() -> None:
    assert (
        LogDensityAt(COVERAGE, points(1)).cost
        <= MAX_BATCH
        < LogDensityAt(COVERAGE, points(FRAMES)).cost
    )


@pytest.mark.parametrize("request_", EXAMPLES, ids=NAMES)
def test_the_thread_answers_every_kind_of_request(
    qtbot, thread: InferenceThread, answers: list[object], request_: EngineRequest[object]
) -> None:
    thread.ask("here", request_)
    qtbot.waitUntil(lambda: len(answers) == 1)
    expected, found = answer(SNAPSHOT, request_), answers[0].value
    assert type(found) is type(expected)
    if isinstance(expected, np.ndarray):
        assert np.array_equal(found, expected)


def test_a_short_request_is_answered_whole_in_however_many_parts(
    qtbot, thread: InferenceThread, answers: list[object]
) -> None:
    thread.ask("here", Parts())
    qtbot.waitUntil(lambda: [answer.value for answer in answers] == ["whole"])
