"""The timeline bar under the panels: the run's curve with its playhead, replay, and going on from a moment."""

import numpy as np
from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from vae_gui.core.vae.held_out import measured_on
from vae_gui.core.vae.loss_terms import only_term
from vae_gui.core.vae.timeline import Timeline
from vae_gui.runtime.context import Context
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.runtime.overrides import qt_override
from vae_gui.runtime.training import Phase
from vae_gui.ui.parts.em_steps import em_steps_of
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.popup import Popup
from vae_gui.ui.widgets.tool_button import tool_button
from vae_gui.ui.widgets.type_width import fix_width
from vae_gui.ui.window.loss_equation import loss_equation
from vae_gui.ui.window.replay_form import ReplayChoice, ReplayForm
from vae_gui.ui.window.scrubber import RunCurve, Scrubber

REPLAY_INTERVAL_MS = 60
REDRAW_SECONDS = 0.1
WIDTH = 330  # of the equation and the buttons
SLIDER_TIP = (
    "Drag back to any moment of the run; all panels follow\n"
    "← → by a moment, {key:Home} and {key:End} to the first and the last, Space replays, L returns to live"
)
ALIGN_TIP = (
    "Turn each moment onto the last one, so that a rotation of the axes is not mistaken for "
    "learning (orthogonal Procrustes of μ). Only the pad's picture turns: z and the KL of a "
    "dimension belong to the axes as they are."
)
BUSY_TIP = "Stop the run first: one model trains at a time"


class TimelineBar(QWidget):
    """Signals: `export_chosen(ReplayChoice)`; `curves_requested()`.

    The playhead moves every panel to an entry and decodes with its decoder; its right end is the newest.
    """

    export_chosen = Signal(object)
    curves_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._explorer = context.explorer
        self.replay_button = tool_button("replay", "Replay the run from its first step", self)
        self.slider = Scrubber(self)
        self.slider.setToolTip(with_keys(SLIDER_TIP))
        self.equation = Label(self)
        self.equation.setToolTip("Nats per image, at the playhead")
        self.step_label = Label(self)
        self.step_label.setProperty("role", "small")
        self.live_button = QToolButton(self)
        self.live_button.setText("● live")
        self.live_button.setCheckable(True)
        self.live_button.setToolTip("Follow the newest weights (L on the slider)")
        self.align_button = QToolButton(self)
        self.align_button.setText("Align axes")
        self.align_button.setCheckable(True)
        self.align_button.setToolTip(ALIGN_TIP)
        self.export_form = ReplayForm()
        self._popup = Popup(self.export_form, self)
        self.menu_button = tool_button("forward", "What to do with this moment", self)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setMenu(self._build_menu())
        self._replay = QTimer(self, interval=REPLAY_INTERVAL_MS)
        self._shows_pause = False
        self.curves_button = tool_button("curves", "All curves, large", self)
        self._redraw = Throttle(self)
        self._lay_out()
        self._connect()
        self._show_grown()

    @property
    def timeline(self) -> Timeline:
        entry = self._context.library.shown
        return Timeline() if entry is None else entry.timeline

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.replay_button)
        for widget in (self.live_button, self.align_button, self.menu_button):
            buttons.addWidget(widget)
        buttons.addWidget(self.step_label, 1)
        left = QWidget(self)
        fix_width(left, WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.equation)
        column.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(8)
        layout.addWidget(left)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.curves_button)

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.branch_action = QAction("Continue training from here", menu)
        self.export_action = QAction("Export the replay…", menu)
        menu.addAction(self.branch_action)
        menu.addAction(self.export_action)
        self.branch_action.triggered.connect(self._branch)
        self.export_action.triggered.connect(self.open_export)
        return menu

    def _connect(self) -> None:
        library, explorer = self._context.library, self._explorer
        library.changed.connect(self._show)
        explorer.model_changed.connect(self._show_grown)
        explorer.weights.entry_changed.connect(self._show)
        explorer.weights.alignment_changed.connect(self._show)
        self._context.training.phase_changed.connect(self._show)
        self.slider.valueChanged.connect(self._on_slider)
        self.slider.replay_requested.connect(self.toggle_replay)
        self.slider.live_requested.connect(self.go_live)
        self.align_button.clicked.connect(explorer.weights.set_aligned)
        self.export_form.chosen.connect(self._on_export)
        self.slider.sliderPressed.connect(self._replay.stop)
        self.replay_button.clicked.connect(self.toggle_replay)
        self.live_button.clicked.connect(self.go_live)
        self._replay.timeout.connect(self._advance)
        self.curves_button.clicked.connect(self.curves_requested)
        self._context.training.progressed.connect(self._on_progressed)
        self._redraw.due.connect(self._show_grown)

    def go_live(self) -> None:
        """Back to the newest weights."""
        self._replay.stop()
        self._explorer.weights.show_entry(None)
        self._show()

    def toggle_replay(self) -> None:
        """Play the entries one after the other; again to stop."""
        if self._replay.isActive():
            self._replay.stop()
        elif len(self.timeline) > 1:
            self.slider.setValue(0)
            self._on_slider(0)
            self._replay.start()
        self._show()

    def open_export(self) -> None:
        """Drop the settings of the replay's export down from the menu's button."""
        self.export_form.set_moments(len(self.timeline))
        self._popup.open_under(self.menu_button)

    def _on_export(self, choice: ReplayChoice) -> None:
        self._popup.close()
        self.export_chosen.emit(choice)

    def _advance(self) -> None:
        if self.slider.value() + 1 >= len(self.timeline):
            self.go_live()
        else:
            self.slider.setValue(self.slider.value() + 1)

    def _on_slider(self, index: int) -> None:
        entries = self.timeline.entries
        if entries:
            self._explorer.weights.show_entry(entries[min(index, len(entries) - 1)])

    def _branch(self) -> None:
        timeline_entry = self._explorer.weights.entry
        if timeline_entry is not None:
            self._context.session.branch(timeline_entry)

    def _show(self) -> None:
        entries, timeline_entry = self.timeline.entries, self._explorer.weights.entry
        for widget in (self.slider, self.replay_button, self.live_button, self.menu_button):
            widget.setEnabled(len(entries) > 1)
        with QSignalBlocker(self.slider):
            self.slider.set_moments(np.array([moment.step for moment in entries], np.float64))
            index = len(entries) - 1 if timeline_entry is None else self._index(timeline_entry.step)
            self.slider.setValue(max(0, index))
        self.live_button.setChecked(timeline_entry is None)
        self.align_button.setChecked(self._explorer.weights.aligned)
        self.align_button.setEnabled(len(entries) > 1 and self._explorer.latent_dim > 1)
        idle = self._context.training.phase is Phase.IDLE
        self.branch_action.setEnabled(timeline_entry is not None and idle)
        self.branch_action.setToolTip("" if idle else BUSY_TIP)
        if self._replay.isActive() != self._shows_pause:
            self._shows_pause = self._replay.isActive()
            self.replay_button.setIcon(icon("pause" if self._shows_pause else "replay"))
        snapshot = self._explorer.weights.snapshot
        step = (
            timeline_entry.step if timeline_entry is not None else snapshot.step if snapshot else 0
        )
        self.step_label.setText(f"step {step:,}".replace(",", " "))
        self._show_equation(step)

    def _show_grown(self) -> None:
        """The curve too, which is costly for a long run."""
        entry = self._context.library.shown
        if entry is not None:
            title = "−ELBO" if only_term(entry.config.model) is None else "loss"
            rows, changes = entry.history.frozen(), tuple(entry.history.changes)
            em = em_steps_of(self._context, entry.config)
            self.slider.set_curve(RunCurve.of(title, rows, changes, em))
        self._show()

    def _show_equation(self, step: int) -> None:
        entry = self._context.library.shown
        if entry is not None:
            term = only_term(entry.config.model)
            em = em_steps_of(self._context, entry.config)
            rows, images = entry.history.frozen(), measured_on(entry.config.train)
            self.equation.setText(loss_equation(rows, step, term, em, images))

    @qt_override
    def showEvent(self, event: QShowEvent) -> None:
        """Hidden, it did not follow the run."""
        super().showEvent(event)
        self._show_grown()

    def _on_progressed(self) -> None:
        if self.isVisible():
            self._redraw.throttle(REDRAW_SECONDS)

    def _index(self, step: int) -> int:
        return self.timeline.nearest(step) if self.timeline.entries else 0
