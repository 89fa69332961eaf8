"""A run is autosaved at its pace, by a clock that only the test turns, until the person has it elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.runtime.acting import ENDLESS, answer_to, saved, train
from tests.runtime.conftest import Collector
from tests.waiting import WAIT_MS
from vae_gui import app
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.runtime import save_queue
from vae_gui.runtime.autosave import Autosave, Pace
from vae_gui.runtime.autosave_folders import default_autosave_folder
from vae_gui.runtime.context import Context
from vae_gui.runtime.notices import NoticeKind
from vae_gui.runtime.request import Cancelled, Done
from vae_gui.runtime.save_queue import Written
from vae_gui.runtime.training import Phase


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(app, "Autosave", partial(Autosave, clock=clock))
    return clock


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[list[Workspace]]:
    """What was written; each save takes half a second of the clock."""
    written: list[Workspace] = []

    def save(workspace: Workspace, path: Path) -> None:
        clock.now += 0.5
        files.save(workspace, path)
        written.append(workspace)

    monkeypatch.setattr(save_queue, "files", type("files", (), {"save": staticmethod(save)}))
    yield written


def autosaves() -> list[Path]:
    return sorted(default_autosave_folder().glob("*/*.vae"))


def train_on(qtbot, context: Context) -> None:
    """A run that goes on; the first one of a process waits for torch."""
    with qtbot.waitSignal(context.library.shown_changed, timeout=WAIT_MS):
        context.session.train(ENDLESS)


def moved(qtbot, context: Context) -> None:
    """Returns once the run has gone on."""
    step = context.training.steps_done
    qtbot.waitUntil(lambda: context.training.steps_done > step, timeout=WAIT_MS)


def is_saved(qtbot, context: Context, clock: Clock, writes: list[Workspace], at: float) -> bool:
    """Whether a save begins when the clock is turned to a moment; returns after its end."""
    moved(qtbot, context)
    before, clock.now = len(writes), at
    context.autosave.poll()
    if not context.autosave.busy:
        return False
    qtbot.waitUntil(lambda: not context.autosave.busy, timeout=WAIT_MS)
    return len(writes) == before + 1


def paused_after_steps(qtbot, context: Context) -> None:
    train_on(qtbot, context)
    moved(qtbot, context)
    context.training.pause()
    qtbot.waitUntil(lambda: is_settled(context), timeout=WAIT_MS)


def is_settled(context: Context) -> bool:
    """Whether the paused run and its autosave are of the same step."""
    shown, step = context.library.shown, context.training.steps_done
    known = context.autosave._kept.get(shown.run_id)
    return not context.autosave.busy and step > 0 and step == known


def test_the_first_save_comes_after_ten_seconds_and_the_next_thirty_after_its_end(
    qtbot, context, clock, writes
) -> None:
    began = clock.now
    train_on(qtbot, context)
    assert not is_saved(qtbot, context, clock, writes, began + 9.9)
    assert is_saved(qtbot, context, clock, writes, began + 10.0)
    ended = clock.now
    assert ended == began + 10.5
    assert not is_saved(qtbot, context, clock, writes, ended + 29.9)
    assert is_saved(qtbot, context, clock, writes, ended + 30.0)
    (path,) = autosaves()  # the run has one
    kept = files.load(path)
    assert kept.checkpoint.snapshot.step == writes[-1].checkpoint.snapshot.step
    assert kept.checkpoint.optimizer and kept.timeline is None
    assert kept.history.steps[-1, 0] == kept.checkpoint.snapshot.step


@pytest.mark.parametrize("took", [0.01 * 1.6**exponent for exponent in range(18)])
def test_the_pace_loses_at_most_a_minute_and_takes_little_of_the_time(took: float) -> None:
    pace = Pace()
    rest = pace.rest_after(took)
    if took <= 20:  # else no pace could
        # The last save that counts, the rest after it, and one that takes twice as long and is not ended.
        assert took + rest + 2 * took <= 60
    assert rest >= 30 or took + rest + 2 * took == pytest.approx(60) or rest == 0
    assert took / (took + rest) <= 0.02 or took + rest + 2 * took >= 60 - 1e-9


def test_a_run_that_pauses_is_saved_once(qtbot, context, writes) -> None:
    paused_after_steps(qtbot, context)
    assert len(writes) == 1
    context.autosave.poll()
    assert not context.autosave.busy  # nothing has moved
    assert files.load(autosaves()[0]).checkpoint.snapshot.step == context.training.steps_done


def test_single_steps_are_saved_when_the_next_save_is_due(qtbot, context, clock, writes) -> None:
    paused_after_steps(qtbot, context)
    step = context.training.steps_done
    context.training.step()
    qtbot.waitUntil(lambda: context.training.steps_done == step + 1, timeout=WAIT_MS)
    context.autosave.poll()
    assert not context.autosave.busy
    clock.now += 30
    context.autosave.poll()
    qtbot.waitUntil(lambda: is_settled(context), timeout=WAIT_MS)
    assert len(writes) == 2


def test_a_run_that_ends_is_kept_until_it_is_saved(qtbot, context, tmp_path) -> None:
    train(qtbot, context)
    qtbot.waitUntil(lambda: len(autosaves()) == 1 and not context.jobs.running, timeout=WAIT_MS)
    assert (
        files.load(autosaves()[0]).checkpoint.snapshot.step == context.library.shown.snapshot.step
    )
    saved(qtbot, context, tmp_path / "mine.vae")
    assert autosaves() == []


def test_saving_an_older_step_keeps_the_newer_autosave(qtbot, context) -> None:
    paused_after_steps(qtbot, context)
    older = replace(context.library.shown.snapshot, step=context.training.steps_done - 1)
    checkpoint = replace(context.library.shown.workspace.checkpoint, snapshot=older)
    context.files.saved.emit(Written(Path("mine.vae"), Workspace("Mine", checkpoint)))
    assert len(autosaves()) == 1


def test_several_runs_are_kept_beside_each_other(qtbot, context) -> None:
    for _ in range(2):
        train(qtbot, context)
    qtbot.waitUntil(lambda: len(autosaves()) == 2, timeout=WAIT_MS)
    kept = {files.load(path).checkpoint.snapshot.run_id for path in autosaves()}
    assert kept == {entry.run_id for entry in context.library.models}


def test_a_model_that_is_closed_is_forgotten(qtbot, context) -> None:
    for _ in range(2):
        train(qtbot, context)
    qtbot.waitUntil(lambda: len(autosaves()) == 2 and not context.jobs.running, timeout=WAIT_MS)
    context.session.close(context.library.models[0].run_id)
    (path,) = autosaves()
    kept = files.load(path).checkpoint.snapshot.run_id
    assert kept == context.library.shown.run_id


def test_a_model_that_is_closed_during_its_autosave_is_forgotten_too(qtbot, context, clock) -> None:
    train(qtbot, context)
    train_on(qtbot, context)
    qtbot.waitUntil(lambda: len(autosaves()) == 1, timeout=WAIT_MS)
    moved(qtbot, context)
    clock.now += 10
    context.autosave.poll()
    answer_to(qtbot, context.autosave._checkpoint)
    written = context.autosave._written
    with qtbot.waitSignal(context.training.ended, timeout=WAIT_MS):
        context.session.close(context.library.shown.run_id)
    assert isinstance(answer_to(qtbot, written), Done)
    assert len(autosaves()) == 1  # the other run's


def test_a_window_that_is_closed_leaves_nothing(qtbot, context) -> None:
    train_on(qtbot, context)
    moved(qtbot, context)
    context.training.pause()
    qtbot.waitUntil(lambda: len(autosaves()) == 1, timeout=WAIT_MS)
    app.shutdown(context)
    assert list(default_autosave_folder().iterdir()) == []


def test_an_app_that_is_told_to_end_keeps_the_last_step(qtbot, context) -> None:
    train_on(qtbot, context)
    moved(qtbot, context)
    app.shutdown(context, keep=True)
    app.shutdown(context)  # twice
    assert context.training.phase is Phase.IDLE
    (path,) = autosaves()
    kept = files.load(path)
    assert kept.checkpoint.snapshot.step == context.training.steps_done > 0
    assert kept.checkpoint.optimizer and kept.history.steps[-1, 0] == context.training.steps_done


def test_a_thread_that_did_not_end_in_time_leaves_the_autosave_as_it_is(qtbot, context) -> None:
    paused_after_steps(qtbot, context)
    step = context.training.steps_done
    context.training.step()
    qtbot.waitUntil(lambda: context.library.shown.snapshot.step == step + 1, timeout=WAIT_MS)
    assert not context.library.shown.workspace.checkpoint.optimizer
    context.autosave.shutdown(keep=True)  # without that of the training before
    kept = files.load(autosaves()[0])
    assert kept.checkpoint.snapshot.step == step and kept.checkpoint.optimizer


def test_a_full_disk_is_a_warning_once_and_the_run_goes_on(
    qtbot, context, clock, monkeypatch
) -> None:
    def fail(workspace: Workspace, path: Path) -> None:
        raise UserError("There is no room on the disk: free some.")

    monkeypatch.setattr(save_queue, "files", type("files", (), {"save": staticmethod(fail)}))
    told = Collector()
    context.notices.published.connect(told.take)
    train_on(qtbot, context)
    for _ in range(3):
        assert not is_saved(qtbot, context, clock, [], clock.now + 30)
    (notice,) = told.values
    assert notice.kind is NoticeKind.WARNING and "no room" in notice.text
    assert context.training.phase is Phase.RUNNING


def test_a_folder_that_cannot_be_made_is_a_warning_too(qtbot, context, clock) -> None:
    default_autosave_folder().parent.mkdir(parents=True, exist_ok=True)
    default_autosave_folder().write_text("not a folder")
    told = Collector()
    context.notices.published.connect(told.take)
    train_on(qtbot, context)
    assert not is_saved(qtbot, context, clock, [], clock.now + 10)
    assert [notice.kind for notice in told.values] == [NoticeKind.WARNING]
    assert context.training.phase is Phase.RUNNING


def test_nothing_is_saved_before_the_first_step(qtbot, context, clock) -> None:
    with qtbot.waitSignal(context.library.shown_changed, timeout=WAIT_MS):
        context.session.train(ENDLESS, paused=True)
    clock.now += 100
    context.autosave.poll()
    assert not context.autosave.busy
    app.shutdown(context, keep=True)
    assert not default_autosave_folder().exists()


def test_the_save_of_a_person_is_not_taken_for_the_autosave(
    qtbot, context, clock, writes, tmp_path
) -> None:
    train_on(qtbot, context)
    moved(qtbot, context)
    clock.now += 10
    mine = context.files.save(tmp_path / "mine.vae")
    context.autosave.poll()  # both wait for a checkpoint of their own
    theirs = context.files.save(tmp_path / "theirs.vae")
    for request in (mine, theirs):
        assert isinstance(answer_to(qtbot, request), Done)
    qtbot.waitUntil(lambda: not context.autosave.busy, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not context.jobs.running, timeout=WAIT_MS)
    assert len(writes) == 3 and len(autosaves()) <= 1


def test_a_run_that_ends_while_its_autosave_is_asked_for_is_written_once(
    qtbot, context, clock, writes
) -> None:
    train_on(qtbot, context)
    moved(qtbot, context)
    context.training.stop()
    context.training._thread.wait()  # it has ended, but nobody has heard of it yet
    clock.now += 10
    context.autosave.poll()
    asked = context.autosave._checkpoint
    assert answer_to(qtbot, asked) == Cancelled()
    qtbot.waitUntil(lambda: not context.autosave.busy and not context.jobs.running, timeout=WAIT_MS)
    (kept,) = writes
    assert kept.checkpoint.snapshot.step == context.library.shown.snapshot.step


def test_an_autosave_of_what_the_person_has_saved_meanwhile_goes(
    qtbot, context, clock, tmp_path
) -> None:
    train_on(qtbot, context)
    moved(qtbot, context)
    clock.now += 10
    context.autosave.poll()
    answer_to(qtbot, context.autosave._checkpoint)
    written = context.autosave._written
    shown = context.library.shown
    newer = replace(shown.workspace.checkpoint, snapshot=replace(shown.snapshot, step=10**6))
    context.files.saved.emit(Written(tmp_path / "mine.vae", Workspace("Mine", newer)))
    assert isinstance(answer_to(qtbot, written), Done)
    assert autosaves() == []


def test_an_autosave_that_is_cancelled_is_made_again(qtbot, context, clock, writes) -> None:
    train_on(qtbot, context)
    moved(qtbot, context)
    clock.now += 10
    context.autosave.poll()
    checkpoint = context.autosave._checkpoint
    # Its save is asked for when the checkpoint is there, and has not begun yet.
    checkpoint.then(lambda _: context.jobs.running[0].cancel())
    answer_to(qtbot, checkpoint)
    assert answer_to(qtbot, context.autosave._written) == Cancelled()
    assert autosaves() == [] and not context.autosave.busy
    assert is_saved(qtbot, context, clock, writes, clock.now + 30)
