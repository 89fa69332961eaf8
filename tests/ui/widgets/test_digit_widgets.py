"""One digit and grids of digits: what is painted, and what the mouse and the keys do."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QWidget

from vae_gui.ui.parts.digit_menu import DigitActions, digit_menu
from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.widgets.digit_view import DigitView
from vae_gui.ui.widgets.grid_geometry import fit_grid
from vae_gui.ui.widgets.image_grid import ImageGrid

Key, Modifier, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton


def digits(count: int, side: int = 28) -> np.ndarray:
    """Image i is of the one grey 20 + 5·i."""
    images = np.zeros((count, side, side), np.uint8)
    images += (20 + 5 * np.arange(count, dtype=np.uint8))[:, None, None]
    return images


def grey_at(widget: QWidget, point: QPoint) -> int:
    return widget.grab().toImage().pixelColor(point).red()


def center(grid: ImageGrid, index: int) -> QPoint:
    return grid.tile_rect(index).center().toPoint()


def open_context_menu(widget: QWidget, at: QPoint, by_key: bool = False) -> None:
    reason = QContextMenuEvent.Reason.Keyboard if by_key else QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))


@pytest.fixture
def view(qtbot, qapp: QApplication) -> DigitView:
    apply_theme(qapp, DARK)
    view = DigitView("Decoded digit", "Drag on the pad.")
    qtbot.addWidget(view)
    view.resize(200, 160)
    view.show()
    return view


@pytest.fixture
def grid(qtbot, qapp: QApplication) -> ImageGrid:
    apply_theme(qapp, DARK)
    grid = ImageGrid("Samples", columns=4)
    qtbot.addWidget(grid)
    grid.resize(300, 300)
    grid.set_images(digits(10))
    grid.show()
    return grid


@pytest.fixture
def strip(qtbot, qapp: QApplication) -> ImageGrid:
    apply_theme(qapp, DARK)
    strip = ImageGrid("Interpolation", strip=True)
    qtbot.addWidget(strip)
    strip.resize(640, 60)
    strip.set_images(digits(16))
    strip.show()
    return strip


def test_a_digit_fills_a_square_and_keeps_its_grey(view: DigitView) -> None:
    view.set_image(np.full((28, 28), 133, np.uint8))

    assert grey_at(view, QPoint(100, 80)) == 133
    assert grey_at(view, QPoint(30, 10)) == 133
    assert grey_at(view, QPoint(5, 80)) != 133


def test_another_image_changes_what_is_painted(view: DigitView) -> None:
    view.set_image(np.full((28, 28), 10, np.uint8))
    before = view.grab().toImage()

    view.set_image(np.full((28, 28), 240, np.uint8))

    assert view.grab().toImage() != before


def test_without_a_digit_there_is_a_text_and_no_menu(qtbot, view: DigitView) -> None:
    view.set_image(np.full((28, 28), 0, np.uint8))
    with_digit = view.grab().toImage()
    view.set_image(None)

    assert view.grab().toImage() != with_digit
    with qtbot.assertNotEmitted(view.menu_requested), qtbot.assertNotEmitted(view.copy_requested):
        open_context_menu(view, QPoint(50, 50))
        qtbot.keyClick(view, Key.Key_C, Modifier.ControlModifier)


def test_a_digit_asks_for_its_menu_and_for_a_copy(qtbot, view: DigitView) -> None:
    view.set_image(digits(1)[0])

    with qtbot.waitSignal(view.menu_requested) as asked:
        open_context_menu(view, QPoint(50, 60))
    with qtbot.waitSignal(view.copy_requested):
        qtbot.keyClick(view, Key.Key_C, Modifier.ControlModifier)

    assert asked.args == [view.mapToGlobal(QPoint(50, 60))]
    assert view.accessibleName() == "Decoded digit"


def test_the_focus_is_seen(qtbot, view: DigitView) -> None:
    view.set_image(digits(1)[0])
    view.clearFocus()
    before = view.grab().toImage()

    view.setFocus(Qt.FocusReason.TabFocusReason)

    assert view.grab().toImage() != before


def test_the_tiles_of_a_grid_are_where_it_says(grid: ImageGrid) -> None:
    picture = grid.grab().toImage()

    for index in range(10):
        assert picture.pixelColor(center(grid, index)).red() == 20 + 5 * index
        assert grid.index_at(grid.tile_rect(index).center()) == index


def test_a_click_chooses_the_tile_below_it(qtbot, grid: ImageGrid) -> None:
    with qtbot.waitSignal(grid.clicked) as clicked:
        qtbot.mouseClick(grid, Button.LeftButton, pos=center(grid, 6))

    assert clicked.args == [6]


def test_a_click_beside_the_tiles_chooses_nothing(qtbot, grid: ImageGrid) -> None:
    with qtbot.assertNotEmitted(grid.clicked):
        qtbot.mouseClick(grid, Button.LeftButton, pos=center(grid, 9) + QPoint(80, 0))


def test_the_pointer_lights_up_a_tile(qtbot, grid: ImageGrid) -> None:
    before = grid.grab().toImage()

    with qtbot.waitSignal(grid.hovered) as hovered:
        qtbot.mouseMove(grid, center(grid, 2))

    assert hovered.args == [2]
    assert grid.grab().toImage() != before


def test_arrows_move_and_return_chooses(qtbot, grid: ImageGrid) -> None:
    grid.setFocus()
    with qtbot.assertNotEmitted(grid.clicked):
        for key in (Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Left):
            qtbot.keyClick(grid, key)

    with qtbot.waitSignal(grid.clicked) as clicked:
        qtbot.keyClick(grid, Key.Key_Return)

    assert clicked.args == [4]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([Key.Key_End], 0),
        ([Key.Key_Home, Key.Key_End], 9),
        ([Key.Key_Home, Key.Key_End, Key.Key_Right], 9),
        ([Key.Key_Home, Key.Key_Up], 0),
        ([Key.Key_Home, Key.Key_End, Key.Key_Home], 0),
    ],
)
def test_keys_stay_within_the_grid(qtbot, grid: ImageGrid, keys: list[Key], expected: int) -> None:
    for key in keys:
        qtbot.keyClick(grid, key)

    with qtbot.waitSignal(grid.copy_requested) as copied:
        qtbot.keyClick(grid, Key.Key_C, Modifier.ControlModifier)

    assert copied.args == [expected]


def test_a_menu_knows_its_tile(qtbot, grid: ImageGrid) -> None:
    with qtbot.waitSignal(grid.menu_requested) as by_mouse:
        open_context_menu(grid, center(grid, 7))
    grid.set_selected(3)
    with qtbot.waitSignal(grid.menu_requested) as by_key:
        open_context_menu(grid, QPoint(0, 0), by_key=True)

    assert by_mouse.args[0] == 7
    assert by_key.args == [3, grid.mapToGlobal(center(grid, 3))]


def test_fewer_images_forget_a_choice_that_is_gone(qtbot, grid: ImageGrid) -> None:
    grid.set_selected(9)

    grid.set_images(digits(4))

    with qtbot.assertNotEmitted(grid.copy_requested):
        qtbot.keyClick(grid, Key.Key_C, Modifier.ControlModifier)


def test_captions_are_painted_below_the_tiles(grid: ImageGrid) -> None:
    before = grid.grab().toImage()

    grid.set_captions(tuple("0123456789"))

    assert grid.grab().toImage() != before


def test_an_empty_grid_says_why(grid: ImageGrid) -> None:
    grid.set_images(None)
    silent = grid.grab().toImage()

    grid.set_empty_text("Train a model to see samples.")

    assert grid.grab().toImage() != silent
    assert grid.count() == 0


def test_nine_hundred_tiles_fit(qtbot, grid: ImageGrid) -> None:
    grid.set_columns(30)

    grid.set_images(np.resize(digits(40), (900, 28, 28)))

    assert grid.rect().contains(grid.tile_rect(899).toRect())
    assert grid.index_at(grid.tile_rect(899).center()) == 899


@pytest.mark.parametrize("count", [3, 16, 64])
def test_a_strip_fits_all_frames_in_one_row(strip: ImageGrid, count: int) -> None:
    strip.set_images(digits(min(count, 40)) if count < 41 else np.resize(digits(40), (64, 28, 28)))

    tops = {strip.tile_rect(index).top() for index in range(count)}

    assert len(tops) == 1
    assert strip.rect().contains(strip.tile_rect(count - 1).toRect())


def test_dragging_along_a_strip_goes_through_its_frames(qtbot, strip: ImageGrid) -> None:
    seen: list[int] = []
    strip.clicked.connect(seen.append)

    qtbot.mousePress(strip, Button.LeftButton, pos=center(strip, 3))
    for index in (4, 5, 6):
        qtbot.mouseMove(strip, center(strip, index))
        qtbot.mouseMove(strip, center(strip, index) + QPoint(3, 0))
    qtbot.mouseRelease(strip, Button.LeftButton, pos=center(strip, 6))

    assert seen == [3, 4, 5, 6]


def test_arrows_move_along_a_strip_at_once(qtbot, strip: ImageGrid) -> None:
    seen: list[int] = []
    strip.clicked.connect(seen.append)
    qtbot.mouseClick(strip, Button.LeftButton, pos=center(strip, 8))

    for key in (Key.Key_Left, Key.Key_Left, Key.Key_Right):
        qtbot.keyClick(strip, key)

    assert seen == [8, 7, 6, 7]


def test_the_playhead_is_seen(strip: ImageGrid) -> None:
    strip.set_playhead(0)
    first = strip.grab().toImage()

    strip.set_playhead(12)

    assert strip.grab().toImage() != first


def test_tiles_are_as_large_as_they_can_be() -> None:
    geometry = fit_grid((400, 100), 4, None, 0, 0, 999)

    assert (geometry.columns, geometry.tile) == (4, 100)
    assert fit_grid((200, 200), 4, None, 0, 0, 999).columns == 2
    assert fit_grid((200, 200), 4, 2, 10, 5, 999).tile == 90
    assert fit_grid((200, 200), 1, None, 0, 0, 50).left == 75


def test_the_menu_of_a_digit_calls_what_it_was_given(qtbot) -> None:
    parent, called = QWidget(), []
    qtbot.addWidget(parent)
    names = ("copy", "save_png", "cursor_here", "set_as_a", "set_as_b")
    menu = digit_menu(
        parent, DigitActions(*(lambda name=name: called.append(name) for name in names))
    )

    entries = [entry for entry in menu.actions() if not entry.isSeparator()]
    for entry in entries:
        entry.trigger()

    assert tuple(called) == names
    assert entries[0].text().startswith("Copy image and z")


def test_a_digit_without_a_place_offers_no_place(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)

    menu = digit_menu(parent, DigitActions(copy=lambda: None, save_png=lambda: None))

    texts = [entry.text().split("\t")[0] for entry in menu.actions()]
    assert texts == ["Copy image", "Save PNG…"]
