"""The button that walks along something: at a speed, back and forth or from the start again."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QContextMenuEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.theme import icon

STEP_MS, TICK_MS = 90, 30  # from whole place to whole place at normal speed; from move to move
SPEEDS = {0.25: "¼", 0.5: "½", 1.0: "1", 2.0: "2", 4.0: "4"}
BOUNCE, LOOP = "Back and forth", "From the start again"
MENU_TIP = "Right click: speed, and what comes at the end"


class PlayButton(QToolButton):
    """Places go from 0 to `last`.

    Signals: `moved(float)`: a place on the way; `stopped()`, by the person or by `stop`.
    """

    moved = Signal(float)
    stopped = Signal()

    def __init__(self, tip: str, last: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.last, self.place = last, 0.0
        self.speed, self.bounces = 1.0, True
        self._tip = tip
        self._direction = 1
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.advance)
        self.clicked.connect(self.toggle)
        self._menu = QMenu(self)
        self._add("Speed", SPEEDS, 1.0, self._on_speed)
        self._add("At the end", {True: BOUNCE, False: LOOP}, True, self._on_end)
        self.setAccessibleName(tip)
        self._show()

    @property
    def plays(self) -> bool:
        return self._timer.isActive()

    def toggle(self) -> None:
        """Walk, or stand still."""
        if self.plays:
            self.stop()
        else:
            self._timer.start()
            self._show()

    def stop(self) -> None:
        if self.plays:
            self._timer.stop()
            self._show()
            self.stopped.emit()

    def advance(self) -> None:
        """A little on, also between two whole places."""
        step = self.speed * TICK_MS / STEP_MS
        place = self.place + (self._direction if self.bounces else 1) * step
        if self.bounces and not 0 <= place <= self.last:
            self._direction = 1 if place <= 0 else -1
        elif not self.bounces and place > self.last:
            place = 0.0
        self.place = min(self.last, max(0.0, place))
        self.moved.emit(self.place)

    @qt_override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._menu.popup(event.globalPos())

    def _add(self, title: str, entries: Mapping[Any, str], chosen: object, act: Any) -> None:
        self._menu.addSection(title)
        group = QActionGroup(self)
        for value, text in entries.items():
            action = self._menu.addAction(text)
            action.setCheckable(True)
            action.setData(value)
            action.setChecked(value == chosen)
            group.addAction(action)
        group.triggered.connect(act)

    def _on_speed(self, action: QAction) -> None:
        self.speed = action.data()

    def _on_end(self, action: QAction) -> None:
        self.bounces, self._direction = action.data(), 1

    def _show(self) -> None:
        self.setIcon(icon("pause" if self.plays else "play"))
        self.setToolTip(f"{'Stop' if self.plays else self._tip}\n{MENU_TIP}")
