"""What is to be closed once it is saved: closing waits for that save alone, and ends where it is not done."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from tests.runtime.acting import answer_to, train_on
from tests.runtime.conftest import Collector, entry
from vae_gui.core.storage import workspace as files
from vae_gui.runtime.context import Context
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.request import Cancelled, Done, Refused
from vae_gui.runtime.training import Phase
from vae_gui.ui.window.file_actions import FileActions

Button = QMessageBox.StandardButton


@pytest.fixture
def actions(qtbot, context: Context, bars: object) -> FileActions:
    window = QWidget()
    qtbot.addWidget(window)
    return FileActions(window, context)


@pytest.fixture
def closed(actions: FileActions) -> Collector:
    """How often everything is saved that the window waits for."""
    collector = Collector()
    actions.ready_to_close.connect(collector.take)
    return collector


@pytest.fixture
def removed(actions: FileActions) -> Collector:
    """The runs whose tabs may be closed."""
    collector = Collector()
    actions.removable.connect(collector.take)
    return collector


@pytest.fixture
def told(context: Context) -> list[str]:
    texts: list[str] = []
    context.notices.published.connect(lambda notice: texts.append(notice.text))
    return texts


@pytest.fixture
def saved(context: Context) -> Collector:
    collector = Collector()
    context.files.saved.connect(collector.take)
    return collector


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions, each of which is answered with Save."""
    return answering(monkeypatch, Button.Save)


def answering(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    seen: list[str] = []

    def answer(box: QMessageBox) -> int:
        seen.append(box.text())
        return button.value

    monkeypatch.setattr(QMessageBox, "exec", answer)
    return seen


def unsaved(context: Context, name: str, path: Path | None) -> OpenModel:
    """An unsaved model that has a file."""
    context.library.add(replace(entry(name, steps=2), path=path, unsaved=True))
    return context.library.shown


def training(qtbot, context: Context, path: Path) -> OpenModel:
    """An unsaved model of a run that goes on, and that has a file."""
    train_on(qtbot, context)
    qtbot.waitUntil(lambda: context.library.shown.snapshot.step > 0)
    context.library.replace(replace(context.library.shown, path=path))
    return context.library.shown


def settled(qtbot, context: Context) -> None:
    qtbot.waitUntil(lambda: not context.files.saving and not context.jobs.running)


@pytest.mark.parametrize("live", [False, True])
def test_after_a_save_that_failed_on_closing_a_later_one_closes_nothing(
    qtbot, context, actions, asked, closed, told, saved, tmp_path, live: bool
) -> None:
    (tmp_path / "in the way.vae").mkdir()
    path = tmp_path / "in the way.vae"
    model = training(qtbot, context, path) if live else unsaved(context, "run", path)
    assert not actions.may_close()
    (save,) = context.files.saving
    assert isinstance(answer_to(qtbot, save), Refused)
    assert told == ["“in the way.vae” is a folder: choose the name of a file."]
    assert context.training.phase is Phase.IDLE  # it was stopped to be saved once
    later = context.files.save(tmp_path / "later.vae")
    assert isinstance(answer_to(qtbot, later), Done)
    settled(qtbot, context)
    assert closed.values == [] and len(saved.values) == 1 and len(asked) == 1
    assert context.library.find(model.run_id).path == tmp_path / "later.vae"


@pytest.mark.parametrize("live", [False, True])
def test_after_a_save_that_failed_for_a_tab_a_later_one_does_not_close_it(
    qtbot, context, actions, asked, removed, told, saved, tmp_path, live: bool
) -> None:
    (tmp_path / "in the way.vae").mkdir()
    path = tmp_path / "in the way.vae"
    model = training(qtbot, context, path) if live else unsaved(context, "run", path)
    assert not actions.may_remove(model)
    (save,) = context.files.saving
    assert isinstance(answer_to(qtbot, save), Refused) and len(told) == 1
    later = context.files.save(tmp_path / "later.vae")
    assert isinstance(answer_to(qtbot, later), Done)
    settled(qtbot, context)
    assert removed.values == [] and len(saved.values) == 1


def test_a_window_that_trains_stops_the_run_saves_it_once_and_closes(
    qtbot, context, actions, asked, closed, saved, tmp_path
) -> None:
    model = training(qtbot, context, tmp_path / "run.vae")
    other = unsaved(context, "other", tmp_path / "other.vae")
    assert not actions.may_close()
    qtbot.waitUntil(lambda: bool(closed.values))
    settled(qtbot, context)
    assert [written.run_id for written in saved.values] == [model.run_id, other.run_id]
    assert context.training.phase is Phase.IDLE and not context.library.unsaved
    assert saved.values[0].step == context.library.find(model.run_id).snapshot.step
    assert len(closed.values) == 1 and len(asked) == 1
    assert actions.may_close()


def test_a_tab_whose_run_trains_stops_it_saves_it_once_and_closes(
    qtbot, context, actions, asked, removed, saved, tmp_path
) -> None:
    context.library.add(entry("before"))
    model = training(qtbot, context, tmp_path / "run.vae")
    assert not actions.may_remove(model)
    qtbot.waitUntil(lambda: bool(removed.values))
    settled(qtbot, context)
    assert context.training.phase is Phase.IDLE
    assert len(saved.values) == 1 and removed.values == [model.run_id]
    assert actions.may_remove(context.library.find(model.run_id))


@pytest.mark.parametrize("what", ["window", "tab"])
def test_a_cancelled_dialog_ends_the_closing_and_the_run_goes_on(
    qtbot, context, actions, asked, closed, removed, saved, saves_to, tmp_path, what: str
) -> None:
    training(qtbot, context, tmp_path / "run.vae")
    model = replace(context.library.shown, path=None)
    context.library.replace(model)
    saves_to(None)
    assert not (actions.may_close() if what == "window" else actions.may_remove(model))
    assert context.training.phase is Phase.RUNNING and not context.files.saving
    later = context.files.save(tmp_path / "later.vae")
    assert isinstance(answer_to(qtbot, later), Done)
    settled(qtbot, context)
    assert closed.values == removed.values == [] and len(saved.values) == 1
    assert context.training.phase is Phase.RUNNING


@pytest.mark.parametrize("what", ["window", "tab"])
def test_a_cancelled_save_ends_the_closing_and_is_told(
    qtbot, context, actions, asked, closed, removed, told, tmp_path, what: str
) -> None:
    model = unsaved(context, "run", tmp_path / "run.vae")
    assert not (actions.may_close() if what == "window" else actions.may_remove(model))
    (save,) = context.files.saving
    next(job for job in context.jobs.running if job.title == "Save run.vae").cancel()
    assert answer_to(qtbot, save) == Cancelled()
    assert told == ["Saving run.vae was cancelled: nothing was written."]
    assert isinstance(answer_to(qtbot, context.files.save(tmp_path / "later.vae")), Done)
    assert closed.values == removed.values == []


def test_of_several_models_the_first_that_cannot_be_saved_ends_the_closing(
    qtbot, context, actions, asked, closed, told, saved, tmp_path
) -> None:
    (tmp_path / "second.vae").mkdir()
    for name in ("first", "second", "third"):
        unsaved(context, name, tmp_path / f"{name}.vae")
    assert not actions.may_close()
    qtbot.waitUntil(lambda: len(told) == 2)
    settled(qtbot, context)
    assert told == ["Saved first.vae", "“second.vae” is a folder: choose the name of a file."]
    assert closed.values == [] and [written.run_id for written in saved.values] == ["first"]
    assert [model.run_id for model in context.library.unsaved] == ["second", "third"]


def test_closing_waits_for_the_saves_under_way(
    qtbot, context, actions, asked, closed, tmp_path
) -> None:
    context.library.add(entry("run", steps=2))
    saves = [context.files.save(tmp_path / f"{number}.vae") for number in range(2)]
    assert not actions.may_close() and asked == []
    qtbot.waitUntil(lambda: bool(closed.values))
    assert [isinstance(save.answer, Done) for save in saves] == [True, True]
    assert len(closed.values) == 1 and actions.may_close()


def test_closing_a_second_time_waits_for_nothing(
    qtbot, context, actions, asked, closed, tmp_path
) -> None:
    context.library.add(entry("run", steps=2))
    save = context.files.save(tmp_path / "run.vae")
    assert not actions.may_close()
    assert actions.may_close()
    assert isinstance(answer_to(qtbot, save), Done)
    assert closed.values == []  # it is closed already


def test_what_is_saved_is_the_model_that_the_dialog_was_opened_for(
    qtbot, context, actions, monkeypatch, tmp_path
) -> None:
    """A run of the queue may begin behind the dialog, and be shown."""
    context.library.add(entry("meant"))

    def choose(*_: object) -> tuple[str, str]:
        context.library.add(entry("other"))
        return str(tmp_path / "meant.vae"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(choose))
    assert isinstance(answer_to(qtbot, actions.save_as()), Done)
    kept = files.load(tmp_path / "meant.vae")
    assert (kept.checkpoint.snapshot.run_id, kept.title) == ("meant", "meant")
