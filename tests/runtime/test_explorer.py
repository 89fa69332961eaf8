"""The place in the latent space: undo, and questions that are answered again when the weights change."""

from dataclasses import replace

import numpy as np
import pytest

from tests.runtime.conftest import Collector, Held, entry, snapshots
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.requests import Decode
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import LatentState
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.context import Context
from vae_gui.runtime.explorer import Explorer

HERE = Decode.of(np.array([0.5, -0.5]))


@pytest.fixture
def run() -> list[Snapshot]:
    return snapshots("run")


@pytest.fixture
def explorer(context: Context, run: list[Snapshot]) -> Explorer:
    """It shows an untrained model whose images are not there."""
    shown = entry("run")
    config = replace(shown.config, dataset="elsewhere")
    checkpoint = replace(shown.workspace.checkpoint, config=config, snapshot=run[0])
    context.library.add(replace(shown, workspace=replace(shown.workspace, checkpoint=checkpoint)))
    return context.explorer


def test_a_question_is_answered_from_the_model_that_is_shown(qtbot, explorer, run) -> None:
    replies = Collector()
    explorer.questions.ask("digit", HERE, replies.take)
    qtbot.waitUntil(lambda: len(replies.values) == 1)
    assert np.array_equal(replies.values[0].value, answer(run[0], HERE))


def test_a_standing_question_is_asked_again_when_the_weights_change(qtbot, explorer, run) -> None:
    replies = Collector()
    explorer.questions.ask("digit", HERE, replies.take)
    qtbot.waitUntil(lambda: len(replies.values) == 1)
    explorer.weights.adopt(run[2])
    qtbot.waitUntil(lambda: len(replies.values) == 2)
    assert [reply.step for reply in replies.values] == [0, 2]
    assert np.array_equal(replies.values[1].value, answer(run[2], HERE))


def test_asking_the_same_again_costs_nothing(qtbot, explorer) -> None:
    replies, last = Collector(), Collector()
    explorer.questions.ask("digit", HERE, replies.take)
    qtbot.waitUntil(lambda: len(replies.values) == 1)
    explorer.questions.ask("digit", Decode.of(np.array([0.5, -0.5])), replies.take)
    explorer.questions.ask("last", Decode.of(np.zeros(2)), last.take)
    qtbot.waitUntil(lambda: len(last.values) == 1)
    assert len(replies.values) == 1


def test_a_forgotten_question_is_not_answered_any_more(qtbot, explorer, run) -> None:
    replies, kept = Collector(), Collector()
    pair = Decode.of(np.zeros((2, 2)))  # of the thread
    explorer.questions.ask("gone", pair, replies.take)
    explorer.questions.ask("kept", pair, kept.take)
    explorer.questions.forget("gone")
    explorer.weights.adopt(run[1])
    qtbot.waitUntil(lambda: any(reply.step == 1 for reply in kept.values))
    assert replies.values == []


def test_a_question_that_comes_back_is_answered_again(qtbot, explorer) -> None:
    replies = Collector()
    for count in (1, 2):
        explorer.questions.ask("digit", HERE, replies.take)
        qtbot.waitUntil(lambda wanted=count: len(replies.values) == wanted)
        explorer.questions.forget("digit")


def test_the_time_of_a_reply_does_not_count_what_was_forgotten(
    qtbot, explorer, monkeypatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("vae_gui.runtime.questions.time.perf_counter", lambda: now[0])
    held, replies = Held(), Collector()
    explorer.questions.ask("held", held, replies.take)
    held.wait_until_begun()
    explorer.questions.ask("digit", HERE, replies.take)
    explorer.questions.forget("digit")
    now[0] += 60
    explorer.questions.ask("digit", HERE, replies.take)
    held.go.set()
    qtbot.waitUntil(lambda: len(replies.values) == 2)
    assert explorer.questions.reply_ms < 1000


def test_the_answer_of_a_model_that_is_no_longer_shown_is_dropped(qtbot, context, explorer) -> None:
    held, replies, new = Held(), Collector(), Collector()
    explorer.questions.ask("digit", held, replies.take)
    held.wait_until_begun()
    context.library.add(entry("another"))
    explorer.questions.ask("digit", HERE, new.take)
    held.go.set()
    qtbot.waitUntil(lambda: len(new.values) == 1)
    assert new.values[0].run_id == "another"
    assert replies.values == []


def test_weights_of_a_model_that_is_not_shown_are_ignored(qtbot, explorer) -> None:
    explorer.weights.adopt(snapshots("stranger", 1)[0])
    assert explorer.weights.snapshot.run_id == "run"


def test_after_the_shutdown_nothing_is_answered_and_nothing_breaks(explorer, run) -> None:
    replies = Collector()
    explorer.shutdown()
    explorer.questions.ask("digit", HERE, replies.take)
    explorer.weights.adopt(run[1])
    explorer.shutdown()
    assert replies.values == []


def test_the_encodings_follow_the_weights(qtbot, explorer, run) -> None:
    data = tiny_data()
    explorer.scatter.set_images(data)
    explorer.weights.adopt(run[1])
    qtbot.waitUntil(lambda: explorer.scatter.encodings is not None)
    expected, _ = Engine(run[1]).encode(data.test.images)
    assert explorer.scatter.encodings.mu == pytest.approx(expected, abs=1e-5)
    assert explorer.scatter.encodings.labels.tolist() == data.test.labels.tolist()
    assert explorer.scatter.encodings.class_names == data.class_names


def test_the_encodings_end_up_at_the_newest_weights_however_fast_they_came(
    qtbot, explorer, run
) -> None:
    data = tiny_data()
    explorer.scatter.set_images(data)
    for snapshot in run:
        explorer.weights.adopt(snapshot)
    expected, _ = Engine(run[-1]).encode(data.test.images)

    def is_newest() -> bool:
        found = explorer.scatter.encodings
        return found is not None and np.allclose(found.mu, expected, atol=1e-5)

    qtbot.waitUntil(is_newest)


def test_a_move_is_told_once_and_staying_is_not_told(explorer) -> None:
    told = Collector()
    explorer.latent_changed.connect(told.take)
    explorer.move_cursor((0.5, 0.5))
    explorer.move_cursor((0.5, 0.5))
    assert explorer.latent.cursor == (0.5, 0.5)
    assert (len(told.values), explorer.undo_stack.count()) == (1, 1)


def test_a_move_of_the_cursor_leaves_the_path_alone(qtbot, explorer) -> None:
    moved, elsewhere = [], []
    explorer.latent_changed.connect(lambda: moved.append(explorer.latent))
    explorer.path_changed.connect(lambda: elsewhere.append(explorer.latent))
    explorer.move_cursor((1.0, 0.0))
    assert len(moved) == 1 and not elsewhere
    explorer.set_endpoint("A", (2.0, 0.0))
    assert len(moved) == 2 and len(elsewhere) == 1


def test_several_moves_are_followed_once_also_where_nothing_is_asked(qtbot, explorer) -> None:
    followed = []
    explorer.latent_settled.connect(lambda: followed.append(explorer.latent.cursor))
    for x in (1.0, 2.0, 3.0):
        explorer.move_cursor((x, 0.0))
    assert not followed
    qtbot.waitUntil(lambda: bool(followed))
    assert followed == [(3.0, 0.0)]


def test_a_drag_is_undone_in_one_step_and_two_drags_in_two(explorer) -> None:
    first, second = DragId(), DragId()
    for drag_id, x in ((first, 0.1), (first, 0.2), (first, 0.3), (second, 0.4), (second, 0.5)):
        explorer.move_cursor((x, 0.0), drag_id)
    places = [explorer.latent.cursor]
    while explorer.undo_stack.canUndo():
        explorer.undo_stack.undo()
        places.append(explorer.latent.cursor)
    assert places == [(0.5, 0.0), (0.3, 0.0), (0.0, 0.0)]
    explorer.undo_stack.redo()
    assert explorer.latent.cursor == (0.3, 0.0)


def test_single_moves_are_undone_one_by_one(explorer) -> None:
    explorer.move_cursor((0.1, 0.0))
    explorer.move_cursor((0.2, 0.0))
    explorer.undo_stack.undo()
    assert explorer.latent.cursor == (0.1, 0.0)


def test_endpoints_are_moved_and_undone_like_the_cursor(explorer) -> None:
    before = explorer.latent
    explorer.set_endpoint("A", (2.0, 2.0))
    explorer.set_endpoint("B", (-2.0, 2.0))
    assert (explorer.latent.a, explorer.latent.b) == ((2.0, 2.0), (-2.0, 2.0))
    explorer.undo_stack.undo()
    explorer.undo_stack.undo()
    assert explorer.latent == before


def test_looking_somewhere_moves_nothing(explorer) -> None:
    told = Collector()
    explorer.hover_changed.connect(told.take)
    explorer.set_hover_point((1.0, 1.0))
    explorer.set_hover_point((1.0, 1.0))
    explorer.set_hover_point(None)
    assert len(told.values) == 2
    assert explorer.latent == LatentState.origin(2)
    assert explorer.undo_stack.count() == 0


def test_each_model_has_its_own_place(context, explorer) -> None:
    explorer.move_cursor((0.7, 0.7))
    context.library.add(entry("another", config=tiny_config(latent_dim=3)))
    assert explorer.latent == LatentState.origin(3)
    assert not explorer.undo_stack.canUndo()
    context.library.show("run")
    assert explorer.latent.cursor == (0.7, 0.7)
