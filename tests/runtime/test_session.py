"""What a person does with models: train, open, save, go on, repeat, close."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.runtime.conftest import Collector, entry, snapshots
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.config import HyperparameterChange, RunConfig
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase

ENDLESS = tiny_config(epochs=10_000)


def train(qtbot, context: Context, config: RunConfig | None = None) -> None:
    """A whole run."""
    with qtbot.waitSignal(context.training.ended):
        context.session.train(config or tiny_config())


def train_on(qtbot, context: Context, paused: bool = False) -> None:
    """A run that goes on, shown."""
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(ENDLESS, paused=paused)


def saved(qtbot, context: Context, path: Path) -> Workspace:
    with qtbot.waitSignal(context.session.saved):
        context.session.save(path)
    return files.load(path)


def opened(qtbot, context: Context, path: Path) -> None:
    with qtbot.waitSignal(context.explorer.model_changed):
        context.session.open(path)


def failure(qtbot, context: Context, act: object) -> str:
    with qtbot.waitSignal(context.session.failed) as failed:
        act()
    return failed.args[0]


def same_weights(a: Workspace, b: Workspace) -> bool:
    first, second = a.checkpoint.snapshot.weights, b.checkpoint.snapshot.weights
    return first.keys() == second.keys() and all(
        np.array_equal(array, second[name]) for name, array in first.items()
    )


# --- training -------------------------------------------------------------------


def test_a_run_is_shown_beside_the_model_before_it(qtbot, context) -> None:
    before = entry("before")
    context.library.add(before)
    train(qtbot, context)
    assert context.library.models[0].run_id == "before"
    shown = context.library.shown
    assert shown.run_id == context.training.run.run_id
    assert shown.unsaved
    assert (shown.snapshot.step, len(shown.history.steps)) == (6, 6)
    context.library.show("before")
    assert context.explorer.weights.snapshot is before.snapshot


def test_the_shown_model_has_the_last_weights_and_their_encodings(qtbot, context, bars) -> None:
    train(qtbot, context)
    assert context.explorer.weights.snapshot is context.library.shown.snapshot
    qtbot.waitUntil(lambda: context.explorer.scatter.encodings is not None)
    assert len(context.explorer.scatter.encodings) == len(bars.test)


def test_runs_have_titles_that_tell_them_apart(qtbot, context) -> None:
    train(qtbot, context)
    train(qtbot, context)
    titles = [item.workspace.title for item in context.library.models]
    assert len(set(titles)) == 2
    assert all("s3-mlp" in title and "Bars" in title for title in titles)


def test_the_side_of_the_images_is_taken_from_the_data(qtbot, context, monkeypatch) -> None:
    def load(folder: Path, download: bool) -> Job[object]:
        yield Progress(0, None, "Opening")
        return tiny_data(side=12)

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    train(qtbot, context)
    assert context.library.shown.config.model.side == 12


def test_another_model_can_be_looked_at_while_a_run_goes_on(qtbot, context) -> None:
    context.library.add(entry("before"))
    train_on(qtbot, context)
    context.library.show("before")
    run_id = context.training.run.run_id
    qtbot.waitUntil(lambda: context.library.find(run_id).snapshot.step > 0)
    assert context.explorer.weights.snapshot.run_id == "before"
    context.library.show(run_id)
    assert context.explorer.weights.snapshot.step > 0


def test_only_one_run_at_a_time(qtbot, context) -> None:
    train_on(qtbot, context, paused=True)
    context.session.train(tiny_config())
    context.session.repeat_run()
    qtbot.waitUntil(lambda: not context.jobs.running)
    assert len(context.library.models) == 1


def test_a_run_with_live_changes_repeats_from_its_file(qtbot, context, tmp_path) -> None:
    changes = (HyperparameterChange(2, "beta", 4.0), HyperparameterChange(3, "learning_rate", 1e-2))
    train(qtbot, context, replace(tiny_config(), changes=changes))
    first = context.library.shown
    path = tmp_path / "run.vae"
    saved(qtbot, context, path)
    context.library.add(entry("other"))
    opened(qtbot, context, path)
    with qtbot.waitSignal(context.training.ended):
        context.session.repeat_run()
    again = context.library.shown
    assert again.run_id != first.run_id
    assert np.array_equal(again.history.steps.rows(), first.history.steps.rows())
    assert np.array_equal(again.history.tests.rows(), first.history.tests.rows())
    assert same_weights(again.workspace, first.workspace)


def test_a_finished_run_goes_on_in_the_same_model(qtbot, context) -> None:
    train(qtbot, context)
    run_id = context.library.shown.run_id
    with qtbot.waitSignal(context.training.ended):
        context.session.continue_run(3)
    shown = context.library.shown
    assert (shown.run_id, len(context.library.models)) == (run_id, 1)
    assert shown.history.steps.column("step").tolist() == list(range(1, 16))
    assert shown.config.train_at(15).epochs == 5
    assert shown.config.changes == (HyperparameterChange(6, "epochs", 5.0),)


def test_a_run_that_went_on_for_longer_repeats_with_its_schedule(qtbot, context) -> None:
    train(qtbot, context, tiny_config(schedule="one-cycle", learning_rate=3e-3))
    with qtbot.waitSignal(context.training.ended):
        context.session.continue_run(3)
    first = context.library.shown
    with qtbot.waitSignal(context.training.ended):
        context.session.repeat_run()
    again = context.library.shown
    assert again.run_id != first.run_id
    assert context.training.run.total_steps == 15
    assert np.array_equal(again.history.steps.rows(), first.history.steps.rows())
    assert same_weights(again.workspace, first.workspace)


def test_a_saved_run_goes_on_as_if_it_had_never_stopped(qtbot, context, tmp_path) -> None:
    config = tiny_config(epochs=4)
    train(qtbot, context, config)
    whole = context.library.shown
    train(qtbot, context, replace(config, train=replace(config.train, epochs=2)))
    path = tmp_path / "half.vae"
    saved(qtbot, context, path)
    opened(qtbot, context, path)
    with qtbot.waitSignal(context.training.ended):
        context.session.continue_run(2)
    half = context.library.shown
    assert np.array_equal(half.history.steps.rows(), whole.history.steps.rows())
    assert same_weights(half.workspace, whole.workspace)


def test_a_model_without_optimizer_is_not_continued_but_says_why(qtbot, context) -> None:
    shown = entry("shipped")
    checkpoint = replace(shown.workspace.checkpoint, optimizer={})
    context.library.add(replace(shown, workspace=replace(shown.workspace, checkpoint=checkpoint)))
    text = failure(qtbot, context, lambda: context.session.continue_run(1))
    assert "press Train for a new run" in text
    assert context.training.phase is Phase.IDLE


def test_a_run_on_unknown_data_is_one_sentence(qtbot, context) -> None:
    config = replace(tiny_config(), dataset="of another version")
    context.library.add(entry("there", config=config))
    assert "choose another one" in failure(qtbot, context, context.session.repeat_run)
    assert context.training.phase is Phase.IDLE


def test_a_download_that_is_cancelled_starts_no_run_later(qtbot, context, monkeypatch) -> None:
    began, allowed = threading.Event(), threading.Event()

    def load(folder: Path, download: bool) -> Job[object]:
        while not allowed.is_set():
            began.set()
            yield Progress(0, None, "Downloading")
        return tiny_data()

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    context.session.train(tiny_config())
    qtbot.waitUntil(began.is_set)
    context.jobs.running[0].cancel()
    qtbot.waitUntil(lambda: not context.jobs.running)
    allowed.set()
    with qtbot.waitSignal(context.datasets.loaded):
        context.datasets.load("digits")
    assert context.training.phase is Phase.IDLE


def test_a_failed_run_keeps_the_last_good_weights(qtbot, context) -> None:
    config = replace(ENDLESS, changes=(HyperparameterChange(40, "learning_rate", 1e6),))
    text = failure(qtbot, context, lambda: context.session.train(config))
    shown = context.library.shown
    assert "lower the learning rate" in text
    assert all(np.isfinite(array).all() for array in shown.snapshot.weights.values())
    assert context.explorer.weights.snapshot is shown.snapshot


# --- files ----------------------------------------------------------------------


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
    assert "choose another folder" in failure(qtbot, context, lambda: context.session.save(path))
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
        text = failure(qtbot, context, lambda wanted=path: context.session.open(wanted))
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
    text = failure(qtbot, context, lambda: context.session.open(path))
    assert "do not fit" in text
    assert [item.run_id for item in context.library.models] == ["shown"]


def test_the_first_model_is_opened_at_once(context, tmp_path) -> None:
    path = tmp_path / "first.vae"
    files.save(replace(entry("first").workspace, latent=LatentState.origin(2)), path)
    context.session.open_now(path)
    assert context.library.shown.run_id == "first"
    with pytest.raises(UserError, match="choose another file"):
        context.session.open_now(tmp_path / "missing.vae")


# --- closing --------------------------------------------------------------------


def test_closing_the_model_of_a_run_stops_it_for_good(qtbot, context) -> None:
    context.library.add(entry("before"))
    train_on(qtbot, context)
    with qtbot.waitSignal(context.training.ended):
        context.session.close(context.training.run.run_id)
    assert [item.run_id for item in context.library.models] == ["before"]
    assert context.explorer.weights.snapshot.run_id == "before"


def test_snapshots_of_an_unknown_run_show_nothing(context) -> None:
    context.library.add(entry("shown"))
    told = Collector()
    context.library.changed.connect(told.take)
    context.explorer.weights.adopt(snapshots("stranger", 1)[0])
    assert told.values == []


def test_images_of_the_model_are_found_where_that_needs_no_network(qtbot, context, bars) -> None:
    context.library.add(entry("shown"))
    qtbot.waitUntil(lambda: context.explorer.scatter.images is bars)
    qtbot.waitUntil(lambda: not context.jobs.running)
    context.library.add(entry("elsewhere", config=replace(tiny_config(), dataset="mnist")))
    assert context.explorer.scatter.images is None
