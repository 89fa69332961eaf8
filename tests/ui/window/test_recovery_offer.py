"""An interrupted run is offered in the banner, with two answers and the choice of none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.autosave_folders import default_autosave_folder
from vae_gui.runtime.notices import Action
from vae_gui.ui.window.main_window import MainWindow


@pytest.fixture
def autosave(bars: object, home: Path) -> Path:
    """What a window has left that was killed."""
    trainer = Trainer(tiny_config(), tiny_data(), "run")
    trainer.step()
    folder = default_autosave_folder() / "window"
    folder.mkdir(parents=True)
    path = folder / "autosave-1.vae"
    files.save(Workspace("Run 1 · Bars", trainer.checkpoint()), path)
    return path


@pytest.fixture
def offering(window_of: Callable[[], MainWindow], autosave: Path, qtbot) -> MainWindow:
    """A window that offers it; the one that was opened found nothing else."""
    kept = autosave.rename(autosave.with_suffix(".later"))  # `window_of` wants no message
    window = window_of()
    window.context.recovery._folders.release()
    kept.rename(autosave)
    window.context.recovery.look()
    qtbot.waitUntil(lambda: window.banner.text() != "")
    return window


def button(window: MainWindow, text: str) -> QPushButton:
    (found,) = (b for b in window.banner.findChildren(QPushButton) if b.text() == text)
    assert found.isVisible()
    return found


def test_it_says_which_run_at_which_step_and_opens_it(offering, qtbot, autosave) -> None:
    assert offering.banner.text() == "A run was interrupted at step 1: Run 1 · Bars."
    qtbot.mouseClick(button(offering, "Open it"), Qt.MouseButton.LeftButton)
    shown = offering.context.library.shown
    assert shown.workspace.title == "Run 1 · Bars" and shown.unsaved
    assert offering.isWindowModified() and offering.banner.text() == "" and autosave.is_file()


def test_discarding_deletes_it(offering, qtbot, autosave) -> None:
    qtbot.mouseClick(button(offering, "Discard"), Qt.MouseButton.LeftButton)
    assert not autosave.exists() and offering.banner.text() == ""
    assert len(offering.context.library.models) == 1


def test_closing_the_message_keeps_it_for_the_next_start(offering, autosave) -> None:
    offering.banner.close_message()
    assert autosave.is_file() and offering.context.recovery.offer is None
    assert offering.banner.text() == ""


def test_it_comes_back_after_another_message(offering, autosave) -> None:
    offering.show_error("Something else went wrong.")
    assert "something else" in offering.banner.text().lower()
    offering.banner.close_message()
    assert "interrupted" in offering.banner.text() and autosave.is_file()


def test_one_that_cannot_be_opened_can_be_discarded(window_of, qtbot, autosave) -> None:
    kept = autosave.rename(autosave.with_suffix(".later"))
    window = window_of()
    window.context.recovery._folders.release()
    autosave.write_bytes(kept.read_bytes()[:-5])
    kept.unlink()
    window.context.recovery.look()
    qtbot.waitUntil(lambda: "cannot be opened" in window.banner.text())
    assert not any(b.text() == "Open it" for b in window.banner.findChildren(QPushButton))
    qtbot.mouseClick(button(window, "Discard"), Qt.MouseButton.LeftButton)
    assert not autosave.exists()


def test_a_notice_may_have_two_ways_out(window_of, qtbot) -> None:
    window, taken = window_of(), []
    actions = [
        Action("Use the CPU", lambda: taken.append(1)),
        Action("Less", lambda: taken.append(2)),
    ]
    for text, answers in (("Use the CPU", [1]), ("Less", [1, 2])):
        window.context.notices.error("Memory ran out.", *actions)
        qtbot.mouseClick(button(window, text), Qt.MouseButton.LeftButton)
        assert taken == answers and window.banner.text() == ""


def test_a_window_that_is_told_to_end_asks_nothing(offering, qtbot) -> None:
    qtbot.mouseClick(button(offering, "Open it"), Qt.MouseButton.LeftButton)
    assert offering.context.library.unsaved
    with qtbot.waitSignal(offering.closed):
        offering.close_unasked()
