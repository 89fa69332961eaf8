"""The working memory in a `.vae` file: timeline, paths and drawing, bookmarks, layers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.core.storage.workspaces import full_workspace, same, small_workspace
from vae_gui.core.state.latent import LatentState
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import verified_container as sealed
from vae_gui.core.storage.bookmarks import Bookmark, Bookmarks
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.storage.workspace_timeline import MAX_KEPT, alike, kept, stored_bytes
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Snapshot, half
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry

LATENT = LatentState(
    (0.1, 1 / 3),
    (1.0, 2.0),
    (3.0, 1e-9),
    (1, 0),
    24,
    "freehand",
    "image",
    ((0.5, 0.25), (-1e-300, 7.0)),
    ((1.0, 2.0), (1 / 7, 0.0), (3.0, 1e-9)),
    (((0.0, 0.1), (1 / 3, 1.0)), ((0.5, 0.5),)),
    (((0.5, 0.9), (2 / 3, 1.0)),),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.vae"


def timeline_entry(step: int, rounded: bool, images: int = 5) -> TimelineEntry:
    """Of the run of `full_workspace`."""
    newest = full_workspace().checkpoint.snapshot
    random = np.random.default_rng(step)
    weights = {
        name: np.array(step)
        if array.dtype.kind == "i"
        else random.normal(size=array.shape).astype(array.dtype)
        for name, array in newest.weights.items()
    }
    snapshot = Snapshot(newest.run_id, step, newest.model, weights)
    encodings = Encodings(
        random.normal(size=(images, 2)).astype(np.float32),
        random.normal(size=(images, 2)).astype(np.float32),
        (np.arange(images) % 3).astype(np.int16),
        ("zero", "one", "zwölf"),
    )
    return TimelineEntry(half(snapshot) if rounded else snapshot, encodings)


def timeline(*steps: int) -> Timeline:
    """Exact at both ends, as it is kept."""
    ends = steps[0], steps[-1]
    return Timeline(MIN_CAPACITY, tuple(timeline_entry(step, step not in ends) for step in steps))


def bookmark(name: str = "a slanted 7", side: int = 28) -> Bookmark:
    thumbnail = np.arange(side * side, dtype=np.uint8).reshape(side, side)
    return Bookmark(name, (1 / 3, -2.5e-7), thumbnail)


def remembering() -> Workspace:
    """A workspace that uses every part of the working memory."""
    return replace(
        full_workspace(),
        latent=LATENT,
        timeline=timeline(0, 1, 2, 12),
        bookmarks=Bookmarks(2, (bookmark(), bookmark("“ß”", 32))),
        layers=PadLayers("coverage", (("encodings", False), ("posterior_ellipses", True))),
        ui_state=UIState({"probe": False}, ("pad",), {"samples": {"seed": 3, "mode": "prior"}}),
    )


def parts() -> dict[str, Workspace]:
    full, all_of_it = full_workspace(), remembering()
    point = replace(timeline_entry(3, False).encodings, logvar=None, labels=None, class_names=())
    return {
        "everything": all_of_it,
        "only a drawing": replace(full, latent=replace(LATENT, freehand=())),
        "an empty stroke": replace(full, latent=replace(LATENT, strokes=((), ((0.5, 0.5),)))),
        "one moment": replace(full, timeline=timeline(12)),
        "all rounded": replace(full, timeline=Timeline(MIN_CAPACITY, (timeline_entry(3, True),))),
        "other images": replace(
            full,
            timeline=Timeline(
                MIN_CAPACITY, (timeline_entry(0, False, 5), timeline_entry(4, False, 3))
            ),
        ),
        "an autoencoder": replace(
            full, timeline=Timeline(99, (replace(timeline_entry(3, False), encodings=point),))
        ),
        "nothing unknown": replace(full, latent=replace(LATENT, unknown=())),
        "no bookmarks left": replace(full, bookmarks=Bookmarks(2)),
        "the first layers": replace(full, layers=PadLayers()),
    }


@pytest.mark.parametrize("part", parts())
def test_the_working_memory_comes_back_exactly(path: Path, part: str) -> None:
    workspace = parts()[part]
    save(workspace, path)
    assert same(load(path), workspace)


def test_moments_are_stacked_in_few_tensors(path: Path) -> None:
    save(replace(full_workspace(), timeline=timeline(*range(MIN_CAPACITY))), path)
    with path.open("rb") as file:
        names = [name for name in sealed.unpack(file)[1] if name.startswith("timeline")]
    assert len(names) == 2 * len(full_workspace().checkpoint.snapshot.weights) + 3


def test_each_loaded_moment_has_its_own_read_only_memory(path: Path) -> None:
    save(replace(full_workspace(), timeline=timeline(0, 1, 2, 12)), path)
    loaded = load(path).timeline
    assert loaded is not None
    first, second = (m.snapshot.weights["encoder.weight"] for m in loaded.entries[1:3])
    assert first.base is None and second.base is None
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 0


def test_a_file_from_before_paths_and_drawings_opens_with_defaults(path: Path) -> None:
    def forget(document: dict[str, object]) -> None:
        latent = sealed.fields(document["latent"])
        for name in ("path", "spacing", "keyframes", "stroke_lengths"):
            del latent[name]

    resealed(path, full_workspace(), forget)
    assert load(path).latent == full_workspace().latent


def test_an_overlay_that_the_file_does_not_know_is_as_at_the_first_start(path: Path) -> None:
    def forget(document: dict[str, object]) -> None:
        del sealed.fields(document["layers"])["encodings"]

    resealed(path, remembering(), forget)
    layers = load(path).layers
    assert layers == PadLayers("coverage", (("posterior_ellipses", True),))
    assert layers.shows("encodings", default=True)


def test_layers_and_paths_of_earlier_versions_have_their_names_of_today(path: Path) -> None:
    def as_before(document: dict[str, object]) -> None:
        document["layers"] = {"background": "map", "bubbles": True, "ellipse": False}
        sealed.fields(document["latent"])["path"] = "by hand"

    resealed(path, remembering(), as_before)
    loaded = load(path)
    assert loaded.layers == PadLayers(
        "coverage", (("drawing", False), ("posterior_ellipses", True))
    )
    assert loaded.latent == LATENT


def test_a_background_that_this_version_does_not_know_is_none(path: Path) -> None:
    def of_a_later_one(document: dict[str, object]) -> None:
        sealed.fields(document["layers"])["background"] = "curvature"

    resealed(path, remembering(), of_a_later_one)
    layers = load(path).layers
    assert layers is not None and layers.background == "none"


def test_the_stated_size_is_what_the_timeline_adds(path: Path) -> None:
    long, newest = timeline(*range(MIN_CAPACITY)), full_workspace().checkpoint.snapshot
    model = replace(timeline_entry(newest.step, False), snapshot=newest)
    save(full_workspace(), path)
    without = path.stat().st_size
    for whole in (long, replace(long, entries=(*long.entries[:2], model))):
        save(replace(full_workspace(), timeline=whole), path)
        added = path.stat().st_size - without
        assert stored_bytes(whole, newest) == pytest.approx(added, abs=4096)


def test_a_save_keeps_sixty_decoders_in_half_precision() -> None:
    """First and last too; the last stays whole where the file has its weights anyway."""
    newest = full_workspace().checkpoint.snapshot
    steps = range(0, 8 * 120 + 1, 8)
    long = Timeline(200, tuple(timeline_entry(step, 0 < step < steps[-1]) for step in steps))
    few = kept(long, newest)
    early, even = [8, 8, 16], [32] * 29  # powers of two come first in every timeline
    assert np.diff([moment.step for moment in few.entries]).tolist() == early + even
    assert MAX_KEPT // 2 <= len(few) <= MAX_KEPT
    assert (few.entries[0].step, few.entries[-1].step) == (steps[0], steps[-1])
    assert all(
        array.dtype != np.float32 and not name.startswith("encoder.")
        for moment in few.entries
        for name, array in moment.snapshot.weights.items()
    )
    assert same(kept(few, newest), few)
    assert len(kept(timeline(0, 1, 12), newest)) == 3
    model = replace(long.entries[-1], snapshot=newest)
    assert kept(long.added(model), newest).entries[-1].snapshot is newest


def test_moments_of_another_data_set_are_left_out() -> None:
    first, last = timeline_entry(0, False), timeline_entry(9, False)
    other = replace(first.encodings, class_names=("a", "b", "c"))
    changed = Timeline(MIN_CAPACITY, (replace(first, encodings=other), last))
    assert alike(changed).entries == (last,)
    assert alike(timeline(0, 9)).entries[0].step == 0
    assert not alike(Timeline()).entries


def broken() -> dict[str, Workspace]:
    whole = remembering()
    first, *_, last = timeline(0, 1, 12).entries
    nan = {name: array * np.float32(np.nan) for name, array in last.snapshot.weights.items()}

    def latent(**changes: object) -> Workspace:
        return replace(whole, latent=replace(LATENT, **changes))

    def entries(*kept: TimelineEntry, capacity: int = MIN_CAPACITY) -> Workspace:
        return replace(whole, timeline=Timeline(capacity, kept))

    def with_snapshot(**changes: object) -> TimelineEntry:
        return replace(last, snapshot=replace(last.snapshot, **changes))

    return {
        "there is no such path": latent(path="round the corner"),
        "there is no such spacing": latent(spacing="even"),
        "a keyframe of another model": latent(keyframes=((1.0,),)),
        "a keyframe that is not finite": latent(keyframes=((1.0, float("nan")),)),
        "too many keyframes": latent(keyframes=((0.0, 0.0),) * 1001),
        "a path of another model": latent(freehand=((1.0, 2.0, 3.0),)),
        "a path that is not finite": latent(freehand=((1.0, float("inf")),)),
        "a drawing that is not finite": latent(strokes=(((0.5, float("nan")),),)),
        "a drawing of three dimensions": latent(strokes=(((0.5, 0.5, 0.5),),)),
        "an unknown part that is not finite": latent(unknown=(((0.5, float("nan")),),)),
        "an unknown part of three dimensions": latent(unknown=(((0.5, 0.5, 0.5),),)),
        "no moments": entries(),
        "moments in disorder": entries(last, first),
        "a moment twice": entries(last, last),
        "more moments than fit": entries(*timeline(*range(4)).entries, last, capacity=3),
        "no room for a moment": entries(last, capacity=0),
        "a negative room": entries(last, capacity=-1),
        "room for a billion moments": entries(last, capacity=10**9),
        "a moment of another run": entries(with_snapshot(run_id="other")),
        "a moment without weights": entries(with_snapshot(weights={})),
        "a moment that is not finite": entries(with_snapshot(weights=nan)),
        "encodings of another model": entries(
            replace(last, encodings=replace(last.encodings, mu=np.zeros((5, 3), np.float32)))
        ),
        "bookmarks of another model": replace(whole, bookmarks=Bookmarks(3)),
    }


@pytest.mark.parametrize("what", broken())
def test_what_would_not_load_is_not_saved(path: Path, what: str) -> None:
    save(small_workspace(), path)
    with pytest.raises(UserError, match="was not saved"):
        save(broken()[what], path)
    assert same(load(path), small_workspace())


def resealed(
    path: Path,
    workspace: Workspace,
    change: Callable[[dict[str, object]], None] = lambda document: None,
    tensors: dict[str, np.ndarray | None] | None = None,
) -> None:
    """Write a file whose document or tensors somebody changed, with the right digest."""
    save(workspace, path)
    with path.open("rb") as file:
        document, arrays = sealed.unpack(file)
    assert isinstance(document, dict)
    change(document)
    for name, array in (tensors or {}).items():
        del arrays[name]
        if array is not None:
            arrays[name] = array
    path.write_bytes(sealed.pack(document, arrays))


def refused_or_valid(path: Path) -> None:
    try:
        assert isinstance(load(path), Workspace)
    except UserError as error:
        assert "damaged" in str(error)


HOSTILE = [None, True, -1, 3, 1.5, 10**400, "text", [], [[]], {}, {"a": 1}, ["x", "y"], [1, 2]]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_wrong_values_anywhere_are_refused_or_valid(path: Path, value: object) -> None:
    save(remembering(), path)
    with path.open("rb") as file:
        document = sealed.fields(sealed.unpack(file)[0])
    places = [(name, "") for name in ("timeline", "bookmarks", "layers", "latent")]
    places += [(part, name) for part, _ in places[:3] for name in sealed.fields(document[part])]
    places += [("latent", name) for name in sealed.fields(document["latent"])]
    for part, name in places:

        def change(document: dict[str, object], part: str = part, name: str = name) -> None:
            target = sealed.fields(document[part]) if name else document
            target[name or part] = value

        resealed(path, remembering(), change)
        refused_or_valid(path)


@pytest.mark.parametrize("part", ["timeline", "bookmarks"])
def test_tensors_without_their_entry_are_refused(path: Path, part: str) -> None:
    resealed(path, remembering(), lambda document: document.pop(part) and None)
    with pytest.raises(UserError, match="damaged"):
        load(path)


@pytest.mark.parametrize(
    "name",
    [
        "timeline/mu",
        "timeline/logvar",
        "timeline/labels",
        "timeline-exact/encoder.weight",
        "timeline-half/encoder.weight",
        "bookmarks/z",
        "bookmarks/thumbnails",
        "latent/by_hand",
        "latent/strokes",
        "latent/unknown",
    ],
)
@pytest.mark.parametrize("how", ["longer", "another kind", "not finite", "flat", "gone"])
def test_changed_tensors_are_refused_or_valid(path: Path, name: str, how: str) -> None:
    save(remembering(), path)
    with path.open("rb") as file:
        array = sealed.unpack(file)[1][name]
    changed = {
        "longer": np.concatenate([array, array]),
        "another kind": array.astype(np.int64),
        "not finite": np.full(array.shape, np.nan, np.float32).astype(array.dtype)
        if array.dtype.kind == "f"
        else array[:-1],
        "flat": array.reshape(-1)[: len(array)],
        "gone": None,
    }[how]
    resealed(path, remembering(), tensors={name: changed})
    if (name, how) in {
        ("timeline/logvar", "gone"),
        ("timeline/labels", "gone"),
        ("timeline/labels", "flat"),
        ("bookmarks/thumbnails", "flat"),
        ("latent/by_hand", "gone"),
        ("latent/by_hand", "longer"),
    }:
        refused_or_valid(path)
    else:
        with pytest.raises(UserError, match="damaged"):
            load(path)
