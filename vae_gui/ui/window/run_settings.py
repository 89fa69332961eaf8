"""The settings of the next run: a preset is the start, every value can be changed."""

from dataclasses import replace
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vae_gui.core.datasets import DATASETS
from vae_gui.core.state.chosen import Change
from vae_gui.core.vae.config import ModelConfig, RunConfig, TrainConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.parameters import parameters_of
from vae_gui.core.vae.presets import PRESETS, recipe_title
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.form import ConfigForm
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.widgets.change_mark import ChangeMark, change_words
from vae_gui.ui.widgets.label import Label

TRAIN_TITLES = {
    "optimizer": {"adam": "Adam", "adamw": "AdamW"},
    "schedule": {"constant": "Constant", "one-cycle": "One cycle"},
    "device": {"auto": "Auto", "cuda": "CUDA", "mps": "MPS", "cpu": "CPU"},
}
ON_CARD = ("cuda", "mps")
NO_THREADS = "A card computes by itself: threads of the CPU make no difference"
OF_KL = ("beta", "warmup_epochs")
NO_KL = "An autoencoder encodes an image to a point: there is no KL that β could weigh"


class RunSettings(QWidget):
    """Two forms side by side, and how many parameters the model has.

    What another than the person set, as a lesson, is named by `by`; it is marked, and put back by a click.
    device: where this machine trains.

    Signals: `changed()`.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, device: str = "auto", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counting, self._side = LatestJob(jobs, self), next(iter(DATASETS.values())).side
        self.parameters = Label(self)
        self.parameters.setProperty("role", "small")
        self._counting.done.connect(self._on_counted)
        preset = next(iter(PRESETS.values()))
        self.preset = self._own_preset = preset.name
        self._preset_by = ""
        self._epochs = preset.train.epochs
        self._about = Label(self)
        self._about.setWordWrap(True)
        self._about.setProperty("role", "muted")
        titles = {
            "architecture": {name: entry.title for name, entry in MODELS.items()},
            "likelihood": {name: entry.title for name, entry in LIKELIHOODS.items()},
        }
        self.model_form = ConfigForm(preset.model, titles, self)
        self.model_form.set_locked({"side": ""})
        train = replace(preset.train, device=device)
        self.train_form = ConfigForm(train, TRAIN_TITLES, self, columns=2)
        self.reset_button = QPushButton("Back to the preset", self)
        self.put_back_button = QPushButton("Put back all", self)
        self.put_back_button.setToolTip("Your settings, as they were before others changed them")
        self.preset_mark = ChangeMark(self)
        self._lay_out()
        self._connect()
        self.set_preset(preset.name)

    def _lay_out(self) -> None:
        about, buttons = QHBoxLayout(), QHBoxLayout()
        about.setSpacing(0)
        about.addWidget(self.preset_mark)
        about.addWidget(self._about, 1)
        buttons.addWidget(self.reset_button)
        buttons.addWidget(self.put_back_button)
        buttons.addStretch()
        left = QVBoxLayout()
        left.addWidget(_heading("Model", self))
        left.addWidget(self.model_form)
        left.addWidget(self.parameters)
        left.addLayout(about)
        left.addStretch()
        left.addLayout(buttons)
        right = QVBoxLayout()
        right.addWidget(_heading("Training", self))
        right.addWidget(self.train_form)
        right.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(32)
        layout.addLayout(left)
        layout.addLayout(right)

    def _connect(self) -> None:
        self.reset_button.clicked.connect(self._reset)
        self.put_back_button.clicked.connect(self.put_back_all)
        self.preset_mark.clicked.connect(self.put_back_all)
        self.model_form.changed.connect(self._on_changed)
        self.train_form.changed.connect(self._on_train_changed)
        for form in (self.model_form, self.train_form):
            form.put_back.connect(self._on_set)

    def set_preset(self, name: str, by: str = "") -> None:
        """Take all values from a preset; the seed and the device stay."""
        preset, now = PRESETS[name], self.train_form.value()
        train = replace(preset.train, seed=now.seed, device=now.device)
        self.preset = name
        if by:
            self._preset_by = by
            self.model_form.set_value(preset.model, by)
            self.train_form.set_value(train, by)
        else:
            self._own_preset = name
            self.model_form.choose(preset.model)
            self.train_form.choose(train)
        self._on_set()

    @property
    def device(self) -> str:
        """The device that the person has chosen for this machine."""
        return self.train_form.own.device

    def changes(self) -> dict[str, Change]:
        """Name the settings of model and training that others than the person changed."""
        return self.model_form.changes() | self.train_form.changes()

    def changed_words(self) -> str:
        """Say who changed the settings that are not the person's own; "" where all are."""
        by = {change.by: None for change in self.changes().values()}
        if self.preset != self._own_preset:
            by[self._preset_by] = None
        return "" if not by else f"Marked: {', '.join(by)} set them; they can be put back."

    def put_back_all(self) -> None:
        """Have the preset and the settings again that the person had chosen."""
        self.preset = self._own_preset
        self.model_form.choose(self.model_form.own)
        self.train_form.choose(self.train_form.own)
        self._on_set()

    def config(self, dataset: str) -> RunConfig:
        """The run as the forms describe it."""
        return RunConfig(self.preset, dataset, self.model_form.value(), self.train_form.value())

    def set_model(self, model: ModelConfig, by: str = "") -> None:
        self.model_form.set_value(model, by)
        self._on_set()

    def set_train(self, train: TrainConfig, by: str = "") -> None:
        self.train_form.set_value(train, by)
        self._on_set()

    @qt_override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_parameters(self._side)

    def show_parameters(self, side: int) -> None:
        """Count those of the model for images of `side` pixels, while the form is on the screen."""
        self._side = side
        architecture = MODELS[self.model_form.value().architecture]
        if not self.isVisible():
            return
        if architecture.sides and side not in architecture.sides:
            self._counting.cancel()
            sides = " or ".join(map(str, architecture.sides))
            self.parameters.setText(f"Made for images of {sides} pixels")
            return
        model = replace(self.model_form.value(), side=side)
        self._counting.start(lambda: parameters_of(model))

    def _on_counted(self, count: object) -> None:
        side = self._side
        self.parameters.setText(
            f"{grouped(cast(int, count))} parameters for images of {side}×{side} pixels"
        )

    def _reset(self) -> None:
        self.set_preset(self.preset)

    def _on_set(self) -> None:
        """The forms show other values than the person typed there."""
        self._epochs = self.train_form.value().epochs
        self._on_changed()

    def _on_train_changed(self, train: TrainConfig) -> None:
        """A number of epochs that is asked for is the length of the run: the recipe's minimum of steps goes."""
        if train.epochs != self._epochs and train.min_steps:
            train = replace(train, min_steps=0)
            self.train_form.set_value(train)
        self._epochs = train.epochs
        self._on_changed()

    def _on_changed(self) -> None:
        self._about.setText(PRESETS[self.preset].description)
        self._show_marks()
        self._show_what_counts()
        self.show_parameters(self._side)
        self.changed.emit()

    def _show_marks(self) -> None:
        other = self.preset != self._own_preset
        before = f"“{recipe_title(self._own_preset)}”"
        self.preset_mark.say(change_words(self._preset_by, before) if other else "")
        self.put_back_button.setVisible(other or bool(self.changes()))

    def _show_what_counts(self) -> None:
        """An autoencoder has no KL, so β and its warm-up do nothing; a card has no threads."""
        deterministic = self.model_form.value().deterministic
        locked = dict.fromkeys(OF_KL, NO_KL) if deterministic else {}
        if self.train_form.value().device in ON_CARD:
            locked["threads"] = NO_THREADS
        self.train_form.set_locked(locked)


def _heading(text: str, parent: QWidget) -> QLabel:
    label = Label(text, parent)
    label.setProperty("role", "title")
    return label
