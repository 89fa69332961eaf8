"""The run controls: data, preset, train and stop, progress, and the live hyperparameters β and learning rate."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.datasets import DATASETS
from vae_gui.core.vae.config import LiveHyperparameters, RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase, Training
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.log_slider import LogSlider
from vae_gui.ui.widgets.popup import Popup
from vae_gui.ui.widgets.tool_button import tool_button
from vae_gui.ui.window.dataset_box import DatasetBox
from vae_gui.ui.window.run_marks import RunMarks
from vae_gui.ui.window.run_settings import NO_KL, RunSettings
from vae_gui.ui.window.run_words import details_text, place_text, progress_text

TEXT_INTERVAL_MS = 250
SETTINGS = "Settings of the next run"
PAUSE_TIP, RESUME_TIP = "Pause ({key:Ctrl+P})", "Resume ({key:Ctrl+P})"
PREPARING = "Preparing the images…"


class RunBar(QWidget):
    """Knobs and words are of the model that is shown; where another one trains, of the next run.

    Signals: `train_requested(RunConfig)`.
    """

    train_requested = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training: Training = context.training
        self._waiting_run, self._library = context.session.waiting_run, context.library
        self._kept = context.settings
        self.settings = RunSettings(context.jobs, context.settings.device)
        self._popup = Popup(self.settings, self)
        self.dataset_box = DatasetBox(context, self)
        self.preset_box = self._combo("Preset", {n: p.title for n, p in PRESETS.items()})
        self.settings_button = self._tool("settings", SETTINGS)
        self.train_button = self._tool("play", "Train a new model ({key:Ctrl+R})", "Train")
        self.train_button.setProperty("primary", True)
        self.pause_button = self._tool("pause", PAUSE_TIP)
        self.step_button = self._tool("step", "One optimizer step ({key:Ctrl+.})")
        self.stop_button = self._tool("stop", "Stop; what was learned stays")
        self.marks = RunMarks(context, self.settings, self)
        self.beta = LogSlider(
            "β", 0.01, 20.0, zero_below=True, limits=(0.0, 100.0),
            tool_tip="Weight of the KL term; changes the run that goes on", parent=self,
        )  # fmt: skip
        self.learning_rate = LogSlider(
            "lr", 1e-5, 1e-1, limits=(1e-6, 10.0),
            tool_tip="Learning rate (the peak, with a one-cycle schedule); changes the run that goes on",
            parent=self,
        )  # fmt: skip
        self._sliders = {"beta": self.beta, "learning_rate": self.learning_rate}
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.status = Label(self)
        self.status.setProperty("role", "small")
        self._text_timer = QTimer(self, interval=TEXT_INTERVAL_MS)
        self._lay_out()
        self._connect()
        self._show_settings()
        self._show_phase()

    def config(self) -> RunConfig:
        """The run that Train would start."""
        return self.settings.config(self.dataset_box.name())

    def _combo(self, name: str, titles: dict[str, str]) -> QComboBox:
        box = QComboBox(self)
        for key, title in titles.items():
            box.addItem(title, key)
        box.setAccessibleName(name)
        box.setToolTip(name)
        return box

    def _tool(self, icon_name: str, tip: str, text: str = "") -> QToolButton:
        button = tool_button(icon_name, tip, self, "on_accent" if text else "text")
        button.setAccessibleName(text or tip.partition(" (")[0])
        if text:
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _lay_out(self) -> None:
        progress = QVBoxLayout()
        progress.setSpacing(2)
        progress.addStretch()
        progress.addWidget(self.status)
        progress.addWidget(self.progress)
        progress.addStretch()
        row = QHBoxLayout(self)
        for box, characters in ((self.dataset_box, 7), (self.preset_box, 13)):
            box.setMinimumContentsLength(characters)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        for widget in (self.dataset_box, self.preset_box, self.settings_button):
            row.addWidget(widget)
        row.addSpacing(6)
        for widget in (self.train_button, self.pause_button, self.step_button, self.stop_button):
            row.addWidget(widget)
        row.addSpacing(6)
        row.addLayout(progress, 3)
        row.addSpacing(6)
        for name, slider in self._sliders.items():
            row.addWidget(self.marks.marks[name])
            row.addWidget(slider, 2)

    def _connect(self) -> None:
        training = self._training
        training.phase_changed.connect(self._show_phase)
        training.progressed.connect(self._show_progress)
        self._waiting_run.changed.connect(self._show_phase)
        self._library.shown_changed.connect(self._show_phase)
        self.dataset_box.currentIndexChanged.connect(self._on_dataset)
        self._text_timer.timeout.connect(self._show_text)
        self.preset_box.activated.connect(self._on_preset)
        self.settings.changed.connect(self._show_settings)
        self.settings_button.clicked.connect(self._open_settings)
        self.train_button.clicked.connect(self.train)
        self.pause_button.clicked.connect(self.toggle_pause)
        self.step_button.clicked.connect(training.step)
        self.stop_button.clicked.connect(training.stop)
        self.marks.put_back.connect(self._on_put_back)
        for slider in self._sliders.values():
            slider.value_changed.connect(self._on_hyperparameter)
            slider.drag_finished.connect(self._on_hyperparameter)

    def train(self) -> None:
        """Ask for a new run; one that is stopping ends first, and another one is a reason to refuse."""
        self.marks.remember()
        self.train_requested.emit(self.config())

    def toggle_pause(self) -> None:
        if self._training.phase is Phase.PAUSED:
            self._training.resume()
        else:
            self._training.pause()

    def _open_settings(self) -> None:
        self._popup.open_under(self.settings_button)

    def choose_preset(self, name: str, by: str) -> None:
        """Take a preset for the next run; by: who does, if not the person."""
        self.settings.set_preset(name, by)

    def _on_preset(self) -> None:
        self.settings.set_preset(self.preset_box.currentData())

    def _on_dataset(self) -> None:
        data = DATASETS.get(self.dataset_box.currentData())
        if data is not None:
            self.settings.show_parameters(data.side)

    def _on_hyperparameter(self) -> None:
        """A drag is one change of the run, made when the hand lets go."""
        if self.beta.dragged or self.learning_rate.dragged:
            return
        beta, learning_rate = self.beta.value(), self.learning_rate.value()
        if self._training.phase in (Phase.RUNNING, Phase.PAUSED) and self._shows_run():
            self._training.set_hyperparameters(LiveHyperparameters(beta, learning_rate))
        else:
            train = self.settings.train_form.value()
            self.settings.set_train(replace(train, beta=beta, learning_rate=learning_rate))

    def _on_put_back(self, name: str, value: float) -> None:
        self._sliders[name].set_value(value)
        self._on_hyperparameter()
        self.marks.show(self._sliders_show_run())

    def _show_settings(self) -> None:
        """The sliders belong to the run that goes on and is shown, else to the next one."""
        train = self.settings.train_form.value()
        self._training.device = self._kept.device = self.settings.device
        self.preset_box.setCurrentIndex(self.preset_box.findData(self.settings.preset))
        self._show_beta()
        self._show_changed()
        if not self._sliders_show_run():
            self.beta.set_value(train.beta)
            self.learning_rate.set_value(train.learning_rate)

    def _show_changed(self) -> None:
        """Mark what others than the person have changed."""
        words = self.settings.changed_words()
        self.settings_button.setIcon(icon("settings", "accent" if words else "text"))
        self.settings_button.setToolTip("\n".join(filter(None, (SETTINGS, words))))
        self.marks.show(self._sliders_show_run())

    def _show_beta(self) -> None:
        """An autoencoder has no KL that β could weigh."""
        run, idle = self._training.run, self._training.phase is Phase.IDLE
        of_next = self.settings.model_form.value()
        model = of_next if idle or run is None or not self._shows_run() else run.config.model
        self.beta.set_unavailable(NO_KL if model.deterministic else "")

    def _show_phase(self) -> None:
        phase = self._training.phase
        live = phase in (Phase.RUNNING, Phase.PAUSED)
        self.train_button.setEnabled(not live and not self._waiting_run.is_there)
        self.pause_button.setEnabled(live)
        self.step_button.setEnabled(live)
        self.stop_button.setEnabled(live)
        paused = phase is Phase.PAUSED
        self.pause_button.setIcon(icon("play" if paused else "pause"))
        self.pause_button.setToolTip(with_keys(RESUME_TIP if paused else PAUSE_TIP))
        self.pause_button.setAccessibleName("Resume" if paused else "Pause")
        if phase is Phase.IDLE:
            self._text_timer.stop()
        else:
            self._text_timer.start()
        self._show_settings()
        self._show_progress()
        self._show_text()

    def _show_progress(self) -> None:
        run = self._training.run
        if self._sliders_show_run():
            self.beta.set_value(self._training.hyperparameters.beta)
            self.learning_rate.set_value(self._training.hyperparameters.learning_rate)
            self.marks.show(True)
        if run is not None and run.total_steps:
            self.progress.setMaximum(run.total_steps)
            self.progress.setValue(min(self._training.steps_done, run.total_steps))
        else:
            self.progress.setMaximum(1)
            self.progress.setValue(0)

    def _show_text(self) -> None:
        text, training = progress_text(self._training), self._training
        if self._waiting_run.is_there:
            text = PREPARING
        elif not self._shows_run():
            text = self._of_another()
        self.status.setText(text)
        details = "" if training.phase is Phase.IDLE else details_text(training)
        self.status.setToolTip(f"{text}\n{details}" if details else text)

    def _sliders_show_run(self) -> bool:
        return self._training.phase is not Phase.IDLE and self._shows_run()

    def _shows_run(self) -> bool:
        """Whether the run is that of the model that is shown; before its first weights it has none."""
        run, shown = self._training.run, self._library.shown
        if run is None or shown is None or self._library.find(run.run_id) is None:
            return True
        return run.run_id == shown.run_id

    def _of_another(self) -> str:
        """What the bar says of a run in another tab."""
        run = self._training.run
        if run is None or self._training.phase is Phase.IDLE:
            return "Ready to train"
        entry = self._library.find(run.run_id)
        title = "" if entry is None else entry.workspace.title
        return f"In the tab “{title}”: {place_text(self._training, run)}"
