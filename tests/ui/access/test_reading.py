"""A reading in Qt's accessibility tree, and what it announces."""

import gc

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QPushButton, QWidget

from tests.ui.listening import Listener
from vae_gui.ui.access.interface import install_readings
from vae_gui.ui.access.reading import Reading

ROLE, TEXT = QAccessible.Role, QAccessible.Text


class Dot(QWidget):
    """Paints itself somewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self.asked = 0
        self.setAccessibleName("Dot")
        self.reading = Reading(self, ROLE.Graphic, self._words)

    def _words(self) -> str:
        self.asked += 1
        return f"at {self.at}"

    def move_to(self, at: int) -> None:
        self.at = at
        self.reading.moved()


@pytest.fixture
def dot(qtbot, qapp) -> Dot:
    install_readings(qapp)
    widget = Dot()
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


def rested(dot: Dot) -> bool:
    return not any(timer.isActive() for timer in dot.findChildren(QTimer))


def test_the_tree_has_role_name_description_and_words(dot) -> None:
    dot.setAccessibleDescription("Arrow keys")
    dot.at = 3
    interface = QAccessible.queryAccessibleInterface(dot)
    assert interface.role() == ROLE.Graphic
    assert [interface.text(kind) for kind in (TEXT.Name, TEXT.Description, TEXT.Value)] == [
        *("Dot", "Arrow keys", "at 3")
    ]
    assert interface.state().focusable or not dot.focusPolicy().value


def test_a_widget_without_a_reading_keeps_what_qt_says_of_it(qtbot, dot) -> None:
    button = QPushButton("Train", dot)
    interface = QAccessible.queryAccessibleInterface(button)
    assert (interface.role(), interface.text(TEXT.Name)) == (ROLE.Button, "Train")


def test_moves_are_said_once_at_rest(qtbot, dot, listener: Listener) -> None:
    for at in range(1, 50):
        dot.move_to(at)
    assert listener.said == [] and dot.asked == 0
    qtbot.waitUntil(lambda: listener.said == ["at 49"])
    dot.move_to(49)
    qtbot.waitUntil(lambda: rested(dot))
    assert listener.said == ["at 49"], "nothing is new"


def test_the_keyboard_that_arrives_hears_what_is_there(qtbot, dot, listener: Listener) -> None:
    dot.clearFocus()
    dot.move_to(7)
    assert rested(dot), "the keyboard is elsewhere"
    dot.setFocus()
    qtbot.waitUntil(lambda: listener.said == ["at 7"])


def test_nobody_listens_and_nothing_is_asked(dot, listener: Listener) -> None:
    listener.active = False
    dot.move_to(5)
    assert rested(dot) and dot.asked == 0


def test_a_widget_takes_its_interface_with_it(qtbot, qapp, listener: Listener) -> None:
    ends: list[bool] = []
    for _ in range(20):
        widget = Dot()
        number = QAccessible.uniqueId(QAccessible.queryAccessibleInterface(widget))
        widget.destroyed.connect(lambda: ends.append(True))
        shiboken6.delete(widget)
        assert QAccessible.accessibleInterface(number) is None
    del widget
    gc.collect()
    assert len(ends) == 20
    assert not [thing for thing in gc.get_objects() if type(thing) is Dot]


def test_qt_may_ask_after_python_has_let_go(qtbot, qapp, listener: Listener) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    Dot().setParent(parent)
    gc.collect()
    (child,) = parent.findChildren(QWidget)
    interface = QAccessible.queryAccessibleInterface(child)
    gc.collect()
    assert interface.text(TEXT.Value) == "at 0"


def test_a_reading_is_found_by_a_reader_that_was_there_first(
    qtbot, qapp, listener: Listener
) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setAccessibleName("Pad")
    assert QAccessible.queryAccessibleInterface(widget).role() == ROLE.Client
    Reading(widget, ROLE.Canvas, lambda: "empty")
    interface = QAccessible.queryAccessibleInterface(widget)
    assert (interface.role(), interface.text(TEXT.Value)) == (ROLE.Canvas, "empty")
