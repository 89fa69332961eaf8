"""The marks of β and the learning rate in the run bar: what a lesson or the queue set, in the run that the sliders show."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vae_gui.core.state.chosen import Change
from vae_gui.core.vae.config import TrainConfig
from vae_gui.runtime.context import Context
from vae_gui.ui.widgets.change_mark import ChangeMark, change_words
from vae_gui.ui.window.run_settings import RunSettings


class RunMarks(QObject):
    """`marks` by the setting's name. Signals: `put_back(name, value)`: the person wants this value again."""

    put_back = Signal(str, float)

    def __init__(self, context: Context, settings: RunSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._training, self._queue = context.training, context.queue
        self._settings = settings
        self._asked: tuple[TrainConfig | None, dict[str, Change]] = (None, {})
        self._changes: dict[str, Change] = {}
        self.marks = {name: ChangeMark(parent) for name in ("beta", "learning_rate")}
        for name, mark in self.marks.items():
            mark.clicked.connect(partial(self._on_clicked, name))

    def remember(self) -> None:
        """Keep who set what in the run that is asked for now: the settings may be others when it goes on."""
        self._asked = self._settings.train_form.value(), self._settings.changes()

    def show(self, of_run: bool) -> None:
        """of_run: whether the sliders show the run that goes on, else the next one."""
        changes = self._of_run() if of_run else self._settings.changes()
        self._changes = {name: changes[name] for name in self.marks if name in changes}
        for name, mark in self.marks.items():
            change = self._changes.get(name)
            mark.say("" if change is None else change_words(change.by, f"{change.before:g}"))

    def _of_run(self) -> dict[str, Change]:
        """Name what was set for the run; a value that has changed since is the person's."""
        run, now = self._training.run, self._training.hyperparameters
        if run is None:
            return {}
        train, (asked, changes) = run.config.train, self._asked
        if self._queue.current:
            by, own = f"The run “{self._queue.current}” of the queue", self._settings.train_form.own
            changes = {name: Change(by, getattr(own, name)) for name in self.marks}
        elif train != asked:
            return {}
        return {
            name: change
            for name, change in changes.items()
            if name in self.marks and getattr(now, name) == getattr(train, name) != change.before
        }

    def _on_clicked(self, name: str) -> None:
        self.put_back.emit(name, self._changes[name].before)
