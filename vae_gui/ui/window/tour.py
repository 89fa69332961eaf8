"""The tour: six steps, each done on the real widget, told in one line over the status line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.draw.panel import DrawPanel
from vae_gui.ui.panels.interpolation.panel import InterpolationPanel
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme
from vae_gui.ui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from vae_gui.ui.window.main_window import MainWindow

FOLLOW_MS = 100  # after which the frame is where its widget is


@dataclass(frozen=True, slots=True)
class Step:
    """target: the widget that is framed. done: the signal that ends the step. panel: brought up for it."""

    text: str
    target: Callable[[MainWindow], QWidget]
    done: Callable[[MainWindow], SignalInstance]
    panel: str = ""


STEPS = (
    Step(
        "Drag the cursor over the pad: the digit follows.",
        lambda window: window.docks.panel(PadPanel).view,
        lambda window: window.context.explorer.latent_settled,
        "pad",
    ),
    Step(
        "Play the path from A to B.",
        lambda window: window.docks.panel(InterpolationPanel).play_button,
        lambda window: window.docks.panel(InterpolationPanel).play_button.clicked,
        "interpolation",
    ),
    Step(
        "Drag the playhead back and see a run learn (the example brings none: Next).",
        lambda window: window.timeline_bar.slider,
        lambda window: window.context.explorer.weights.entry_changed,
    ),
    Step(
        "Draw a 7 and see how sure the model is.",
        lambda window: window.docks.panel(DrawPanel).canvas,
        lambda window: window.context.explorer.posterior_changed,
        "draw",
    ),
    Step(
        "Press Train: a new model learns on the digits.",
        lambda window: window.run_bar.train_button,
        lambda window: window.context.training.phase_changed,
    ),
    Step(
        "Turn β to 4 while it learns.",
        lambda window: window.run_bar.beta,
        lambda window: window.run_bar.beta.value_changed,
    ),
)


class Frame(QWidget):
    """An accent line around another widget, which goes on working."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, target: QWidget) -> None:
        """Follow a widget; nothing where it is not to be seen."""
        window = self.parentWidget()
        assert window is not None
        self.setVisible(target.isVisible())
        corner = target.mapTo(window, QPoint(0, 0))
        self.setGeometry(QRect(corner, target.size()).adjusted(-3, -3, 3, 3))
        self.raise_()

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current_theme().accent), 2))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)


class Tour(QWidget):
    """Hidden until it is started, and never modal: a step ends by being done, or by Next."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._window = window
        self._index = len(STEPS)
        self.frame = Frame(window)
        self.text = Label(self)
        self.next_button, self.skip_button = QPushButton("Next", self), QPushButton("Skip", self)
        self.next_button.setProperty("primary", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.skip_button)
        row.addWidget(self.next_button)
        self._follow = QTimer(self, interval=FOLLOW_MS)
        self._follow.timeout.connect(self._place)
        self.next_button.clicked.connect(self._next)
        self.skip_button.clicked.connect(self.stop)
        window.installEventFilter(self)
        self.hide()

    @property
    def step(self) -> Step | None:
        return STEPS[self._index] if self._index < len(STEPS) else None

    def start(self) -> None:
        """From the first step."""
        self._show(0)

    def stop(self) -> None:
        """It can be taken again from the Help menu."""
        self._show(len(STEPS))

    @qt_override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _next(self) -> None:
        self._show(self._index + 1)

    def _show(self, index: int) -> None:
        if self.step is not None:
            self.step.done(self._window).disconnect(self._next)
        self._index = index
        self.setVisible(self.step is not None)
        self.frame.setVisible(self.step is not None)
        if self.step is None:
            self._follow.stop()
            return
        if self.step.panel:
            self._window.docks.bring_up(self.step.panel)
        self.text.setText(f"{index + 1} of {len(STEPS)}   {self.step.text}")
        self.setAccessibleName(self.step.text)
        self.next_button.setText("Next" if index + 1 < len(STEPS) else "Done")
        self.step.done(self._window).connect(self._next)
        self._follow.start()
        self._place()

    def _place(self) -> None:
        window = self._window
        self.setGeometry(window.statusBar().geometry())
        self.raise_()
        if self.step is not None:
            self.frame.surround(self.step.target(window))
