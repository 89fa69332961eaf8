"""A monkey at the window: seeded random clicks, drags, keys and commands, kept away from files and network."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QDesktopServices, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QWidget

from vae_gui.core.datasets.io.fetch import FetchError
from vae_gui.ui.window.main_window import MainWindow

DISMISS_MS = 20
Key, Button, Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier
KEYS = (
    *(Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End),
    *(Key.Key_Space, Key.Key_Return, Key.Key_Tab, Key.Key_Backspace, Key.Key_Delete),
    *(Key.Key_A, Key.Key_B, Key.Key_K, Key.Key_L, Key.Key_1, Key.Key_9, Key.Key_Plus, Key.Key_Minus),
    *(Key.Key_F1, Key.Key_Z, Key.Key_R, Key.Key_P, Key.Key_D, Key.Key_Period, Key.Key_Escape),
)  # fmt: skip
MODIFIERS = (Modifier.NoModifier,) * 4 + (Modifier.ShiftModifier, Modifier.ControlModifier)


class Monkey:
    """Clicks, drags, scrolls and types anywhere in a window, the same for the same seed and answers."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self._window = window
        self._random = random.Random(seed)
        self._dismiss = QTimer(window, interval=DISMISS_MS)
        self._dismiss.timeout.connect(self.dismiss)

    def run(self, events: int) -> None:
        """Send so many, and let the window answer each."""
        self._dismiss.start()
        for _ in range(events):
            if not self._window.isVisible():
                self._window.show()  # Quit was chosen
            widget = self._widget()
            self._random.choices(
                (self._click, self._drag, self._press_key, self._scroll, self._open_menu),
                (5, 3, 5, 2, 1),
            )[0](widget)
            QApplication.processEvents()
        self._dismiss.stop()
        self.dismiss()

    def dismiss(self) -> None:
        """Leave what is modal: it would wait for ever for somebody to answer."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            popup.close()
        elif isinstance(modal, QMessageBox):
            self._random.choice(modal.buttons()).click()
        elif isinstance(modal, QDialog):
            modal.reject()

    def _widget(self) -> QWidget:
        top = QApplication.activeModalWidget() or self._window
        there = [widget for widget in top.findChildren(QWidget) if _can_be_hit(widget)]
        return self._random.choice(there or [top])

    def _place(self, widget: QWidget) -> QPoint:
        x, y = (self._random.randrange(max(1, size)) for size in widget.size().toTuple())
        return QPoint(x, y)

    def _click(self, widget: QWidget) -> None:
        button = self._random.choice((Button.LeftButton,) * 5 + (Button.MiddleButton,))
        click = self._random.choice((QTest.mouseClick, QTest.mouseClick, QTest.mouseDClick))
        click(widget, button, self._random.choice(MODIFIERS), self._place(widget))

    def _drag(self, widget: QWidget) -> None:
        none, left = Modifier.NoModifier, Button.LeftButton
        QTest.mousePress(widget, left, none, self._place(widget))
        for _ in range(self._random.randrange(1, 6)):
            QTest.mouseMove(widget, self._place(widget))
        QTest.mouseRelease(widget, left, none, self._place(widget))

    def _press_key(self, widget: QWidget) -> None:
        target = QApplication.focusWidget() or widget
        QTest.keyClick(target, self._random.choice(KEYS), self._random.choice(MODIFIERS))

    def _scroll(self, widget: QWidget) -> None:
        at, step = QPointF(self._place(widget)), QPoint(0, self._random.choice((-240, -120, 120)))
        event = QWheelEvent(
            at, widget.mapToGlobal(at), QPoint(), step, Button.NoButton,
            self._random.choice(MODIFIERS), Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def _open_menu(self, widget: QWidget) -> None:
        actions = [action for menu in self._window.menuBar().actions() for action in _leaves(menu)]
        action = self._random.choice([action for action in actions if action.isEnabled()])
        action.trigger()


def _can_be_hit(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled()


def _leaves(action: QAction) -> list[QAction]:
    menu = action.menu()
    return [leaf for one in menu.actions() for leaf in _leaves(one)] if menu else [action]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No file dialog opens, no address is visited and nothing is downloaded: files go into `folder`."""
    numbers = iter(range(10**9))

    def unreachable(*_: object) -> Iterator[bytes]:
        raise FetchError("no connection")
        yield b""

    def save_name(_: object, __: str, start: str = "", *___: object) -> tuple[str, str]:
        return str(folder / f"{next(numbers)}-{Path(start).name}"), ""

    nothing = staticmethod(lambda *_: ("", ""))
    with (
        patch.object(QFileDialog, "getSaveFileName", staticmethod(save_name)),
        patch.object(QFileDialog, "getOpenFileName", nothing),
        patch.object(QFileDialog, "getExistingDirectory", staticmethod(lambda *_: "")),
        patch.object(QDesktopServices, "openUrl", staticmethod(lambda *_: True)),
        patch("vae_gui.core.datasets.io.download.fetch", unreachable),
    ):
        yield
