"""Opening and saving: each request is answered, and no work is replaced by a file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.runtime.acting import (
    WAIT_MS,
    answer_to,
    checkpoint_of,
    failure,
    opened,
    same_weights,
    saved,
    train,
    train_on,
)
from tests.runtime.conftest import Collector, entry
from tests.tiny import tiny_config
from vae_gui import app
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.state.latent import LatentState
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.datasets import Datasets
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.request import Cancelled, Done, Refused
from vae_gui.runtime.settings import Settings
from vae_gui.runtime.training import Phase, Training
from vae_gui.runtime.workspace_files import WorkspaceFiles


def test_a_model_comes_back_from_its_file(qtbot, context, tmp_path) -> None:
    train(qtbot, context)
    context.explorer.move_cursor((0.25, -1.5))
    qtbot.waitUntil(lambda: context.explorer.scatter.encodings is not None)
    before = context.library.shown
    path = tmp_path / "model.vae"
    saved(qtbot, context, path)
    assert (context.library.shown.path, context.library.shown.unsaved) == (path, False)
    context.library.add(entry("other"))
    context.session.close(before.run_id)
    opened(qtbot, context, path)
    after = context.library.shown
    assert same_weights(after.workspace, before.workspace)
    assert after.workspace.latent.cursor == context.explorer.latent.cursor == (0.25, -1.5)
    assert np.array_equal(after.history.steps.rows(), before.history.steps.rows())
    assert after.workspace.encodings is not None
    assert (after.path, after.unsaved) == (path, False)
    assert context.settings.recent_files == (path,)


def test_a_file_saved_right_after_the_run_has_the_encodings_of_all_test_images(
    qtbot, context, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("vae_gui.runtime.scatter.SCATTER_IMAGES", 6)
    monkeypatch.setattr(context.explorer.scatter, "set_resting", lambda _: None)
    train(qtbot, context)
    kept = saved(qtbot, context, tmp_path / "model.vae")
    images = context.explorer.scatter.images.test
    checkpoint, again = kept.checkpoint, encode(kept.checkpoint.snapshot, images, ())
    assert len(kept.encodings) == len(images) > 6
    assert checkpoint.snapshot.step > 0
    assert np.array_equal(kept.encodings.mu, finish(again).mu)


@pytest.mark.parametrize("paused", [False, True])
def test_a_run_is_saved_while_it_goes_on(qtbot, context, tmp_path, paused: bool) -> None:
    train_on(qtbot, context, paused)
    kept = saved(qtbot, context, tmp_path / "live.vae")
    assert kept.checkpoint.snapshot.run_id == context.training.run.run_id
    assert context.training.phase is (Phase.PAUSED if paused else Phase.RUNNING)
    rows = context.library.shown.history.steps.rows()
    assert np.array_equal(kept.history.steps, rows[: len(kept.history.steps)])


def test_a_model_that_has_learned_more_since_it_was_saved_is_unsaved_again(
    qtbot, context, tmp_path
) -> None:
    train_on(qtbot, context, paused=True)
    saved(qtbot, context, tmp_path / "live.vae")
    assert not context.library.shown.unsaved
    context.training.step()
    qtbot.waitUntil(lambda: context.library.shown.unsaved)


def test_saving_at_the_moment_a_run_ends_still_writes_the_file(qtbot, context, tmp_path) -> None:
    train_on(qtbot, context)
    context.training.stop()
    context.training._thread.wait()  # it has ended, but nobody has heard of it yet
    kept = saved(qtbot, context, tmp_path / "end.vae")
    assert kept.checkpoint.snapshot.step == context.library.shown.snapshot.step
    assert context.training.phase is Phase.IDLE


def test_a_save_that_fails_is_told_and_the_model_stays_unsaved(qtbot, context, tmp_path) -> None:
    train(qtbot, context)
    path = tmp_path / "gone" / "model.vae"
    assert "choose another folder" in failure(qtbot, context, lambda: context.files.save(path))
    assert (context.library.shown.unsaved, context.library.shown.path) == (True, None)


def test_files_that_cannot_be_opened_change_nothing(qtbot, context, tmp_path) -> None:
    context.library.add(entry("shown"))
    good = tmp_path / "good.vae"
    content = (saved(qtbot, context, good), good.read_bytes())[1]
    damaged = bytearray(content)
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "damaged.vae").write_bytes(damaged)
    (tmp_path / "short.vae").write_bytes(content[:1000])
    (tmp_path / "picture.vae").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "folder.vae").mkdir()
    before, recent = context.library.models, context.settings.recent_files
    for name in ("damaged", "short", "picture", "folder", "missing"):
        path = tmp_path / f"{name}.vae"
        text = failure(qtbot, context, lambda wanted=path: context.files.open(wanted))
        assert f"“{name}.vae”" in text
    assert context.library.models == before
    assert context.settings.recent_files == recent


def test_a_whole_file_whose_weights_do_not_fit_is_refused(qtbot, context, tmp_path) -> None:
    context.library.add(entry("shown"))
    broken = entry("broken").workspace
    snapshot = broken.checkpoint.snapshot
    few = dict(list(snapshot.weights.items())[:3])
    path = tmp_path / "broken.vae"
    checkpoint = replace(broken.checkpoint, snapshot=replace(snapshot, weights=few))
    files.save(replace(broken, checkpoint=checkpoint), path)
    text = failure(qtbot, context, lambda: context.files.open(path))
    assert "do not fit" in text
    assert [item.run_id for item in context.library.models] == ["shown"]


def test_the_first_model_is_opened_at_once(context, tmp_path) -> None:
    path = tmp_path / "first.vae"
    files.save(replace(entry("first").workspace, latent=LatentState.origin(2)), path)
    context.files.open_now(path)
    assert context.library.shown.run_id == "first"
    with pytest.raises(UserError, match="choose another file"):
        context.files.open_now(tmp_path / "missing.vae")


def test_the_curve_of_a_file_that_is_saved_during_a_run_is_whole(qtbot, context, tmp_path) -> None:
    train_on(qtbot, context)
    for number in range(20):
        kept = saved(qtbot, context, tmp_path / f"{number}.vae")
        steps = kept.history.steps[:, 0]
        assert np.array_equal(steps, np.arange(1, kept.checkpoint.snapshot.step + 1))


@pytest.mark.parametrize("paused", [False, True])
def test_two_saves_in_quick_succession_of_a_live_run_are_both_written(
    qtbot, context, tmp_path, paused: bool
) -> None:
    train_on(qtbot, context, paused)
    first, second = tmp_path / "first.vae", tmp_path / "second.vae"
    written = Collector()
    context.files.saved.connect(written.take)
    context.files.save(first)
    context.files.save(second)
    qtbot.waitUntil(lambda: len(written.values) == 2)
    assert [each.path for each in written.values] == [first, second]
    run_id = context.training.run.run_id
    assert {files.load(path).checkpoint.snapshot.run_id for path in (first, second)} == {run_id}


def test_the_later_of_two_saves_to_one_file_is_what_it_holds(qtbot, context, tmp_path) -> None:
    context.library.add(entry("run"))
    written = Collector()
    context.files.saved.connect(written.take)
    for number in range(5):
        context.explorer.move_cursor((float(number), 0.0))
        context.files.save(tmp_path / "model.vae")
    qtbot.waitUntil(lambda: len(written.values) == 5)
    assert files.load(tmp_path / "model.vae").latent.cursor == (4.0, 0.0)


def test_a_live_run_whose_tab_is_closed_is_still_written(qtbot, context, tmp_path) -> None:
    context.library.add(entry("before"))
    train_on(qtbot, context)
    run_id, path = context.training.run.run_id, tmp_path / "closed.vae"
    with qtbot.waitSignal(context.files.saved):
        context.files.save(path)
        context.session.close(run_id)
    assert files.load(path).checkpoint.snapshot.run_id == run_id


def test_saves_of_two_tabs_are_both_written(qtbot, context, tmp_path) -> None:
    context.library.add(entry("other"))
    train_on(qtbot, context)
    live, other = tmp_path / "live.vae", tmp_path / "other.vae"
    written = Collector()
    context.files.saved.connect(written.take)
    context.files.save(live)
    context.library.show("other")
    context.files.save(other)
    qtbot.waitUntil(lambda: len(written.values) == 2)
    assert files.load(live).checkpoint.snapshot.run_id == context.training.run.run_id
    assert files.load(other).checkpoint.snapshot.run_id == "other"


@pytest.mark.parametrize("live", [False, True])
def test_an_older_file_of_a_run_with_unsaved_work_opens_beside_it(
    qtbot, context, tmp_path, live: bool
) -> None:
    train_on(qtbot, context, paused=True)
    saved(qtbot, context, tmp_path / "old.vae")
    context.training.step()
    qtbot.waitUntil(lambda: context.library.shown.unsaved)
    if not live:
        with qtbot.waitSignal(context.training.ended):
            context.training.stop()
    newer = context.library.shown
    told = Collector()
    context.notices.published.connect(told.take)
    opened(qtbot, context, tmp_path / "old.vae")
    shown = context.library.shown
    assert shown.run_id != newer.run_id
    assert shown.snapshot.step == 0
    assert len(shown.history.steps) == 0
    kept = context.library.find(newer.run_id)
    assert (kept.snapshot.step, kept.unsaved) == (newer.snapshot.step, True)
    assert any("old.vae is open beside it" in notice.text for notice in told.values)


def test_a_file_of_a_run_that_is_saved_takes_its_place(qtbot, context, tmp_path) -> None:
    train(qtbot, context)
    saved(qtbot, context, tmp_path / "run.vae")
    opened(qtbot, context, tmp_path / "run.vae")
    assert len(context.library.models) == 1


def test_opening_a_file_is_told_once_when_all_is_of_that_file(
    qtbot, home: Path, notices: Notices, tmp_path: Path
) -> None:
    # given a file with choices, and somebody who is told of it before the explorer is
    path, library, jobs, seen, told = tmp_path / "chosen.vae", Library(), Jobs(notices), [], []
    chosen = UIState({"probe": False}, ("pad",), {"samples": {"seed": 4}})
    latent = LatentState((0.5, 0.25), (1.0, 0.0), (0.0, 1.0))
    layers = PadLayers("density")
    files.save(
        replace(entry("file").workspace, latent=latent, layers=layers, ui_state=chosen), path
    )
    library.shown_changed.connect(lambda: seen.append(library.restored))
    settings, training = Settings(), Training(notices)
    explorer = Explorer(library, Datasets(jobs, tmp_path, notices), notices)

    def take() -> None:
        run_id = library.shown.run_id
        assert run_id == explorer.weights.run_id
        told.append((run_id, explorer.latent, explorer.layers, library.restored))

    explorer.model_changed.connect(take)
    opening = WorkspaceFiles(settings, jobs, library, training, explorer, notices)
    library.add(entry("before"))
    explorer.move_cursor((9.0, 9.0))
    told.clear()
    # when it is opened
    opening.open_now(path)
    # then each is told once, with what the file brings
    assert seen == [UIState(), chosen]
    assert told == [("file", latent, layers, chosen)]
    for owner in (training, jobs, explorer):
        owner.shutdown()


@pytest.fixture
def told(context) -> list[str]:
    """What the person is told."""
    texts: list[str] = []
    context.notices.published.connect(lambda notice: texts.append(notice.text))
    return texts


def test_each_save_is_answered_done_refused_or_cancelled_and_told_once(
    qtbot, context, tmp_path, told
) -> None:
    context.library.add(entry("run"))
    (tmp_path / "in the way.vae").mkdir()
    done = context.files.save(tmp_path / "done.vae")
    refused = context.files.save(tmp_path / "in the way.vae")
    cancelled = context.files.save(tmp_path / "cancelled.vae")
    refused.then(lambda _: context.jobs.running[0].cancel())
    assert answer_to(qtbot, cancelled) == Cancelled()
    assert done.answer == Done(tmp_path / "done.vae")
    assert isinstance(refused.answer, Refused)
    assert told == [
        "Saved done.vae",
        "“in the way.vae” is a folder: choose the name of a file.",
        "Saving cancelled.vae was cancelled: nothing was written.",
    ]
    assert context.files.saving == () and not (tmp_path / "cancelled.vae").exists()
    assert context.library.shown.path == tmp_path / "done.vae"


def test_each_file_that_is_opened_is_answered_and_the_last_one_is_in_front(
    qtbot, context, tmp_path, told
) -> None:
    context.library.add(entry("before"))
    for name in ("first", "second"):
        files.save(entry(name).workspace, tmp_path / f"{name}.vae")
    first = context.files.open(tmp_path / "first.vae")
    missing = context.files.open(tmp_path / "missing.vae")
    cancelled = context.files.open(tmp_path / "second.vae")
    second = context.files.open(tmp_path / "second.vae")
    missing.then(lambda _: context.jobs.running[0].cancel())
    assert isinstance(answer_to(qtbot, second), Done) and isinstance(first.answer, Done)
    assert isinstance(missing.answer, Refused) and cancelled.answer == Cancelled()
    assert [model.run_id for model in context.library.models] == ["before", "first", "second"]
    assert context.library.shown.run_id == "second"
    assert told == [missing.answer.text, "Opening second.vae was cancelled."]


def test_a_file_that_is_being_saved_is_read_as_it_was_saved(qtbot, context, tmp_path, told) -> None:
    context.library.add(replace(entry("run", steps=2), unsaved=True))
    saved = context.files.save(tmp_path / "new.vae")
    read = context.files.open(tmp_path / "new.vae")
    assert isinstance(answer_to(qtbot, read), Done) and isinstance(saved.answer, Done)
    assert told == ["Saved new.vae"] and not context.library.shown.unsaved


def test_a_save_of_a_run_that_is_stopping_is_as_the_run_ends(qtbot, context, tmp_path) -> None:
    train_on(qtbot, context)
    context.training.stop()
    saved = context.files.save(tmp_path / "end.vae")
    assert isinstance(answer_to(qtbot, saved), Done)
    kept, shown = files.load(tmp_path / "end.vae"), context.library.shown
    assert kept.checkpoint.snapshot.step == shown.snapshot.step and not shown.unsaved
    assert np.array_equal(kept.history.steps, shown.history.steps.rows())
    assert np.array_equal(kept.history.tests, shown.history.tests.rows())


def test_a_save_of_a_run_whose_thread_dies_is_written_as_it_was_last_good(
    qtbot, context, tmp_path, monkeypatch
) -> None:
    train_on(qtbot, context, paused=True)
    context.training.step()
    qtbot.waitUntil(lambda: context.training.steps_done == 1)
    checkpoint_of(qtbot, context.training)  # behind the state that is kept of step 1

    def fail(trainer: Trainer) -> None:
        raise MemoryError

    monkeypatch.setattr(Trainer, "checkpoint", fail)
    saved = context.files.save(tmp_path / "rest.vae")
    assert isinstance(answer_to(qtbot, saved), Done)
    assert context.training.phase is Phase.IDLE and context.training.run.failed
    assert files.load(tmp_path / "rest.vae").checkpoint.snapshot.step == 1
    monkeypatch.undo()
    with qtbot.waitSignal(context.training.ended, timeout=WAIT_MS):
        context.session.train(tiny_config())
    assert isinstance(answer_to(qtbot, context.files.save(tmp_path / "next.vae")), Done)


def test_a_checkpoint_of_one_run_reaches_no_save_of_another(qtbot, context, tmp_path) -> None:
    """The first is asked for when its run is as good as over, the second when another goes on."""
    train_on(qtbot, context)
    first = context.training.run.run_id
    context.training.stop()
    context.training._thread.wait()
    ended = context.files.save(tmp_path / "first.vae")
    with qtbot.waitSignal(context.training.ended, timeout=WAIT_MS):
        pass
    train_on(qtbot, context)
    second = context.training.run.run_id
    going_on = context.files.save(tmp_path / "second.vae")
    for request in (ended, going_on):
        assert isinstance(answer_to(qtbot, request), Done)
    runs = [files.load(tmp_path / f"{name}.vae") for name in ("first", "second")]
    assert [each.checkpoint.snapshot.run_id for each in runs] == [first, second]


def test_a_model_that_gets_another_name_during_its_save_is_not_saved_yet(
    qtbot, context, tmp_path
) -> None:
    context.library.add(entry("run"))
    saving = context.files.save(tmp_path / "old.vae")
    context.library.rename("run", "New")
    assert isinstance(answer_to(qtbot, saving), Done)
    assert context.library.shown.unsaved


def test_saves_that_wait_when_the_app_ends_are_answered(qtbot, context, tmp_path) -> None:
    train_on(qtbot, context)
    requests = [context.files.save(tmp_path / f"{number}.vae") for number in range(3)]
    app.shutdown(context)
    assert all(request.answer == Cancelled() for request in requests)
    assert list(tmp_path.iterdir()) == []
