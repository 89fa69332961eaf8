"""The legend's switches and the message bar."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.widgets.legend import Legend
from vae_gui.ui.window.banner import Banner, MessageKind

Key, Button = Qt.Key, Qt.MouseButton


@pytest.fixture
def legend(qtbot, qapp: QApplication) -> Legend:
    apply_theme(qapp, DARK)
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_classes(["0", "1", "2"])
    legend.resize(300, 30)
    legend.show()
    return legend


@pytest.fixture
def banner(qtbot) -> Iterator[Banner]:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    banner = Banner()
    layout.addWidget(banner)
    window.resize(600, 200)
    window.show()
    yield banner


def chips(legend: Legend) -> list[QAbstractButton]:
    return legend.findChildren(QAbstractButton)


def details_button(banner: Banner) -> QToolButton:
    return next(button for button in banner.findChildren(QToolButton) if button.text())


def test_a_click_hides_a_class_and_another_shows_it(qtbot, legend: Legend) -> None:
    seen: list[tuple[int, bool]] = []
    legend.toggled.connect(lambda index, on: seen.append((index, on)))

    qtbot.mouseClick(chips(legend)[1], Button.LeftButton)
    assert legend.visible_classes() == (0, 2)
    qtbot.mouseClick(chips(legend)[1], Button.LeftButton)

    assert seen == [(1, False), (1, True)]
    assert legend.visible_classes() == (0, 1, 2)


def test_a_double_click_shows_one_class_alone_then_all(qtbot, legend: Legend) -> None:
    chip = chips(legend)[2]

    for expected in ((2,), (0, 1, 2)):
        qtbot.mouseClick(chip, Button.LeftButton)
        qtbot.mouseDClick(chip, Button.LeftButton)
        qtbot.mouseRelease(chip, Button.LeftButton)
        assert legend.visible_classes() == expected


def test_keys_move_toggle_and_isolate(qtbot, legend: Legend) -> None:
    chips(legend)[0].setFocus()

    qtbot.keyClick(QApplication.focusWidget(), Key.Key_Right)
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_Space)
    assert legend.visible_classes() == (0, 2)
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_Left)
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_Return)

    assert legend.visible_classes() == (0,)


def test_a_hidden_class_looks_different_without_colour(legend: Legend) -> None:
    chip = chips(legend)[0]
    before = chip.grab().toImage()

    chip.setChecked(False)

    assert chip.grab().toImage() != before
    assert chip.accessibleName() == "Class 0"


def test_other_classes_replace_the_old_ones(qtbot, legend: Legend) -> None:
    chips(legend)[0].setChecked(False)

    legend.set_classes(["a", "b"])

    assert legend.names == ("a", "b")
    assert legend.visible_classes() == (0, 1)


def test_many_classes_take_more_lines(legend: Legend) -> None:
    one_line = legend.heightForWidth(1000)
    legend.set_classes([f"class {i}" for i in range(26)])

    assert legend.heightForWidth(300) > 2 * one_line


def test_a_banner_is_there_only_while_it_has_something_to_say(banner: Banner) -> None:
    assert banner.isHidden() and banner.text() == ""

    banner.show_message(MessageKind.WARNING, "Nothing was found there; choose another folder.")

    assert banner.isVisible()
    assert banner.text().startswith("Nothing was found")
    assert banner.accessibleName().startswith("Warning: Nothing")


def test_its_button_acts_once_and_closes(qtbot, banner: Banner) -> None:
    called: list[str] = []
    banner.show_message(
        MessageKind.INFO, "The images are not here.", "Get MNIST", lambda: called.append("get")
    )
    button = banner.findChild(QPushButton)

    button.setFocus()
    qtbot.keyClick(button, Key.Key_Space)

    assert called == ["get"]
    assert banner.isHidden()


def test_an_action_may_show_the_next_message(qtbot, banner: Banner) -> None:
    def again() -> None:
        banner.show_message(MessageKind.ERROR, "It failed again.")

    banner.show_message(MessageKind.ERROR, "It failed.", "Try again", again)
    qtbot.mouseClick(banner.findChild(QPushButton), Button.LeftButton)

    assert banner.text() == "It failed again."


def test_details_are_shown_on_request(qtbot, banner: Banner) -> None:
    banner.show_message(MessageKind.ERROR, "Something went wrong.", details="Traceback …")
    details = banner.findChild(QPlainTextEdit)
    assert details.isHidden()

    qtbot.mouseClick(details_button(banner), Button.LeftButton)

    assert details.isVisible()
    assert details.toPlainText() == "Traceback …"


def test_what_a_message_does_not_have_is_not_offered(banner: Banner) -> None:
    banner.show_message(MessageKind.ERROR, "First.", "Retry", lambda: None, "trace")

    banner.show_message(MessageKind.INFO, "Second.")

    assert banner.findChild(QPushButton).isHidden()
    assert details_button(banner).isHidden()
    assert banner.findChild(QPlainTextEdit).isHidden()


def test_escape_closes(qtbot, banner: Banner) -> None:
    banner.show_message(MessageKind.INFO, "Saved.", "Show", lambda: None)
    button = banner.findChild(QPushButton)
    button.setFocus()

    qtbot.keyClick(button, Key.Key_Escape)

    assert banner.isHidden()
