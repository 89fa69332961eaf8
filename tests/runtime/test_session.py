"""What a person does with models: train, go on, repeat, close."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.runtime.acting import ENDLESS, failure, opened, same_weights, saved, train, train_on
from tests.runtime.conftest import Collector, entry, snapshots
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.runtime.notices import NoticeKind
from vae_gui.runtime.training import Phase


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
    assert all("MLP 256" in title and "Bars" in title for title in titles)


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


def test_a_run_whose_density_has_no_bound_is_warned_about(qtbot, context) -> None:
    config = tiny_config()
    model = replace(config.model, likelihood="continuous-bernoulli")
    with qtbot.waitSignal(context.notices.published) as told:
        train(qtbot, context, replace(config, model=model))
    assert told.args[0].kind is NoticeKind.WARNING
    assert "no upper bound" in told.args[0].text


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
