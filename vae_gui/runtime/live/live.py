"""Live: a value that follows the model, debounced by what the person does and throttled while a model trains."""

from typing import Generic, cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.support.progress import Progress
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.live.task import Result, Task, Value, Wanted
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.runtime.training import Phase, Training
from vae_gui.runtime.worker import Worker

# A training run tolerates background work for a fifth of the time: each value rests four times as long as it took.
REST_PER_WORK = 4.0
CANCELLED = "This was cancelled."


class Live(QObject, Generic[Value]):
    """Computed once what is asked for has settled, again for newer weights after a rest while a model trains,
    and not at all while nobody watches. `running`: what is being computed. `problem`: why the last one failed.
    Signals: `changed()` when one of these, the value or its progress is, but for another model.
    """

    changed = Signal()

    def __init__(
        self,
        explorer: Explorer,
        training: Training,
        worker: Worker,
        task: Wanted[Value],
        settle_ms: int = 0,
    ) -> None:
        super().__init__(worker.parent())
        self.progress: Progress | None = None
        self.problem = ""
        self.running: Task[Value] | None = None
        self._explorer, self._training = explorer, training
        self._task, self._settle_ms = task, settle_ms
        self._result: Result[Value] | None = None
        self._tried: Task[Value] | None = None
        self._cancelled: Task[Value] | None = None
        self._watchers = 0
        self._worker, self._throttle = worker, Throttle(self)
        self._throttle.due.connect(self._begin)
        worker.progressed.connect(self._on_progressed)
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)
        worker.cancelled.connect(self.cancel)
        explorer.model_changed.connect(self._on_model_changed)
        training.phase_changed.connect(self.touch)

    @property
    def result(self) -> Result[Value] | None:
        """The last one of the model that is shown, whatever has been asked for since."""
        known = self._result
        return known if known and known.run_id == self._explorer.weights.run_id else None

    @property
    def value(self) -> Value | None:
        return None if self.result is None else self.result.value

    @property
    def up_to_date(self) -> bool:
        """Say whether `value` is what is asked for, under the current weights."""
        task = self._task()
        return task is not None and self.result is not None and task.is_same(self.result.task)

    def watch(self, on: bool) -> None:
        """Somebody who shows the value came or went."""
        self._watchers += 1 if on else -1
        self.touch()

    def touch(self) -> None:
        """An input changed, or may have; while it is computed, newer weights wait for their turn."""
        task = self._wanted()
        if self.running is not None and (task is None or not task.asks_for(self.running)):
            self._give_up()
            self.changed.emit()
        if task is None or self.running is not None:
            return
        if task.asks_for(self._tried):
            rests = self._training.phase is Phase.RUNNING
            self._throttle.throttle(REST_PER_WORK * self._throttle.work_seconds if rests else 0.0)
        else:
            self._throttle.debounce(self._settle_ms, task.of)

    def retry(self) -> None:
        """Compute at once what was cancelled or has failed."""
        self._cancelled = self._tried = None
        self._begin()

    def cancel(self) -> None:
        """End the work; it begins again when something else is asked for, or with `retry`."""
        if self.running is not None:
            self._worker.cancel()
            self._cancelled, self.problem = self.running, CANCELLED
            self._end()

    def _wanted(self) -> Task[Value] | None:
        """Return what is still to be computed; what has failed is tried again with newer weights."""
        task = self._task() if self._watchers > 0 else None
        if task is None or task.asks_for(self._cancelled) or task.is_same(self._tried):
            return None
        return task

    def _begin(self) -> None:
        task = self._wanted()
        if task is not None and self.running is None:
            self.running, self._cancelled, self.problem = task, None, ""
            self._worker.start(task.work, task.title)
            self.changed.emit()

    def _give_up(self) -> None:
        self.running = self.progress = self._cancelled = None
        self.problem = ""
        self._worker.cancel()

    def _on_model_changed(self) -> None:
        self._result = self._tried = None
        self._give_up()
        self.touch()

    def _on_progressed(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    def _on_done(self, value: object) -> None:
        task = self._tried = cast("Task[Value]", self.running)
        self._result = Result(self._explorer.weights.run_id, task, cast(Value, value))
        self._end()

    def _on_failed(self, text: str) -> None:
        self._tried, self.problem = self.running, text
        self._end()

    def _end(self) -> None:
        self.running = self.progress = None
        self._throttle.rest()
        self.changed.emit()
        self.touch()
