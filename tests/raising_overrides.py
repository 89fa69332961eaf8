"""Raises in every kind of override, as C code does, and says what was reported; `python -m tests.raising_overrides`.

In a process of its own: what it is about ends the process.
"""

import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QItemSelectionModel,
    QObject,
    QPoint,
    QPointF,
    QSize,
    QStringListModel,
    Qt,
    QThread,
)
from PySide6.QtGui import QContextMenuEvent, QUndoCommand, QUndoStack, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QListView,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from vae_gui.runtime.overrides import qt_override

FAULTS: tuple[tuple[str, Callable[[], object]], ...] = (
    ("IndexError", [].pop),
    ("ValueError", lambda: int("x")),
    ("ValueError", lambda: np.zeros(2) + np.zeros(3)),
    ("KeyboardInterrupt", lambda: signal.raise_signal(signal.SIGINT)),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """An override of one method, which returns that type, and what makes Qt call it on an object."""

    base: type
    name: str
    act: Callable[[Any], object]
    returned: type | None = None


def turn_wheel(widget: QWidget) -> None:
    none, left, flat = QPoint(), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    spot = QPointF(5, 5)
    event = QWheelEvent(spot, spot, none, QPoint(0, 120), left, flat, phase, False)
    QCoreApplication.sendEvent(widget, event)


def ask_for_menu(widget: QWidget) -> None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(5, 5))
    QCoreApplication.sendEvent(widget, event)


def send(receiver: QObject) -> None:
    QCoreApplication.sendEvent(receiver, QEvent(QEvent.Type.User))


def watch(watcher: QObject) -> None:
    watched = QObject()
    watched.installEventFilter(watcher)
    send(watched)


def lay_out(widget: QWidget) -> None:
    host = QWidget()
    QVBoxLayout(host).addWidget(widget)
    host.grab()


def list_model(model: QStringListModel) -> None:
    model.setStringList(["one", "two"])
    view = QListView()
    view.setModel(model)
    view.grab()


def list_delegate(delegate: QStyledItemDelegate) -> None:
    view, model = QListView(), QStringListModel(["one"])
    view.setItemDelegate(delegate)
    view.setModel(model)
    view.selectionModel().select(model.index(0), QItemSelectionModel.SelectionFlag.Select)
    view.grab()


def run_thread(thread: QThread) -> None:
    thread.start()
    thread.wait()


def push_and_undo(command: QUndoCommand) -> None:
    stack = QUndoStack()
    stack.push(command)
    stack.undo()


LEFT = Qt.MouseButton.LeftButton
KINDS = (
    Kind(QWidget, "showEvent", QWidget.show),
    Kind(QWidget, "resizeEvent", lambda widget: (widget.show(), widget.resize(99, 88))),
    Kind(QWidget, "paintEvent", QWidget.grab),
    Kind(QWidget, "mousePressEvent", lambda widget: QTest.mousePress(widget, LEFT)),
    Kind(QWidget, "mouseReleaseEvent", lambda widget: QTest.mouseClick(widget, LEFT)),
    Kind(QWidget, "keyPressEvent", lambda widget: QTest.keyPress(widget, Qt.Key.Key_A)),
    Kind(QWidget, "wheelEvent", turn_wheel),
    Kind(QWidget, "contextMenuEvent", ask_for_menu),
    Kind(QWidget, "changeEvent", lambda widget: widget.setEnabled(False)),
    Kind(QWidget, "closeEvent", lambda widget: (widget.show(), widget.close())),
    Kind(QWidget, "hideEvent", lambda widget: (widget.show(), widget.hide())),
    Kind(QWidget, "sizeHint", lay_out, QSize),
    Kind(QWidget, "event", send, bool),
    Kind(QObject, "eventFilter", watch, bool),
    Kind(QStringListModel, "rowCount", list_model, int),
    Kind(QStringListModel, "data", list_model, object),
    Kind(QStyledItemDelegate, "paint", list_delegate),
    Kind(QStyledItemDelegate, "sizeHint", list_delegate, QSize),
    Kind(QUndoCommand, "redo", push_and_undo),
    Kind(QUndoCommand, "undo", push_and_undo),
    Kind(QThread, "run", run_thread),
)


def overriding(kind: Kind, fault: Callable[[], object], raised: Counter[str]) -> type:
    def override(self: object, *args: object) -> object:
        raised[f"{kind.base.__name__}.{kind.name}"] += 1
        return fault()

    override.__annotations__["return"] = kind.returned
    return type("Raising", (kind.base,), {kind.name: qt_override(override)})


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app = QApplication([])
    reported: list[str] = []

    def take(kind: type, error: BaseException, trace: TracebackType | None) -> None:
        reported.append(kind.__name__)

    sys.excepthook = take
    for name, fault in FAULTS:
        for kind in KINDS:
            if kind.base is QThread and name == "KeyboardInterrupt":
                continue  # which reaches the main thread alone
            raised: Counter[str] = Counter()
            reported.clear()
            kind.act(overriding(kind, fault, raised)())
            app.processEvents()
            times = raised.total()
            assert times > 0, kind
            assert reported == [name] * times, (kind, name, times, reported)
            sys.stdout.write(f"{kind.base.__name__}.{kind.name} survived {name}\n")
            sys.stdout.flush()
    sys.stdout.write("all survived\n")


if __name__ == "__main__":
    main()
