"""Files that are sealed rightly and hold what no run reaches: refused in words, or opened with bounded values."""

import copy
import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as save_tensors

from tests.core.storage.hostile import Document, Tensors, changed_document, changed_tensor
from tests.core.storage.workspaces import full_workspace
from vae_gui.core.state.latent import LatentState
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import verified_container as container
from vae_gui.core.storage.bookmarks import Bookmark, Bookmarks
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.storage.workspace_limits import MAX_IMAGES, MAX_TESTS
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import MAX_STEPS
from vae_gui.core.vae.config_json import MAX_CHANGES, ForeignRunError
from vae_gui.core.vae.encodings import FARTHEST, MAX_LOGVAR, class_statistics
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry

LATENT = LatentState(
    (0.1, 0.2), (1.0, 2.0), (3.0, 4.0), (1, 0), 24, "freehand", "image",
    ((0.5, 0.25),), ((1.0, 2.0), (3.0, 4.0)), (((0.0, 0.1), (0.3, 1.0)),),
)  # fmt: skip


def workspace() -> Workspace:
    """One that uses every part of the format."""
    full = full_workspace()
    assert full.encodings is not None
    newest = full.checkpoint.snapshot
    thumbnail = np.zeros((8, 8), np.uint8)
    return replace(
        full,
        latent=LATENT,
        statistics=class_statistics(full.encodings),
        timeline=Timeline(
            MIN_CAPACITY,
            tuple(TimelineEntry(replace(newest, step=step), full.encodings) for step in (0, 12)),
        ),
        bookmarks=Bookmarks(2, (Bookmark("a seven", (0.5, -0.5), thumbnail),)),
        layers=PadLayers("coverage").with_overlays({"encodings": False}),
        ui_state=UIState(
            {"probe": False}, ("pad",), {"samples": {"seed": 3, "mode": "prior", "share": 0.5}}
        ),
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, Tensors]:
    path = tmp_path_factory.mktemp("whole") / "run.vae"
    save(workspace(), path)
    with path.open("rb") as file:
        document, tensors = container.unpack(file)
    assert isinstance(document, dict)
    return document, tensors


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.vae"


def assert_bounded(value: object) -> None:
    """Every number, text and count that the window could draw or wait for."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for item in dataclasses.fields(value):
            if item.name not in ("best_loss", "weights", "optimizer"):
                assert_bounded(getattr(value, item.name))
    elif isinstance(value, Mapping):
        assert len(value) <= MAX_CHANGES
        for pair in value.items():
            assert_bounded(pair)
    elif isinstance(value, tuple):
        assert len(value) <= MAX_CHANGES
        for item in value:
            assert_bounded(item)
    elif isinstance(value, str | bytes):
        assert len(value) <= (5000 if isinstance(value, str) else 2**18)
    elif isinstance(value, int | float):
        assert abs(value) <= MAX_STEPS
    elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
        assert bool((np.isnan(value) | (np.abs(value) <= 1e12)).all())


def assert_refused_or_bounded(path: Path) -> None:
    try:
        loaded = load(path)
    except UserError as error:
        assert "damaged" in str(error) or isinstance(error, ForeignRunError)
        return
    assert_bounded(loaded)
    entries = () if loaded.timeline is None else loaded.timeline.entries
    for each in filter(None, (loaded.encodings, *(entry.encodings for entry in entries))):
        assert (np.abs(each.mu) <= FARTHEST).all()
        assert each.logvar is None or (np.abs(each.logvar) <= MAX_LOGVAR).all()
    save(loaded, path)  # what was opened can be saved again


def changed(name: str, value: object) -> Callable[[Document, Tensors], None]:
    """`name`: the places from the document down, with dots."""

    def change(document: Document, tensors: Tensors) -> None:
        *above, last = name.split(".")
        place: object = document
        for key in above:
            assert isinstance(place, dict)
            place = place[key]
        assert isinstance(place, dict)
        place[last] = value

    return change


def filled(name: str, value: float) -> Callable[[Document, Tensors], None]:
    def change(document: Document, tensors: Tensors) -> None:
        tensors[name] = np.full_like(tensors[name], value)

    return change


def many_classes(document: Document, tensors: Tensors) -> None:
    document["class_names"] = [f"class {number}" for number in range(30_000)]


def many_encodings(document: Document, tensors: Tensors) -> None:
    tensors["encodings/mu"] = np.zeros((MAX_IMAGES + 1, 2), np.float32)
    tensors["encodings/logvar"] = np.zeros((MAX_IMAGES + 1, 2), np.float32)
    tensors["encodings/labels"] = np.zeros(MAX_IMAGES + 1, np.int16)


def many_tests(document: Document, tensors: Tensors) -> None:
    tensors["history/tests"] = np.zeros((MAX_TESTS + 1, 4))


def early_steps(document: Document, tensors: Tensors) -> None:
    tensors["history/steps"] = np.array([[-1e10, 3.0, 2.0, 1.0], [1.0, 3.0, 2.0, 1.0]])


WEIGHTS = next(f"weights/{name}" for name in full_workspace().checkpoint.snapshot.weights)
CHANGE = {"step": 3, "name": "beta", "value": 0.5}
CASES: dict[str, Callable[[Document, Tensors], None]] = {
    "a cursor of 1e300": changed("latent.cursor", [1e300, 0.0]),
    "an endpoint of 1e300": changed("latent.a", [0.0, -1e300]),
    "a keyframe of 1e300": changed("latent.keyframes", [[1e300, 0.0]]),
    "a step of 10^4000": changed("step", 10**4000),
    "a step of 10^11": changed("step", 10**11),
    "a moment of 10^4000": changed("timeline.steps", [0, 10**4000]),
    "a timeline of one moment": changed("timeline.capacity", 1),
    "a change at step 10^4000": changed("run.changes", [CHANGE | {"step": 10**4000}]),
    "a β of 1e300": changed("run.changes", [CHANGE | {"value": 1e300}]),
    "10^4000 epochs without improvement": changed("stale_epochs", 10**4000),
    "60 000 changes": changed("run.changes", [CHANGE] * 60_000),
    "30 000 class names": many_classes,
    "200 001 encodings": many_encodings,
    "100 001 evaluations": many_tests,
    "steps of -10^10": early_steps,
    "10 002 epochs": changed("run.changes", [CHANGE | {"name": "epochs", "value": 10_002}]),
    "a run of 10 002 epochs": changed("run.train.epochs", 10_002),
    "half a letter in a class name": changed("class_names", ["\ud800", "one", "two"]),
    "half a letter in a title": changed("title", "\udfff"),
    "a title of 3 MB": changed("title", "x" * 3_000_000),
    "a preset of 3 MB": changed("run.preset", "x" * 3_000_000),
    "a class name of 3 MB": changed("class_names", ["x" * 3_000_000, "one", "two"]),
    "1 000 keyframes": changed("latent.keyframes", [[0.0, 0.0]] * 1000),
    "an overlay of 3 MB": changed("layers", {"background": "none", "x" * 3_000_000: True}),
    "a number for Qt of 10^12": changed("choices", {"samples": {"seed": 10**12}}),
    "a choice of 3 MB": changed("choices", {"samples": {"mode": "x" * 3_000_000}}),
    "10 000 choices": changed("choices", {"samples": {f"n{number}": 1 for number in range(10_000)}}),
    "encodings of 3e38": filled("encodings/mu", 3e38),
    "log variances of 1e4": filled("encodings/logvar", 1e4),
    "a timeline's encodings of 3e38": filled("timeline/mu", 3e38),
    "statistics of 3e38": filled("statistics/mean_mu", 3e38),
    "losses of 1e300": filled("history/steps", 1e300),
    "a path by hand at 1e300": filled("latent/by_hand", 1e300),
    "a drawing at 1e300": filled("latent/strokes", 1e300),
    "weights of 1e30": filled(WEIGHTS, 1e30),
    "best weights of 1e30": filled(WEIGHTS.replace("weights", "best"), 1e30),
    "bookmarks at 1e300": filled("bookmarks/z", 1e300),
    "a density of 1e38": filled("density/log_density", 1e38),
}  # fmt: skip


def test_the_whole_file_is_opened(path: Path, whole: tuple[Document, Tensors]) -> None:
    path.write_bytes(container.pack(*whole))
    assert_bounded(load(path))


@pytest.mark.parametrize("what", CASES)
def test_what_no_run_reaches_is_refused(
    path: Path, whole: tuple[Document, Tensors], what: str
) -> None:
    document, tensors = copy.deepcopy(whole)
    CASES[what](document, tensors)
    path.write_bytes(container.pack(document, tensors))
    with pytest.raises(UserError, match="damaged"):
        load(path)


@pytest.mark.parametrize("place", ["choices.samples.share", "best_loss", "latent.cursor"])
def test_numbers_that_overflow_to_infinity_are_refused(
    path: Path, whole: tuple[Document, Tensors], place: str
) -> None:
    document, tensors = copy.deepcopy(whole)
    marked = 0.123456789
    changed(place, [marked, 0.0] if place == "latent.cursor" else marked)(document, tensors)
    text = json.dumps(document).replace(str(marked), "1e999")
    metadata = {"format": "vae-explorer", "version": "1", "document": text}
    digest = container._digest(text, tensors)
    path.write_bytes(save_tensors(tensors, metadata | {"sha256": digest}))
    with pytest.raises(UserError, match="damaged"):
        load(path)


def test_a_model_of_images_that_it_is_not_built_for_is_refused(
    path: Path, whole: tuple[Document, Tensors]
) -> None:
    document, tensors = copy.deepcopy(whole)
    changed("run.model.architecture", "conv-bn")(document, tensors)
    changed("run.model.side", 64)(document, tensors)
    path.write_bytes(container.pack(document, tensors))
    with pytest.raises(UserError, match="damaged"):
        load(path)


def test_a_whole_file_of_another_version_is_not_called_damaged(
    path: Path, whole: tuple[Document, Tensors]
) -> None:
    document, tensors = copy.deepcopy(whole)
    changed("run.model.architecture", "linear")(document, tensors)
    path.write_bytes(container.pack(document, tensors))
    with pytest.raises(ForeignRunError, match="the architecture “linear”"):
        load(path)


FUZZ = settings(max_examples=150)


@given(data=st.data())
@FUZZ
def test_any_value_anywhere_in_the_document_is_refused_or_bounded(
    path: Path, whole: tuple[Document, Tensors], data: st.DataObject
) -> None:
    path.write_bytes(changed_document(data, *whole))
    assert_refused_or_bounded(path)


@given(data=st.data())
@FUZZ
def test_any_number_in_any_tensor_is_refused_or_bounded(
    path: Path, whole: tuple[Document, Tensors], data: st.DataObject
) -> None:
    path.write_bytes(changed_tensor(data, *whole))
    assert_refused_or_bounded(path)


def test_points_that_were_dragged_too_far_are_saved_at_the_limit(path: Path) -> None:
    far = replace(LATENT, cursor=(1e300, -1e300), keyframes=((2e6, 0.0),))
    save(replace(workspace(), latent=far), path)
    loaded = load(path).latent
    assert loaded is not None
    assert (loaded.cursor, loaded.keyframes) == ((FARTHEST, -FARTHEST), ((FARTHEST, 0.0),))


def test_encodings_of_a_collapsed_encoder_are_saved_at_the_limit(path: Path) -> None:
    encodings = workspace().encodings
    assert encodings is not None and encodings.logvar is not None
    sharp = replace(encodings, logvar=np.full_like(encodings.logvar, -1000))
    save(replace(workspace(), encodings=sharp), path)
    loaded = load(path).encodings
    assert loaded is not None and loaded.logvar is not None
    assert (loaded.logvar == -MAX_LOGVAR).all()


def test_a_long_path_and_drawing_are_saved_with_fewer_points_between_the_same_ends(
    path: Path,
) -> None:
    walk = tuple((number / 1000, 0.0) for number in range(50_000))
    lines = (walk[:30_000], walk[:3], ())
    long = replace(LATENT, freehand=walk, strokes=lines, unknown=lines)
    save(replace(workspace(), latent=long), path)
    loaded = load(path).latent
    assert loaded is not None
    assert 5_000 < len(loaded.freehand) <= 10_000
    assert (loaded.freehand[0], loaded.freehand[-1]) == (walk[0], walk[-1])
    for strokes in (loaded.strokes, loaded.unknown):
        assert [len(stroke) > 2 for stroke in strokes] == [True, False, False]


def test_a_long_title_is_cut(path: Path) -> None:
    save(replace(workspace(), title="from step 1, " * 50), path)
    assert load(path).title.endswith("…")


def test_half_a_letter_is_saved_as_another_sign_or_refused_before_anything_is_written(
    path: Path,
) -> None:
    save(replace(workspace(), title="caf\udce9"), path)
    assert load(path).title == "caf\ufffd"
    full = workspace()
    assert full.encodings is not None
    names = ("caf\udce9", *full.encodings.class_names[1:])
    before = path.read_bytes()
    with pytest.raises(UserError, match="was not saved"):
        save(replace(full, encodings=replace(full.encodings, class_names=names)), path)
    assert path.read_bytes() == before
