"""The bookmarks panel: keep, go back, rename, delete, and the file in which they travel."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMenu

from tests.runtime.conftest import Collector
from tests.spaces import decoded, random_snapshot, show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.storage.bookmarks import (
    MAX_BOOKMARKS,
    Bookmark,
    Bookmarks,
    export_bookmarks,
    import_bookmarks,
)
from vae_gui.core.support.progress import finish
from vae_gui.core.support.types import Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.notices import NoticeKind
from vae_gui.ui.panels.bookmarks.panel import BookmarksPanel


@pytest.fixture
def panel(panel_of: PanelOf) -> BookmarksPanel:
    return panel_of(BookmarksPanel, 900, 200)


@pytest.fixture
def failures(context: Context) -> Iterator[list[object]]:
    collector = Collector()
    context.notices.published.connect(
        lambda notice: notice.kind is NoticeKind.ERROR and collector.take(notice.text)
    )
    yield collector.values


def add(qtbot, panel: BookmarksPanel, *points: Z) -> None:
    for z in points:
        panel.explorer.move_cursor(z)
        with qtbot.waitSignal(panel.context.notices.published):
            panel.add_button.click()


def names(panel: BookmarksPanel) -> list[str]:
    return [bookmark.name for bookmark in panel.bookmarks.kept]


def click(qtbot, panel: BookmarksPanel, index: int) -> None:
    place = panel.view.grid.tile_rect(index).center().toPoint()
    qtbot.mouseClick(panel.view.grid, Qt.MouseButton.LeftButton, pos=place)


def choose_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, staticmethod(lambda *_: (str(path), "")))


@pytest.mark.parametrize(("latent_dim", "side"), [(1, 28), (2, 28), (20, 28), (2, 32)], ids=str)
def test_the_cursor_is_kept_with_its_image_and_a_name(
    qtbot, context: Context, panel: BookmarksPanel, latent_dim: int, side: int
) -> None:
    snapshot = show_space(context, latent_dim, side=side)
    z = (0.5,) * latent_dim
    add(qtbot, panel, z)
    (bookmark,) = panel.bookmarks.kept
    assert (bookmark.name, bookmark.z) == ("Point 1", z)
    assert np.array_equal(bookmark.thumbnail, decoded(snapshot, z)[0])
    assert panel.view.grid.count() == 1
    assert context.library.shown.unsaved


def test_it_works_while_the_panel_is_hidden(qtbot, context: Context, panel: BookmarksPanel) -> None:
    show_space(context)
    panel.hide()
    add(qtbot, panel, (0.1, 0.2), (0.3, 0.4))
    panel.show()
    assert panel.view.grid.count() == 2


def test_a_thumbnail_stays_when_the_model_learns(
    qtbot, context: Context, panel: BookmarksPanel
) -> None:
    first = show_space(context)
    add(qtbot, panel, (0.5, 0.5))
    kept = panel.bookmarks.kept[0].thumbnail
    newer = random_snapshot(first.model, seed=1, step=1)
    context.library.adopt(newer)
    context.explorer.weights.adopt(newer)
    assert panel.bookmarks.kept[0].thumbnail is kept
    assert not np.array_equal(kept, decoded(newer, (0.5, 0.5))[0])


def test_a_click_goes_there_and_can_be_undone(
    qtbot, context: Context, panel: BookmarksPanel
) -> None:
    show_space(context)
    add(qtbot, panel, (0.1, 0.2), (0.3, 0.4))
    click(qtbot, panel, 0)
    assert context.explorer.latent.cursor == (0.1, 0.2)
    assert panel.view.grid.current() == 0
    context.explorer.undo_stack.undo()
    assert context.explorer.latent.cursor == (0.3, 0.4)


@pytest.mark.qt_log_ignore(r"grabbing the keyboard", r"raise\(\)", extend=True)  # offscreen
def test_the_menu_makes_it_an_endpoint_renames_and_deletes(
    qtbot, context: Context, panel: BookmarksPanel
) -> None:
    show_space(context)
    add(qtbot, panel, (0.1, 0.2))
    panel.view.grid.menu_requested.emit(0, QPoint(10, 10))
    menu = panel.findChild(QMenu)
    entries = {action.text().split("\t")[0]: action for action in menu.actions()}
    entries["Set as A"].trigger()
    assert context.explorer.latent.a == (0.1, 0.2)
    entries["Rename"].trigger()
    assert panel.editor.isVisible()
    entries["Delete"].trigger()
    assert names(panel) == []
    menu.close()


def test_renaming_by_keys(qtbot, context: Context, panel: BookmarksPanel) -> None:
    show_space(context)
    add(qtbot, panel, (0.1, 0.2), (0.3, 0.4))
    click(qtbot, panel, 1)
    qtbot.keyClick(panel.view.grid, Qt.Key.Key_F2)
    assert panel.editor.selectedText() == "Point 2"
    qtbot.keyClicks(panel.editor, "a 4")
    qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    assert names(panel) == ["Point 1", "a 4"]
    assert not panel.editor.isVisible()


def test_escape_keeps_the_name_and_an_empty_one_is_refused(
    qtbot, context: Context, panel: BookmarksPanel, failures: list[object]
) -> None:
    show_space(context)
    add(qtbot, panel, (0.1, 0.2))
    panel.rename(0)
    panel.editor.setText("another")
    qtbot.keyClick(panel.editor, Qt.Key.Key_Escape)
    assert names(panel) == ["Point 1"]
    panel.rename(0)
    panel.editor.setText("  ")
    qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    assert names(panel) == ["Point 1"]
    assert len(failures) == 1
    assert str(failures[0]).startswith("A bookmark's name")


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_deleted_bookmark_can_be_put_back(
    qtbot, context: Context, panel: BookmarksPanel, key: Qt.Key
) -> None:
    show_space(context)
    add(qtbot, panel, (0.1, 0.2), (0.3, 0.4))
    click(qtbot, panel, 0)
    qtbot.keyClick(panel.view.grid, key)
    assert names(panel) == ["Point 2"]
    assert panel.restore_button.isVisible()
    panel.restore_button.click()
    assert names(panel) == ["Point 1", "Point 2"]
    assert not panel.restore_button.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_key_that_deletes_letters_of_a_name_deletes_no_bookmark(
    qtbot, context: Context, panel: BookmarksPanel, key: Qt.Key
) -> None:
    show_space(context)
    add(qtbot, panel, (0.1, 0.2))
    click(qtbot, panel, 0)
    qtbot.keyClick(panel.view.grid, Qt.Key.Key_F2)
    assert panel.editor.isVisible()
    for _ in range(len(panel.editor.text()) + 2):
        qtbot.keyClick(panel.editor, key)
    assert names(panel) == ["Point 1"]


def test_each_model_has_its_own(qtbot, context: Context, panel: BookmarksPanel) -> None:
    show_space(context, 2)
    add(qtbot, panel, (0.1, 0.2))
    first = context.library.shown.run_id
    other = show_model(context, "other")
    assert panel.view.grid.count() == 0
    add(qtbot, panel, (0.5, 0.6), (0.7, 0.8))
    context.library.show(first)
    assert names(panel) == ["Point 1"]
    assert panel.view.grid.count() == 1
    context.library.show(other)
    assert panel.view.grid.count() == 2


def show_model(context: Context, run_id: str) -> str:
    from tests.runtime.conftest import entry

    context.library.add(entry(run_id))
    return run_id


def test_export_and_import_bring_them_to_another_model(
    qtbot, context: Context, panel: BookmarksPanel, monkeypatch, tmp_path: Path
) -> None:
    show_space(context)
    add(qtbot, panel, (0.1, 0.2), (0.3, 0.4))
    choose_file(monkeypatch, tmp_path / "points")
    with qtbot.waitSignal(panel.context.notices.published) as exported:
        panel.export_button.click()
    assert exported.args[0].path == tmp_path / "points.json"
    assert import_bookmarks(tmp_path / "points.json", 2) == panel.bookmarks
    kept = panel.bookmarks.kept
    show_model(context, "other")
    choose_file(monkeypatch, tmp_path / "points.json")
    panel.import_button.click()
    assert panel.bookmarks.kept == kept
    panel.import_button.click()
    assert len(panel.bookmarks) == 4


def test_a_file_of_another_latent_size_changes_nothing(
    qtbot, context: Context, panel: BookmarksPanel, monkeypatch, tmp_path: Path, failures
) -> None:
    show_space(context, 3)
    add(qtbot, panel, (0.1, 0.2, 0.3))
    before = panel.bookmarks
    for content in (None, b"{}", b"\xff\xfe"):
        path = tmp_path / "points.json"
        if content is None:
            finish(export_bookmarks(Bookmarks(2, (Bookmark("x", (0.0, 0.0), thumbnail()),)), path))
        else:
            path.write_bytes(content)
        choose_file(monkeypatch, path)
        panel.import_button.click()
    assert panel.bookmarks is before
    assert len(failures) == 3
    assert "2 latent dimensions" in str(failures[0])


def test_a_full_shelf_says_so(
    qtbot, context: Context, panel: BookmarksPanel, failures: list[object]
) -> None:
    show_space(context)
    many = tuple(Bookmark("x", (0.0, 0.0), thumbnail()) for _ in range(MAX_BOOKMARKS))
    context.library.keep_bookmarks(Bookmarks(2, many))
    panel.add_cursor()
    qtbot.waitUntil(lambda: len(failures) == 1)
    assert "1,000 bookmarks" in str(failures[0])
    assert len(panel.bookmarks) == MAX_BOOKMARKS


def test_images_of_two_sizes_stand_side_by_side(context: Context, panel: BookmarksPanel) -> None:
    show_space(context)
    small = Bookmark("small", (0.0, 0.0), thumbnail(28))
    large = Bookmark("large", (1.0, 0.0), thumbnail(32))
    context.library.keep_bookmarks(Bookmarks(2, (small, large)))
    assert panel.view.grid.count() == 2


def test_nothing_kept_yet_says_what_to_do(context: Context, panel: BookmarksPanel) -> None:
    show_space(context)
    assert panel.view.grid.count() == 0
    assert "Ctrl+D" in panel.view.grid._empty_text
    assert not panel.export_button.isEnabled()


def thumbnail(side: int = 28) -> np.ndarray:
    return np.zeros((side, side), np.uint8)
