"""Training: the owner of the run, its phase, its history and its newest weights."""

import enum
import math
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Signal

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.vae.config import HyperparameterChange, LiveHyperparameters, RunConfig
from vae_gui.core.vae.history import History
from vae_gui.core.vae.run.messages import (
    Allow,
    Collapsed,
    Ended,
    GiveCheckpoint,
    HyperparametersChanged,
    Losses,
    Message,
    RunRequest,
    SetHyperparameters,
    Started,
    Stop,
)
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import BUDGET_BYTES, Timeline
from vae_gui.runtime.deadline import FOREVER
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request
from vae_gui.runtime.spare_process import SpareProcess
from vae_gui.runtime.training_thread import TrainingThread

PUMP_INTERVAL_MS = 33
RATE_WINDOW_SECONDS = 2.0
LEFT_WINDOW_SECONDS = 15.0  # longer, so that the time left does not jump


class Phase(enum.Enum):
    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run as it goes on. `device` is empty and `total_steps` 0 until its thread is ready.

    why_there: why it is trained on this device, where there was a choice.
    """

    run_id: str
    config: RunConfig
    train_images: int
    test_images: int = 0
    device: str = ""
    why_there: str = ""
    total_steps: int = 0
    steps_per_epoch: int = 1
    finished: bool = False
    failed: bool = False


class Training(QObject):
    """The training of models, at most one run at a time.

    in_process: a run has a process of its own.
    device: the setting of this machine, by which runs of files are trained that come from another one.

    Signals: `phase_changed()`; `progressed()` when the history has grown, at most 30 times a second;
    `snapshot_changed(Snapshot)`; `ended(Ended)`, whose error the person is told unless the device is its
    cause; `timeline_changed()`.
    """

    phase_changed = Signal()
    progressed = Signal()
    snapshot_changed = Signal(object)
    ended = Signal(object)
    timeline_changed = Signal()

    def __init__(
        self, notices: Notices, in_process: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._notices, self.in_process = notices, in_process
        self.device = "auto"
        self._warned_of = ""
        self._spare = SpareProcess()
        self.phase = Phase.IDLE
        self.run: RunInfo | None = None
        self.history = History()
        self.timeline = Timeline()
        self.timeline_bytes = BUDGET_BYTES
        self.checkpoint: Checkpoint | None = None
        self.hyperparameters = LiveHyperparameters(1.0, 1e-3)
        self._thread: TrainingThread | None = None
        self._checkpoints: tuple[Request[Checkpoint], ...] = ()  # the first is answered next
        self._replay: tuple[HyperparameterChange, ...] = ()
        self._rate_marks: list[tuple[float, int]] = []
        self._closed = False
        self._pump_timer = QTimer(self, interval=PUMP_INTERVAL_MS)
        self._pump_timer.timeout.connect(self._pump)

    @property
    def steps_done(self) -> int:
        steps = self.history.steps.column("step")
        return int(steps[-1]) if len(steps) else 0

    @property
    def steps_per_second(self) -> float:
        """Return the steps per second over the last two seconds; 0 while nothing moves."""
        return self._rate(RATE_WINDOW_SECONDS)

    def _rate(self, window_seconds: float) -> float:
        if self.phase is not Phase.RUNNING or not self._rate_marks:
            return 0.0
        t1, s1 = self._rate_marks[-1]
        t0, s0 = next(mark for mark in self._rate_marks if t1 - mark[0] < window_seconds)
        return (s1 - s0) / max(t1 - t0, 1e-9)

    @property
    def seconds_left(self) -> float:
        """Infinity where it cannot be told."""
        rate = self._rate(LEFT_WINDOW_SECONDS)
        if self.run is None or rate == 0:
            return math.inf
        return (self.run.total_steps - self.steps_done) / rate

    def start(
        self,
        config: RunConfig,
        data: ImageData,
        history: History,
        resume: Checkpoint | None = None,
        timeline: Timeline | None = None,
        paused: bool = False,
        device: str = "",
    ) -> str:
        """Begin a run, or go on with `resume`; `history` grows with it. Returns the run's id.

        device: where it is trained this time; "" for where its setting says.
        """
        assert self.phase is Phase.IDLE and not self._closed
        run_id = uuid.uuid4().hex if resume is None else resume.snapshot.run_id
        self.run = RunInfo(run_id, config, len(data.train), len(data.test))
        self.history = history
        self.timeline = Timeline() if timeline is None else timeline
        self.checkpoint = None
        self.hyperparameters = LiveHyperparameters(config.train.beta, config.train.learning_rate)
        self._replay = config.changes
        self._follow_replay(0 if resume is None else resume.steps_done + 1)
        self._rate_marks = []
        allowed = 0 if paused else math.inf
        capacity = self.timeline.capacity_begun
        request = RunRequest(config, data, run_id, resume, capacity, self.timeline_bytes, device)
        self._thread = TrainingThread(
            request,
            allowed,
            self.timeline,
            self.in_process,
            self._spare.take(cards=not request.on_cpu),
            self,
        )
        self._thread.start()
        self._pump_timer.start()
        self._set_phase(Phase.PAUSED if paused else Phase.RUNNING)
        return run_id

    def prepare(self) -> None:
        """Have a process wait for the next run, so that it begins at once; for a moment without input."""
        if self.in_process and self.phase is Phase.IDLE and not self._closed:
            self._spare.start(cards=self.device != "cpu")

    def pause(self) -> None:
        """Wait after the batch in progress."""
        if self.phase is Phase.RUNNING and self._thread is not None:
            self._thread.take(Allow(0))
            self._set_phase(Phase.PAUSED)

    def resume(self) -> None:
        if self.phase is Phase.PAUSED and self._thread is not None:
            self._rate_marks = []
            self._thread.take(Allow(math.inf))
            self._set_phase(Phase.RUNNING)

    def step(self) -> None:
        """Take one optimizer step and wait."""
        if self.phase in (Phase.RUNNING, Phase.PAUSED) and self._thread is not None:
            self._thread.take(Allow(1))
            self._set_phase(Phase.PAUSED)

    def stop(self) -> None:
        """End the run within a batch; what was learned stays."""
        if self._thread is not None and self.phase is not Phase.STOPPING:
            self._thread.take(Stop())
            self._set_phase(Phase.STOPPING)

    def set_hyperparameters(self, hyperparameters: LiveHyperparameters) -> None:
        """β and learning rate from the next step on."""
        if hyperparameters != self.hyperparameters and self._thread is not None:
            self._thread.take(SetHyperparameters(self.hyperparameters, hyperparameters))
            self.hyperparameters, self._replay = hyperparameters, ()

    def request_checkpoint(self, measure: bool = True) -> Request[Checkpoint]:
        """Ask for the run as it is after the step in progress; as it ends, where it is stopping or ends before.

        It is refused where nothing is left of the run. measure: see GiveCheckpoint.
        """
        if self._thread is None:
            return Request.answered(_left_of_it(self.checkpoint))
        request: Request[Checkpoint] = Request()
        self._checkpoints = (*self._checkpoints, request)
        if self.phase is not Phase.STOPPING:
            self._thread.take(GiveCheckpoint(measure))
        return request

    def shutdown(self, deadline: QDeadlineTimer = FOREVER) -> bool:
        """Stop, wait, and take what the thread has left; whether it has ended. Safe to call twice."""
        self._closed = True
        self._pump_timer.stop()
        self._spare.close()
        if self._thread is not None:
            self._thread.take(Stop(measure=False))
            if not self._thread.wait(deadline):
                return False
            self._pump()
            self._thread = None
        return True

    def _pump(self) -> None:
        """Drain the outbox: every step into the history, the newest snapshot only."""
        if self._thread is None:
            return
        outbox = self._thread.outbox
        messages = [outbox.popleft() for _ in range(len(outbox))]
        try:
            self._take_all(messages)
        finally:  # the end of a run is heard of, whatever came of what it said before
            for message in messages:
                if isinstance(message, Ended):
                    self._finish(message)

    def _take_all(self, messages: Sequence[Message | Timeline]) -> None:
        snapshot = next((m for m in reversed(messages) if isinstance(m, Snapshot)), None)
        grown = [self._take(message) for message in messages]
        if any(grown):
            self._mark_rate()
            self.progressed.emit()
        if snapshot is not None:
            self.snapshot_changed.emit(snapshot)
        if any(isinstance(message, Timeline) for message in messages):
            self.timeline_changed.emit()

    def _take(self, message: Message | Timeline) -> bool:
        """Keep one message; whether the history has grown."""
        assert self.run is not None
        if isinstance(message, Losses):
            steps, tests, exact = self.history.tables
            of_test = exact if message.of_posterior else tests
            (of_test if message.of_test else steps).extend(message.rows)
            if not message.of_test:
                self._follow_replay(self.steps_done)
            return True
        if isinstance(message, Timeline):
            self.timeline = message
        if isinstance(message, Collapsed):
            self._notices.warn(message.advice)
        if isinstance(message, HyperparametersChanged):
            self.history.changes[:] = message.changes
            self.run = replace(self.run, config=replace(self.run.config, changes=message.changes))
            return True
        if isinstance(message, Started):
            self._warn_once(message.warning)
            self.run = replace(
                self.run,
                device=message.device,
                why_there=message.why,
                total_steps=message.total_steps,
                steps_per_epoch=message.steps_per_epoch,
            )
            return True
        if isinstance(message, Checkpoint):
            self.run = replace(self.run, config=message.config)
            request, *others = self._checkpoints
            self._checkpoints = tuple(others)
            request.give(Done(message))
        return False

    def _warn_once(self, text: str) -> None:
        """Tell of a card that cannot be used, unless that was told before."""
        if text not in ("", self._warned_of):
            self._warned_of = text
            self._notices.warn(text)

    def _follow_replay(self, steps: int) -> None:
        """Take the live hyperparameters over that a repeated run has changed in its first `steps` steps."""
        for change in self._replay:
            if change.step < steps:
                self.hyperparameters = self.hyperparameters.after(change)
        self._replay = tuple(change for change in self._replay if change.step >= steps)

    def _finish(self, message: Ended) -> None:
        assert self._thread is not None and self.run is not None
        self._thread.wait()
        self._thread.deleteLater()
        self._thread = None
        self._pump_timer.stop()
        self.checkpoint = message.checkpoint
        config = self.run.config if message.checkpoint is None else message.checkpoint.config
        failed = message.error is not None
        self.run = replace(self.run, config=config, finished=message.finished, failed=failed)
        if failed and message.checkpoint is not None:
            self._go_back_to(message.checkpoint)
        asked, self._checkpoints = self._checkpoints, ()
        self._set_phase(Phase.IDLE)
        self.ended.emit(message)
        for request in asked:
            request.give(_left_of_it(message.checkpoint) if request.is_wanted else Cancelled())
        if message.error is not None and message.ways_out is None:
            self._notices.error(message.error)

    def _go_back_to(self, checkpoint: Checkpoint) -> None:
        """Drop what came after the checkpoint: it led to an error, and is not part of the run."""
        step = checkpoint.snapshot.step
        self.history.cut(step)
        self.history.changes[:] = checkpoint.config.changes
        self.timeline = self.timeline.until(step, checkpoint.snapshot.run_id)
        self.timeline_changed.emit()
        self.progressed.emit()

    def _mark_rate(self) -> None:
        now = time.perf_counter()
        marks = [mark for mark in self._rate_marks if now - mark[0] < LEFT_WINDOW_SECONDS]
        self._rate_marks = [*marks, (now, self.steps_done)]

    def _set_phase(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self.phase_changed.emit()


def _left_of_it(checkpoint: Checkpoint | None) -> Answer[Checkpoint]:
    """Answer who waits for the checkpoint of a run that goes on no more."""
    if checkpoint is None:
        return Refused("Nothing is left of this run: press Train for another one.")
    return Done(checkpoint)
