"""Autosaves of windows that are gone are offered one by one, and stay until they are saved or discarded."""

import os
from pathlib import Path

import pytest

from tests.runtime.acting import opened, same_weights, saved
from tests.tiny import tiny_config, tiny_data
from tests.waiting import WAIT_MS
from vae_gui import app
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.autosave_folders import LOCK, AutosaveFolders, default_autosave_folder
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase


def left_behind(title: str = "Run 1", run_id: str = "a", steps: int = 2) -> Path:
    """The autosave of a window that is gone."""
    trainer = Trainer(tiny_config(), tiny_data(), run_id)
    for _ in range(steps):
        trainer.step()
    folder = default_autosave_folder() / f"window-{run_id}"
    folder.mkdir(parents=True)
    path = folder / "autosave-1.vae"
    files.save(Workspace(title, trainer.checkpoint()), path)
    return path


def offered(qtbot, context: Context) -> str:
    """The title of the run that is offered next."""
    qtbot.waitUntil(lambda: context.recovery.offer is not None, timeout=WAIT_MS)
    offer = context.recovery.offer
    return "" if offer.workspace is None else offer.workspace.title


def looked(qtbot, context: Context) -> str:
    context.recovery.look()
    return offered(qtbot, context)


def idle(qtbot, context: Context) -> bool:
    """Whether nothing is offered once all was looked at."""
    qtbot.waitUntil(lambda: not context.jobs.running, timeout=WAIT_MS)
    return context.recovery.offer is None


def test_a_run_opens_as_one_that_is_not_saved(qtbot, context: Context) -> None:
    path = left_behind()
    kept = files.load(path)
    assert looked(qtbot, context) == "Run 1"
    context.recovery.open()
    shown = context.library.shown
    assert shown.unsaved and shown.path is None and shown.snapshot.step == 2
    assert same_weights(shown.workspace, kept)
    assert path.is_file()  # nobody has saved it yet
    assert path not in context.settings.recent_files
    assert idle(qtbot, context)


def test_it_goes_once_it_is_saved(qtbot, context: Context, tmp_path: Path) -> None:
    path = left_behind()
    looked(qtbot, context)
    context.recovery.open()
    saved(qtbot, context, tmp_path / "mine.vae")
    assert not path.exists()
    app.shutdown(context)
    assert list(default_autosave_folder().iterdir()) == []


def test_it_is_the_autosave_of_the_run_that_goes_on(qtbot, context: Context) -> None:
    path = left_behind()
    looked(qtbot, context)
    context.recovery.open()
    with qtbot.waitSignal(context.training.ended, timeout=WAIT_MS):
        context.session.continue_run(1)
    qtbot.waitUntil(lambda: context.autosave._kept["a"] == 9, timeout=WAIT_MS)
    assert files.load(path).checkpoint.snapshot.step == 9
    assert len(list(default_autosave_folder().glob("*/*.vae"))) == 1


def test_several_are_offered_one_after_the_other(qtbot, context: Context) -> None:
    paths = {left_behind(f"Run {name}", name) for name in "abc"}
    titles = {looked(qtbot, context)}
    context.recovery.open()
    titles.add(offered(qtbot, context))
    context.recovery.discard()
    titles.add(offered(qtbot, context))
    context.recovery.postpone()
    assert titles == {"Run a", "Run b", "Run c"}
    assert idle(qtbot, context) and len([path for path in paths if path.is_file()]) == 2


def test_what_is_not_answered_is_offered_at_the_next_start(qtbot, context: Context) -> None:
    left_behind("Run a", "a")
    left_behind("Run b", "b")
    first = looked(qtbot, context)
    context.recovery.postpone()
    second = offered(qtbot, context)
    app.shutdown(context)
    again = app.build_context()
    try:
        found = {looked(qtbot, again)}
        again.recovery.postpone()
        found.add(offered(qtbot, again))
    finally:
        app.shutdown(again)
    assert found == {first, second}


def test_a_window_that_is_told_to_end_leaves_the_opened_run_to_the_next(
    qtbot, context: Context
) -> None:
    path = left_behind()
    looked(qtbot, context)
    context.recovery.open()
    app.shutdown(context, keep=True)
    assert files.load(path).title == "Run 1"
    assert not (path.parent / LOCK).exists()


def test_a_window_that_runs_is_offered_nothing_of_another(qtbot, context: Context) -> None:
    """Nor does it take what another one offers."""
    folders = AutosaveFolders(default_autosave_folder())
    mine = folders.new_path()
    mine.write_bytes(left_behind().read_bytes())
    assert len(folders.claim()) == 1
    context.recovery.look()
    assert idle(qtbot, context)
    folders.release()
    assert looked(qtbot, context) == "Run 1"
    assert mine.is_file()


def test_an_autosave_that_cannot_be_read_stays_until_it_is_discarded(
    qtbot, context: Context
) -> None:
    path = left_behind()
    path.write_bytes(path.read_bytes()[:-9])
    assert looked(qtbot, context) == ""
    assert "damaged" in context.recovery.offer.problem
    context.recovery.open()
    assert path.is_file() and context.recovery.offer is not None
    context.recovery.discard()
    assert not path.exists() and idle(qtbot, context)


@pytest.mark.parametrize("error", [MemoryError(), ArithmeticError("seven by nothing")])
def test_one_that_fails_to_be_read_hides_none_of_the_others(
    qtbot, context: Context, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    paths = [left_behind(f"Run {name}", name) for name in "ab"]
    os.utime(paths[0], (1, 1))  # the older one, which is offered last
    unpack = files.unpack

    def fail_once(*given: object) -> Workspace:
        monkeypatch.setattr(files, "unpack", unpack)
        raise error

    monkeypatch.setattr(files, "unpack", fail_once)
    assert looked(qtbot, context) == ""
    problem = context.recovery.offer.problem
    assert "not enough memory" in problem or "seven by nothing" in problem
    context.recovery.postpone()
    assert offered(qtbot, context) == "Run a"
    assert all(path.is_file() for path in paths)


def test_one_whose_reading_is_cancelled_is_left_and_the_next_is_offered(
    qtbot, context: Context
) -> None:
    paths = [left_behind(f"Run {name}", name) for name in "ab"]
    os.utime(paths[0], (1, 1))
    context.recovery.look()
    context.jobs.running[0].cancel()
    assert offered(qtbot, context) == "Run a"
    assert paths[1].is_file()


def test_looking_again_while_one_is_read_forgets_none(qtbot, context: Context) -> None:
    os.utime(left_behind("Run a", "a"), (1, 1))
    left_behind("Run b", "b")
    context.recovery.look()
    left_behind("Run c", "c")
    context.recovery.look()
    titles = []
    for _ in range(3):
        titles.append(offered(qtbot, context))
        context.recovery.postpone()
    assert titles == ["Run b", "Run a", "Run c"] and idle(qtbot, context)


def test_a_run_that_is_in_memory_already_is_opened_beside_it(
    qtbot, context: Context, tmp_path: Path
) -> None:
    path = left_behind()
    mine = tmp_path / "mine.vae"
    mine.write_bytes(path.read_bytes())
    opened(qtbot, context, mine)
    with qtbot.waitSignal(context.training.ended, timeout=WAIT_MS):
        context.session.continue_run(1)
    looked(qtbot, context)
    context.recovery.open()
    assert [entry.snapshot.step for entry in context.library.models] == [9, 2]
    assert context.training.phase is Phase.IDLE and path.is_file()


def test_a_lock_of_a_process_with_the_number_of_this_one_does_not_hide_a_run(
    qtbot, context: Context
) -> None:
    """As it is in a container, where each start may have the same number."""
    path = left_behind()
    folders = AutosaveFolders(default_autosave_folder())
    folders.claim()
    lock = path.parent / LOCK
    content = lock.read_bytes()
    folders.release()
    lock.write_bytes(content)
    assert looked(qtbot, context) == "Run 1"


@pytest.mark.parametrize("leftover", [".autosave-1.vae.0123abcd.tmp", None])
def test_folders_of_windows_without_an_autosave_are_removed(
    qtbot, context: Context, leftover: str | None
) -> None:
    folder = default_autosave_folder() / "window"
    folder.mkdir(parents=True)
    if leftover is not None:
        (folder / leftover).write_text("half")
    context.recovery.look()
    assert idle(qtbot, context)
    app.shutdown(context)
    assert list(default_autosave_folder().iterdir()) == []
