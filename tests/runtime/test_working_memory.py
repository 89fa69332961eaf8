"""What is remembered: every move, each moment, bookmarks, layers, and all of it in the file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.storage.workspaces import same
from tests.runtime.conftest import Collector, entry, snapshots
from tests.tiny import through_a_file, tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine
from vae_gui.core.paths import PATHS
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import SPACINGS, LatentState
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.bookmarks import Bookmark
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.storage.workspace_timeline import kept as kept_of
from vae_gui.core.vae.config import OPTIMIZER, HyperparameterChange
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Checkpoint, as_float32, half
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.context import Context
from vae_gui.runtime.explorer import Explorer
from vae_gui.ui.parts.change_words import change_text

LAYERS = PadLayers("density", (("posterior_ellipses", True),))
MANY_MOVES = 200

numbers = st.floats(-1e6, 1e6)
z = st.tuples(numbers, numbers)
points = st.lists(z, max_size=4).map(tuple)
strokes = st.lists(st.lists(z, min_size=1, max_size=4).map(tuple), max_size=3).map(tuple)
moves = st.one_of(
    st.tuples(st.sampled_from(["cursor", "a", "b"]), z),
    st.tuples(st.sampled_from(["keyframes", "freehand"]), points),
    st.tuples(st.just("strokes"), strokes),
    st.tuples(st.just("frames"), st.integers(2, 1000)),
    st.tuples(st.just("path"), st.sampled_from(tuple(PATHS))),
    st.tuples(st.just("spacing"), st.sampled_from(SPACINGS)),
    st.tuples(st.just("axes"), st.sampled_from([(0, 1), (1, 0), (0, 0)])),
)
DRAGS = DragId(), DragId(), DragId()
drag_ids = st.one_of(st.none(), st.sampled_from(DRAGS))


def turned(encodings: Encodings, degrees: float) -> Encodings:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[c, s], [-s, c]], np.float32)
    return replace(encodings, mu=encodings.mu @ matrix)


def encodings(images: int = 30) -> Encodings:
    random = np.random.default_rng(3)
    mu = random.normal(size=(images, 2)).astype(np.float32) * np.float32([2.0, 0.5])
    return Encodings(mu, np.zeros_like(mu), None, ())


def with_moments(context: Context, run_id: str = "run") -> Timeline:
    """A model of three moments is shown; the first is the last one's encodings turned by 90°."""
    last = encodings()
    taken = snapshots(run_id)
    kept = [turned(last, 90), turned(last, 30), last]
    entries = [TimelineEntry(snapshot, each) for snapshot, each in zip(taken, kept, strict=True)]
    entries[1] = replace(entries[1], snapshot=half(entries[1].snapshot))
    shown = entry(run_id)
    config = replace(shown.config, dataset="nowhere")
    checkpoint = replace(
        shown.workspace.checkpoint, config=config, snapshot=taken[-1], optimizer={}
    )
    workspace = replace(shown.workspace, checkpoint=checkpoint, encodings=last)
    timeline = Timeline(MIN_CAPACITY, tuple(entries))
    context.library.add(replace(shown, workspace=workspace, timeline=timeline))
    return timeline


def saved(qtbot, context: Context, path: Path, state: UIState | None = None) -> Workspace:
    with qtbot.waitSignal(context.files.saved):
        context.files.save(path, state)
    return files.load(path)


def bookmark(name: str = "a 7") -> Bookmark:
    return Bookmark(name, (0.5, -1.0), np.zeros((28, 28), np.uint8))


@settings(max_examples=20)
@given(st.lists(st.tuples(moves, drag_ids), min_size=1, max_size=MANY_MOVES))
def test_undoing_any_moves_returns_to_the_exact_start(context: Context, made) -> None:
    context.library.add(entry("run"))
    explorer = context.explorer
    start = explorer.latent
    for (name, value), drag_id in made:
        explorer.set_latent(replace(explorer.latent, **{name: value}), "Move", drag_id)
    end = explorer.latent
    while explorer.undo_stack.canUndo():
        explorer.undo_stack.undo()
    assert explorer.latent == start
    while explorer.undo_stack.canRedo():
        explorer.undo_stack.redo()
    assert explorer.latent == end


def test_200_moves_are_200_steps_and_a_drag_is_one(context: Context) -> None:
    context.library.add(entry("run"))
    explorer = context.explorer
    visited = [explorer.latent]
    for number in range(1, MANY_MOVES):
        explorer.move_cursor((number / 7, -number / 3))
        visited.append(explorer.latent)
    drag_id = DragId()
    for number in range(50):
        explorer.set_endpoint("A", (0.1 * number, 9.0), drag_id)
    assert explorer.undo_stack.count() == MANY_MOVES
    for state in reversed(visited):
        explorer.undo_stack.undo()
        assert explorer.latent == state


def test_the_latent_state_and_the_layers_come_back(qtbot, context: Context, tmp_path: Path) -> None:
    with_moments(context)
    explorer = context.explorer
    latent = LatentState(
        (0.1, 0.2), (1.0, 2.0), (3.0, 4.0), (1, 0), 9, "freehand", "image",
        ((0.0, 1.0),), ((1.0, 2.0), (3.0, 4.0)), (((0.2, 0.3), (0.4, 0.5)),),
    )  # fmt: skip
    explorer.set_latent(latent)
    explorer.set_layers(LAYERS)
    saved(qtbot, context, tmp_path / "run.vae")
    context.library.add(entry("another"))
    explorer.set_layers(PadLayers())
    with qtbot.waitSignal(context.explorer.model_changed):
        context.files.open(tmp_path / "run.vae")
    assert explorer.latent == latent
    assert explorer.layers == LAYERS


def test_the_timeline_is_saved_only_where_it_is_wanted(
    qtbot, context: Context, tmp_path: Path
) -> None:
    timeline = with_moments(context)
    assert saved(qtbot, context, tmp_path / "bare.vae").timeline is None
    context.library.choose_timeline("run", keep=True)
    with_it = saved(qtbot, context, tmp_path / "whole.vae")
    assert same(with_it.timeline, kept_of(timeline, with_it.checkpoint.snapshot))
    context.library.choose_timeline("run", keep=False)
    assert saved(qtbot, context, tmp_path / "bare.vae").timeline is None


def test_an_opened_timeline_can_be_gone_back_to_and_is_saved_again(
    qtbot, context: Context, tmp_path: Path
) -> None:
    timeline = with_moments(context)
    context.library.choose_timeline("run", keep=True)
    saved(qtbot, context, tmp_path / "run.vae")
    with qtbot.waitSignal(context.explorer.model_changed):
        context.files.open(tmp_path / "run.vae")
    shown = context.library.shown
    assert shown.keep_timeline and shown.workspace.timeline is None
    context.explorer.weights.show_entry(shown.timeline.entries[0])
    assert same(context.explorer.scatter.encodings, timeline.entries[0].encodings)
    assert same(saved(qtbot, context, tmp_path / "run.vae").timeline, shown.timeline)


def test_saved_moments_decode_as_before(qtbot, context: Context, tmp_path: Path) -> None:
    timeline, points = with_moments(context), np.random.default_rng(1).normal(size=(20, 2))
    context.library.choose_timeline("run", keep=True)
    reopened = saved(qtbot, context, tmp_path / "run.vae").timeline
    engine = Engine(timeline.entries[0].snapshot)
    for before, after in zip(timeline.entries, reopened.entries, strict=True):
        images = []
        for moment in (before, after):
            engine.adopt(moment.snapshot)
            images.append(engine.mean_images(points.astype(np.float32)))
        np.testing.assert_allclose(*images, atol=5e-3)
    assert [moment.snapshot.has_encoder for moment in reopened.entries] == [False, False, True]
    assert same(context.library.shown.timeline, timeline)  # in memory all is as it was


def test_the_encodings_of_a_moment_are_not_saved_as_the_newest(
    qtbot, context: Context, tmp_path: Path
) -> None:
    timeline = with_moments(context)
    context.explorer.weights.show_entry(timeline.entries[0])
    kept = saved(qtbot, context, tmp_path / "run.vae")
    assert same(kept.encodings, timeline.entries[-1].encodings)
    assert kept.checkpoint.snapshot.step == timeline.entries[-1].step


def test_the_open_panels_are_those_of_the_save(qtbot, context: Context, tmp_path: Path) -> None:
    with_moments(context)
    state = UIState({"probe": False}, ("pad",))
    assert saved(qtbot, context, tmp_path / "run.vae", state).ui_state == state
    assert saved(qtbot, context, tmp_path / "run.vae").ui_state == UIState()


def test_each_model_keeps_its_layers_and_one_without_takes_what_is_shown(context: Context) -> None:
    explorer, told = context.explorer, []
    for signal in (explorer.layers_changed, explorer.model_changed):
        signal.connect(lambda: told.append(explorer.layers))
    context.library.add(entry("one"))
    context.explorer.set_layers(LAYERS)
    context.library.add(entry("two"))
    assert context.explorer.layers == LAYERS
    other = PadLayers().with_overlays({"path": False})
    context.explorer.set_layers(other)
    context.library.show("one")
    assert context.explorer.layers == LAYERS
    assert told == [PadLayers(), LAYERS, LAYERS, other, LAYERS]


def test_bookmarks_belong_to_a_model_and_make_it_unsaved(
    qtbot, context: Context, tmp_path: Path
) -> None:
    with_moments(context)
    kept = context.library.shown.bookmarks.added(bookmark())
    context.library.keep_bookmarks(kept)
    assert context.library.shown.unsaved
    assert same(saved(qtbot, context, tmp_path / "run.vae").bookmarks, kept)
    assert not context.library.shown.unsaved
    context.library.add(entry("another"))
    assert len(context.library.shown.bookmarks) == 0
    context.library.show("run")
    assert context.library.shown.bookmarks is kept


def test_a_bookmark_that_comes_while_the_file_is_written_is_unsaved(
    qtbot, context: Context, tmp_path: Path
) -> None:
    with_moments(context)
    with qtbot.waitSignal(context.files.saved):
        context.files.save(tmp_path / "run.vae")
        context.library.keep_bookmarks(context.library.shown.bookmarks.added(bookmark()))
    assert context.library.shown.unsaved


def test_bookmarks_survive_training(context: Context) -> None:
    context.library.add(entry("run"))
    context.library.keep_bookmarks(context.library.shown.bookmarks.added(bookmark()))
    context.library.adopt(snapshots("run", 2)[1])
    assert [each.name for each in context.library.shown.bookmarks.kept] == ["a 7"]


def test_a_moment_is_turned_onto_the_last_one(context: Context) -> None:
    first, middle, last = with_moments(context).entries
    explorer, changed = context.explorer, Collector()
    explorer.weights.alignment_changed.connect(changed.take)
    explorer.weights.show_entry(first)
    assert explorer.weights.alignment is None
    explorer.weights.set_aligned(True)
    for timeline_entry in (first, middle):
        explorer.weights.show_entry(timeline_entry)
        assert explorer.weights.alignment is not None
        shown = explorer.weights.alignment.to_display(timeline_entry.encodings.mu)
        np.testing.assert_allclose(shown, last.encodings.mu, atol=1e-5)
    explorer.weights.set_aligned(False)
    assert explorer.weights.alignment is None
    assert len(changed.values) == 2


def test_the_newest_weights_and_moments_of_other_images_are_not_turned(context: Context) -> None:
    timeline = with_moments(context)
    explorer: Explorer = context.explorer
    explorer.weights.set_aligned(True)
    explorer.weights.show_entry(timeline.entries[0])
    assert explorer.weights.alignment is not None
    explorer.weights.show_entry(None)
    assert explorer.weights.alignment is None
    explorer.weights.show_entry(replace(timeline.entries[0], encodings=encodings(7)))
    assert explorer.weights.alignment is None


def test_another_model_is_not_turned(context: Context) -> None:
    timeline = with_moments(context)
    context.explorer.weights.set_aligned(True)
    context.explorer.weights.show_entry(timeline.entries[0])
    context.library.add(entry("another"))
    assert context.explorer.weights.alignment is None


@pytest.mark.parametrize("index", [0, 1])
def test_a_branch_starts_from_exactly_the_weights_of_its_moment(
    qtbot, context: Context, index: int
) -> None:
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config(epochs=3))
    first = context.library.shown
    timeline_entry = first.timeline.entries[index + 1]
    context.explorer.move_cursor((0.25, -0.5))
    context.explorer.weights.show_entry(timeline_entry)
    with qtbot.waitSignal(context.training.ended):
        context.session.branch(timeline_entry)
    branch = context.library.shown
    assert branch.run_id != first.run_id
    wanted = as_float32(timeline_entry.snapshot)
    kept = branch.timeline.entries
    start = next(each for each in kept if each.step == timeline_entry.step)
    assert same(dict(as_float32(start.snapshot).weights), dict(wanted.weights))
    assert all(each.snapshot.run_id == branch.run_id for each in kept)
    assert [each.step for each in kept][: index + 2] == [0, 1, 2][: index + 2]
    assert context.explorer.latent.cursor == (0.25, -0.5)
    assert branch.history.steps.column("step").tolist() == list(range(1, 10))
    resumed = Checkpoint(branch.config, replace(wanted, run_id="again"), {})
    again = Trainer(branch.config, tiny_data(), "again", resumed)
    while not again.finished:
        again.step()
    assert same(dict(branch.snapshot.weights), dict(again.snapshot().weights))
    (restart,) = branch.config.changes
    assert (restart.step, change_text(restart)) == (timeline_entry.step, "optimizer restarted")
    assert branch.history.changes == [restart]


def test_from_the_end_of_a_run_the_optimizer_goes_on(qtbot, context: Context) -> None:
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config(epochs=2, schedule="constant"))
    first = context.library.shown
    longer = replace(first.config, train=replace(first.config.train, epochs=4))
    checkpoint = replace(first.workspace.checkpoint, config=longer)
    workspace = replace(first.workspace, checkpoint=checkpoint)
    context.library.replace(replace(first, workspace=workspace))
    with qtbot.waitSignal(context.training.ended):
        context.session.branch(first.timeline.entries[-1])
    branch = context.library.shown
    assert branch.run_id != first.run_id and branch.config.changes == ()
    whole = Trainer(longer, tiny_data(), "whole")
    while not whole.finished:
        whole.step()
    assert same(dict(branch.snapshot.weights), dict(whole.snapshot().weights))


def test_a_run_whose_optimizer_began_anew_repeats_with_that(tmp_path: Path) -> None:
    plain = tiny_config(epochs=2, schedule="constant")
    config = replace(plain, changes=(HyperparameterChange(3, OPTIMIZER, 0),))
    runs = [Trainer(each, tiny_data(), "run") for each in (plain, config)]
    for _ in range(3):
        for run in runs:
            run.step()
    assert same(*(dict(run.snapshot().weights) for run in runs))
    halfway = Checkpoint(plain, runs[0].snapshot(), {})
    resumed = Trainer(plain, tiny_data(), "run", halfway)
    for _ in range(3):
        for run in (*runs, resumed):
            run.step()
    first, second, third = (dict(run.snapshot().weights) for run in (*runs, resumed))
    assert same(second, third) and not same(first, second)
    kept = through_a_file(Workspace("", runs[1].checkpoint()), tmp_path)
    assert kept.checkpoint.config.changes == config.changes


def test_a_branch_that_waits_shows_its_moment(qtbot, context: Context) -> None:
    timeline = with_moments(context)
    context.explorer.weights.show_entry(timeline.entries[1])
    context.session.branch(timeline.entries[1])
    snapshot = context.explorer.weights.snapshot
    assert snapshot is not None and snapshot.step == timeline.entries[1].step
    assert same(dict(snapshot.weights), dict(as_float32(timeline.entries[1].snapshot).weights))
    assert same(context.explorer.scatter.encodings, timeline.entries[1].encodings)
