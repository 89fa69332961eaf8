"""The real window: what it opens on, files, messages, closing, looks."""

import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QThread, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QTabBar

from tests.runtime.conftest import entry
from tests.screen import differs, pad_of, panel, pixels
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage import workspace as files
from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.runtime.training import Phase
from vae_gui.ui.window import exception_hook
from vae_gui.ui.window.exception_hook import ExceptionHook
from vae_gui.ui.window.main_window import MainWindow


def choose_file(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    """What a person would choose in the system's dialog; "" cancels it."""
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, staticmethod(lambda *args: (str(path), "")))


def answer_question(button: QMessageBox.StandardButton) -> list[str]:
    """Press a button of the next question as soon as it is there; its text is kept."""
    seen: list[str] = []
    timer = QTimer(QApplication.instance(), interval=5)

    def press() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            seen.append(box.text())
            box.button(button).click()

    timer.timeout.connect(press)
    timer.start()
    return seen


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    action, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    enter = QDragEnterEvent(QPoint(200, 200), action, mime, left, none.NoModifier)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(200, 200), action, mime, left, none.NoModifier)
    QApplication.sendEvent(window, event)


def trigger(window: MainWindow, text: str) -> None:
    (action,) = [
        action
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()
        if action.text() == text
    ]
    action.trigger()


def shown_digit(window: MainWindow) -> np.ndarray:
    return panel(window, "explore").decoded.digit._image


def test_it_opens_on_the_pretrained_model(window) -> None:
    context = window.context
    shown = context.library.shown
    assert (len(context.library.models), window.tabs.bar.count()) == (1, 1)
    assert shown.config.model.latent_dim == 2
    assert not shown.unsaved
    assert len(context.explorer.scatter.encodings) > 1000
    assert context.explorer.scatter.encodings.class_names == tuple("0123456789")
    assert not window.isWindowModified()
    assert window.banner.text() == ""


def test_it_decodes_different_digits_at_different_points(qtbot, window) -> None:
    explorer, seen = window.context.explorer, []
    digit = panel(window, "explore").decoded.digit
    for label in (0, 1, 7):
        at = np.median(
            explorer.scatter.encodings.mu[explorer.scatter.encodings.labels == label], axis=0
        )
        before = pixels(digit)
        explorer.move_cursor(tuple(at.tolist()))
        qtbot.waitUntil(lambda old=before: differs(digit, old))
        expected = Engine(explorer.weights.snapshot).decode(at[None].astype(np.float32))[0]
        qtbot.waitUntil(lambda wanted=expected: np.array_equal(shown_digit(window), wanted))
        seen.append(shown_digit(window).astype(int))
    assert all(np.abs(a - b).mean() > 10 for a, b in pairwise(seen))


def test_without_its_model_it_opens_with_a_sentence(qtbot, context, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("vae_gui.app.resources_dir", lambda: tmp_path)
    from vae_gui.app import open_window

    window = open_window(context, None)
    assert "choose another file" in window.banner.text()
    assert panel(window, "explore").decoded.isVisible()
    window.hide()
    window.deleteLater()


def test_the_model_before_is_one_click_away(qtbot, window) -> None:
    explorer, tabs = window.context.explorer, window.tabs.bar
    first = explorer.weights.snapshot.run_id
    window.context.library.add(entry("second"))
    assert (tabs.count(), tabs.currentIndex()) == (2, 1)
    assert "Model second" in window.windowTitle()
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center())
    assert explorer.weights.snapshot.run_id == first
    assert "Model second" not in window.windowTitle()


def test_closing_a_saved_models_tab_takes_it_away_and_the_last_has_no_cross(window) -> None:
    window.context.library.add(entry("second"))
    side = QTabBar.ButtonPosition.RightSide
    window.tabs.bar.tabButton(1, side).click()
    assert window.tabs.bar.count() == 1
    assert window.tabs.bar.tabButton(0, side) is None


def test_a_saved_model_dropped_on_the_window_later_decodes_the_same(
    qtbot, window, monkeypatch, tmp_path
) -> None:
    context, path = window.context, tmp_path / "mine.vae"
    context.library.add(entry("mine", steps=3))
    context.explorer.move_cursor((0.7, -0.4))
    z = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    before = Engine(context.explorer.weights.snapshot).decode(z)
    choose_file(monkeypatch, path.with_suffix(""))
    with qtbot.waitSignal(context.files.saved):
        trigger(window, "Save as…")
    assert window.windowTitle().startswith("mine.vae")
    context.session.close("mine")
    with qtbot.waitSignal(context.explorer.model_changed):
        drop(window, path)
    assert window.windowTitle().startswith("mine.vae")
    assert context.explorer.latent.cursor == (0.7, -0.4)
    assert np.array_equal(Engine(context.explorer.weights.snapshot).decode(z), before)
    expected = Engine(context.explorer.weights.snapshot).decode(
        np.array([[0.7, -0.4]], np.float32)
    )[0]
    qtbot.waitUntil(lambda: np.array_equal(shown_digit(window), expected))


def test_a_file_reopens_with_what_was_chosen_in_the_panels(qtbot, window, tmp_path) -> None:
    panels = window.docks.panels
    samples, traversal, manifold = (
        panels["samples"],
        panels["explore"].traversal,
        panels["manifold"],
    )
    chosen = replace(samples.bar.choice, seed=4, prior=9), replace(manifold.choice, rows=13)
    samples.bar.set_choice(chosen[0])
    manifold.set_choice(chosen[1])
    drawing, embedding_settings = panels["draw"].tools, panels["embedding"].controls
    drawing.set_settings(replace(drawing.settings, brush=0.12))
    embedding_settings.set_settings(replace(embedding_settings.settings, seed=5))
    traversal.bar.plane_form.set_value(replace(traversal.bar.plane_form.value(), size=9))
    traversal.bar.plane_button.click()
    path = tmp_path / "chosen.vae"
    with qtbot.waitSignal(window.context.files.saved):
        window.context.files.save(path, window._ui_state())
    samples.bar.set_choice(replace(chosen[0], seed=0, prior=49))
    manifold.set_choice(replace(chosen[1], rows=20))
    traversal.bar.rows_button.click()
    drawing.set_settings(replace(drawing.settings, brush=0.09))
    embedding_settings.set_settings(replace(embedding_settings.settings, seed=0))
    with qtbot.waitSignal(window.context.explorer.model_changed):
        drop(window, path)
    assert (samples.bar.choice, manifold.choice) == chosen
    assert (drawing.settings.brush, embedding_settings.settings.seed) == (0.12, 5)
    assert traversal.bar.is_plane
    assert traversal.bar.plane_form.value().size == 9


def test_opening_a_file_refreshes_each_panel_once_with_its_choices(
    qtbot, window, monkeypatch, tmp_path
) -> None:
    panels, files, path = window.docks.panels, window.context.files, tmp_path / "chosen.vae"
    samples = panels["samples"]
    window.docks.docks["samples"].raise_()
    qtbot.waitUntil(samples.isVisible)
    samples.bar.set_choice(replace(samples.bar.choice, seed=4))
    with qtbot.waitSignal(files.saved):
        files.save(path, window._ui_state())
    samples.bar.set_choice(replace(samples.bar.choice, seed=0))
    refreshed = []
    for name, one in panels.items():
        refresh = one.refresh
        monkeypatch.setattr(
            one,
            "refresh",
            lambda name=name, refresh=refresh: (
                refreshed.append((name, samples.bar.choice.seed)) or refresh()
            ),
        )
    files.open_now(path)
    visible = [name for name, one in panels.items() if one.isVisible()]
    assert {"pad", "samples", "interpolation"} <= set(visible)
    assert sorted(name for name, _ in refreshed) == sorted(visible)
    assert dict(refreshed)["samples"] == 4


def test_a_choice_that_would_eat_the_machine_is_not_taken(window) -> None:
    samples = window.docks.panels["samples"]
    before = samples.bar.choice
    samples.restore_state({"prior": 10**9})
    samples.restore_state({"seed": -1})
    window.docks.panels["draw"].restore_state({"brush": 50.0})
    assert window.docks.panels["draw"].tools.settings.brush < 1
    assert samples.bar.choice == before


def test_opening_and_saving_from_the_menu(qtbot, window, monkeypatch, tmp_path) -> None:
    context, path = window.context, tmp_path / "mine.vae"
    files.save(entry("mine").workspace, path)
    choose_file(monkeypatch, path)
    with qtbot.waitSignal(context.explorer.model_changed):
        trigger(window, "Open…")
    written = path.stat().st_mtime_ns
    with qtbot.waitSignal(context.files.saved):
        trigger(window, "Save")
    assert path.stat().st_mtime_ns > written
    assert context.settings.recent_files == (path,)


def test_saving_the_bundled_model_asks_for_another_place(qtbot, window, saves_to, tmp_path) -> None:
    bundled = window.context.library.shown.path
    before = bundled.read_bytes()
    saves_to(tmp_path / "copy.vae")
    with qtbot.waitSignal(window.context.files.saved):
        trigger(window, "Save")
    assert (tmp_path / "copy.vae").is_file()
    assert bundled.read_bytes() == before


def test_a_cancelled_dialog_changes_nothing(window, monkeypatch, saves_to) -> None:
    choose_file(monkeypatch, "")
    saves_to(None)
    for text in ("Open…", "Save as…"):
        trigger(window, text)
    assert not window.context.jobs.running
    assert window.banner.text() == ""


def bad_files(folder: Path) -> dict[str, Path]:
    good = folder / "good.vae"
    files.save(entry("good").workspace, good)
    damaged = bytearray(good.read_bytes())
    damaged[-100] ^= 4
    (folder / "damaged.vae").write_bytes(damaged)
    (folder / "not a model.vae").write_bytes(b"%PDF-1.7")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    names = {
        "damaged.vae": "damaged",
        "not a model.vae": "damaged",
        "missing.vae": "not in",
        "picture.png": "cannot be read as a picture",
    }
    return {words: folder / name for name, words in names.items()}


def test_a_bad_file_is_one_sentence_and_everything_stays(qtbot, window, tmp_path) -> None:
    explorer, library = window.context.explorer, window.context.library
    entries, title, z = library.models, window.windowTitle(), explorer.latent
    for words, path in bad_files(tmp_path).items():
        drop(window, path)
        qtbot.waitUntil(lambda: window.banner.text() != "")
        assert words in window.banner.text()
        assert path.name in window.banner.text()
        assert window.banner.text().endswith(".")
        window.banner.close_message()
    assert library.models == entries
    assert (window.windowTitle(), explorer.latent) == (title, z)
    assert window.context.settings.recent_files == ()


def test_a_window_with_nothing_unsaved_closes_without_a_question(qtbot, window) -> None:
    with qtbot.waitSignal(window.closed):
        window.close()
    assert not window.isVisible()


def test_a_fault_while_closing_neither_loses_work_nor_leaves_a_window_that_nobody_sees(
    qtbot, window, monkeypatch
) -> None:
    told = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: told.append(kind))
    with monkeypatch.context() as patch:
        patch.setattr(window.files, "may_close", [].pop)
        assert not window.close() and window.isVisible()
    monkeypatch.setattr(window.docks, "save", [].pop)
    with qtbot.waitSignal(window.closed):
        assert window.close()
    assert told == [IndexError, IndexError]


@pytest.fixture
def training(qtbot, bars, window):
    """An endless run that the window shows."""
    window.run_bar.settings.set_train(_endless(window))
    with qtbot.waitSignal(window.context.library.shown_changed):
        window.run_bar.train()
    qtbot.waitUntil(lambda: window.context.library.shown.snapshot.step > 2)
    return window.context.training


def _endless(window: MainWindow):
    train = window.run_bar.settings.train_form.value()
    return replace(train, epochs=10_000, threads=1, device="cpu")


def test_a_collapsed_posterior_is_a_banner_that_says_what_to_change(qtbot, bars, window) -> None:
    form = window.run_bar.settings
    settings = replace(form.train_form.value(), beta=100.0, epochs=60, threads=1, device="cpu")
    form.set_train(settings)
    qtbot.mouseClick(window.run_bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "collapsed" in window.banner.text())
    for word in ("β (now 100)", "warm-up", "learning rate"):
        assert word in window.banner.text()


def test_unsaved_work_is_asked_for_and_cancel_keeps_the_window(qtbot, window, training) -> None:
    seen = answer_question(QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert window.isVisible()
    assert window.context.library.shown.workspace.title in seen[0]
    assert window.isWindowModified()


def test_unsaved_work_can_be_discarded(qtbot, window, training) -> None:
    answer_question(QMessageBox.StandardButton.Discard)
    with qtbot.waitSignal(window.closed):
        assert window.close()


def test_unsaved_work_is_saved_once_before_a_window_that_trains_closes(
    qtbot, window, training, saves_to, tmp_path
) -> None:
    path = tmp_path / "kept.vae"
    answering = saves_to(path)
    library = window.context.library
    answer_question(QMessageBox.StandardButton.Save)
    with qtbot.waitSignal(window.closed):
        window.close()
    assert window.context.training.phase is Phase.IDLE
    kept = files.load(path)
    assert kept.timeline is not None and len(answering.seen) == 1
    assert kept.checkpoint.snapshot.step == window.context.library.shown.snapshot.step > 0
    assert not library.unsaved


def test_saving_on_closing_leaves_the_shipped_model_as_it_is(
    qtbot, window, monkeypatch, saves_to, tmp_path
) -> None:
    shipped, path = resources_dir() / PRETRAINED, tmp_path / "mine.vae"
    before = shipped.read_bytes()
    saves_to(path)
    monkeypatch.setattr(files, "save", refusing(shipped, files.save))
    window.bookmarks.add_cursor()
    qtbot.waitUntil(lambda: window.context.library.shown.unsaved)
    answer_question(QMessageBox.StandardButton.Save)
    with qtbot.waitSignal(window.closed):
        window.close()
    assert shipped.read_bytes() == before
    assert files.load(path).bookmarks is not None


def refusing(shipped: Path, save: Callable[..., None]) -> Callable[..., None]:
    """Nothing may harm the file of the repository, also where the test fails."""

    def checked(workspace: object, path: Path) -> None:
        assert path != shipped
        save(workspace, path)

    return checked


def test_the_layout_and_the_theme_are_there_at_the_next_start(qtbot, window) -> None:
    from vae_gui.runtime.settings import Settings

    window.appearance.set_theme("light")
    with qtbot.waitSignal(window.closed):
        window.close()
    settings = Settings()
    assert settings.theme == "light"
    assert not settings.geometry.isEmpty()
    assert not settings.layout.isEmpty()


@pytest.fixture
def hook(window, monkeypatch) -> ExceptionHook:
    """The app's own hook, as `main` installs it."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    hook = ExceptionHook()
    hook.install()
    hook.caught.connect(window.show_report)
    return hook


@pytest.fixture
def log(hook: ExceptionHook, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The text of the hook's log. The records go nowhere else: their frames keep painters alive."""
    text = io.StringIO()
    handler, logger = logging.StreamHandler(text), logging.getLogger(exception_hook.__name__)
    monkeypatch.setattr(logger, "propagate", False)
    logger.addHandler(handler)
    yield text
    logger.removeHandler(handler)


def fail() -> None:
    raise ArithmeticError("seven by nothing")


@pytest.mark.qt_no_exception_capture
def test_an_exception_in_a_slot_is_shown_and_logged_and_the_app_goes_on(qtbot, window, log) -> None:
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: window.banner.text() != "")
    assert "your work is kept" in window.banner.text()
    assert "ArithmeticError: seven by nothing" in window.banner._details.toPlainText()
    assert log.getvalue().count("ArithmeticError: seven by nothing") == 1
    before = pixels(panel(window, "explore").decoded.digit)
    window.context.explorer.move_cursor((1.0, 1.0))
    qtbot.waitUntil(lambda: differs(panel(window, "explore").decoded.digit, before))


@pytest.mark.qt_no_exception_capture
def test_an_exception_in_a_thread_is_shown_and_logged(qtbot, window, log) -> None:
    class Broken(QThread):
        def run(self) -> None:
            fail()

    broken = Broken()
    threading.Thread(target=fail).start()
    qtbot.waitUntil(lambda: window.banner.text() != "")
    window.banner.close_message()
    broken.start()
    qtbot.waitUntil(lambda: window.banner.text() != "")
    broken.wait()
    assert log.getvalue().count("ArithmeticError: ") == 2


@pytest.mark.qt_no_exception_capture
@pytest.mark.qt_log_ignore("endPaint", "being painted")  # how Qt tells that a painter was cut off
def test_an_exception_in_a_paint_event_is_shown_once(qtbot, window, log, monkeypatch) -> None:
    digit = panel(window, "explore").decoded.digit
    painted = []

    def draw(*args: object) -> None:
        painted.append(True)
        fail()

    monkeypatch.setattr("vae_gui.ui.widgets.digit_view.draw_digit", draw)
    digit.update()
    qtbot.waitUntil(lambda: window.banner.text() != "")
    window.banner.close_message()
    for _ in range(3):
        count = len(painted)
        digit.update()
        qtbot.waitUntil(lambda before=count: len(painted) > before)
    assert window.banner.text() == ""
    assert log.getvalue().count("uncaught exception") == 1


def test_a_double_click_on_a_docks_title_shows_it_alone_and_then_all_again(qtbot, window) -> None:
    dock = window.docks.docks["pad"]
    others = [other for name, other in window.docks.docks.items() if name != "pad"]
    left = Qt.MouseButton.LeftButton
    qtbot.mouseDClick(dock.title, left)
    assert dock.isVisible()
    assert not any(other.isVisible() for other in others)
    qtbot.mouseDClick(dock.title, left)
    visible = [other for other in others if other.isVisible()]
    assert len(visible) >= 4


def test_both_themes_paint_the_window_in_their_own_colours(qtbot, window) -> None:
    dark = pixels(window)[..., :3].mean()
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    light = pixels(window)[..., :3].mean()
    assert light > dark + 80
    assert pad_of(window).isVisible()


def test_a_message_outlives_what_it_stands_above(qtbot, window: MainWindow) -> None:
    window.show_error("It failed.")
    qtbot.waitUntil(window.banner.isVisible)
    shiboken6.delete(window.docks.docks["interpolation"])  # as when a window is deleted, bit by bit
    window.resize(window.width() + 10, window.height())
    qtbot.waitUntil(lambda: window.banner.geometry().bottom() < window.statusBar().y())
