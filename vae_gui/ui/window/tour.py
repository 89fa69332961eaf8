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

FOLLOW_MS = 100  # after which the frame is where its widget is, and the words are of its state


@dataclass(frozen=True, slots=True)
class TourStep:
    """target: the widget that is framed. done: signals of what the person did, which end the step.

    panel: brought up for it. otherwise: said in place of the text while the widget cannot be used.
    """

    text: str
    target: Callable[[MainWindow], QWidget]
    done: Callable[[MainWindow], tuple[SignalInstance, ...]]
    panel: str = ""
    otherwise: str = ""

    def words(self, window: MainWindow) -> str:
        """What to do, or why it cannot be done now."""
        return self.text if self.target(window).isEnabled() else self.otherwise or self.text


def _pad_moves(window: MainWindow) -> tuple[SignalInstance, ...]:
    view = window.docks.panel(PadPanel).view
    return view.dragged, view.marker_dragged, view.nudged


STEPS = (
    TourStep(
        "Drag the cursor over the pad: the digit follows.",
        lambda window: window.docks.panel(PadPanel).view,
        _pad_moves,
        "pad",
    ),
    TourStep(
        "Play the path from A to B.",
        lambda window: window.docks.panel(InterpolationPanel).play_button,
        lambda window: (window.docks.panel(InterpolationPanel).play_button.clicked,),
        "interpolation",
    ),
    TourStep(
        "Drag the playhead back and see how this model learned.",
        lambda window: window.timeline_bar.slider,
        lambda window: (window.timeline_bar.slider.valueChanged,),
        otherwise="Of this model's learning no moments were kept: press Next.",
    ),
    TourStep(
        "Draw a 7 and see how sure the model is.",
        lambda window: window.docks.panel(DrawPanel).canvas,
        lambda window: (window.docks.panel(DrawPanel).canvas.drawn,),
        "draw",
    ),
    TourStep(
        "Press Train: a new model learns on the digits.",
        lambda window: window.run_bar.train_button,
        lambda window: (window.run_bar.train_requested,),
        otherwise="Train begins a new model; one is learning already: press Next.",
    ),
    TourStep(
        "Turn β to 4 while it learns.",
        lambda window: window.run_bar.beta,
        lambda window: (window.run_bar.beta.value_changed,),
        otherwise="β weighs the KL term, which this model has not: press Done.",
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
        self._least_height = 0  # of the status line without the tour
        self.frame = Frame(window)
        self.text = Label(self)
        self.next_button, self.skip_button = QPushButton("Next", self), QPushButton("Skip", self)
        self.next_button.setProperty("primary", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 3, 8, 3)
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
    def step(self) -> TourStep | None:
        return STEPS[self._index] if self._index < len(STEPS) else None

    def start(self) -> None:
        """From the first step."""
        if self.step is None:
            self._least_height = self._window.statusBar().minimumHeight()
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
            for signal in self.step.done(self._window):
                signal.disconnect(self._next)
        self._index = index
        self.setVisible(self.step is not None)
        self.frame.setVisible(self.step is not None)
        if self.step is None:
            self._follow.stop()
            self._window.statusBar().setMinimumHeight(self._least_height)
            return
        if self.step.panel:
            self._window.docks.bring_up(self.step.panel)
        self.next_button.setText("Next" if index + 1 < len(STEPS) else "Done")
        for signal in self.step.done(self._window):
            signal.connect(self._next)
        self._follow.start()
        self._place()

    def _place(self) -> None:
        window, step = self._window, self.step
        if step is None:
            return
        words = step.words(window)
        self.text.setText(f"{self._index + 1} of {len(STEPS)}   {words}")
        self.setAccessibleName(words)
        # The status line is lower than its buttons, and grows for as long as the tour lasts.
        window.statusBar().setMinimumHeight(self.sizeHint().height())
        self.setGeometry(window.statusBar().geometry())
        self.raise_()
        self.frame.surround(step.target(window))
