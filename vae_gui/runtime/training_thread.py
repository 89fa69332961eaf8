"""TrainingThread: a loop over Trainer that can run, wait, take single steps and stop."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QThread

from vae_gui.core.datasets.base import stratified
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.collapse import CollapseWatch, advice
from vae_gui.core.vae.config import LiveHyperparameters
from vae_gui.core.vae.device_errors import DeviceError, device_errors_in_words
from vae_gui.core.vae.divergence import good_checkpoint, good_snapshot, require_finite
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.loss_terms import loss_text, unit
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import ENTRY_IMAGES, TimelineEntry, capacity
from vae_gui.core.vae.warm_up import warm_up_training
from vae_gui.runtime.training_messages import (
    Collapsed,
    Ended,
    HyperparametersChanged,
    Losses,
    Message,
    RunRequest,
    Started,
)

if TYPE_CHECKING:
    from vae_gui.core.vae.trainer import Step, Trainer

log = logging.getLogger(__name__)
FLUSH_SECONDS = 1 / 60
SNAPSHOT_SECONDS = 0.2
KEEPING_SHARE = 0.02  # of the time goes to copies of the state that a run falls back on
LOG_STEPS = 100  # from one line of the log file to the next (A8)
LOG_LINE = "step %d: %s %s"
KEPT = " It is kept as it was after step {:,}, and Run ▸ Continue goes on from there, paused."


class TrainingThread(QThread):
    """Messages are put into `outbox` and pulled from there; nothing is signalled."""

    def __init__(self, order: RunRequest, allowed_steps: float, parent: QObject) -> None:
        super().__init__(parent)
        self.outbox: deque[Message] = deque()
        self._order = order
        self._changed = threading.Condition()
        self._allowed_steps = allowed_steps
        self._commands: list[Callable[[Trainer], None]] = []
        self._stopping = self._hurries = False
        self._unsent: list[Step] = []
        self._timeline = order.timeline
        self._good: Checkpoint | None = None
        self._good_step, self._keep_again = -1, 0.0
        self._sample = stratified(order.data.test, ENTRY_IMAGES)
        self._flushed = self._snapped = 0.0

    def allow(self, steps: float) -> None:
        """Infinity: run. 0: wait. 1: take one step, then wait."""
        with self._changed:
            self._allowed_steps = steps
            self._changed.notify()

    def set_hyperparameters(self, before: LiveHyperparameters, after: LiveHyperparameters) -> None:
        """Set from the next step on those that differ."""
        self._send(lambda trainer: self._set_hyperparameters(trainer, before, after))

    def request_checkpoint(self) -> None:
        """Put a Checkpoint into the outbox after the step in progress, behind the losses up to it."""
        self._send(self._put_checkpoint)

    def request_stop(self, measure: bool = True) -> None:
        """End the run within a batch; then measure it on the test images once more, or do not."""
        with self._changed:
            self._stopping, self._hurries = True, not measure
            self._changed.notify()

    def run(self) -> None:
        try:
            warm_up_training()
            from vae_gui.core.vae.trainer import Trainer

            order = self._order
            with device_errors_in_words(order.config.train):
                trainer = Trainer(order.config, order.data, order.run_id, order.resume)
                self._train(trainer)
                ended = self._end(trainer)
        except UserError as problem:
            ended = self._fall_back(problem)
        except Exception as problem:
            log.exception("training failed")
            ended = self._fall_back(UserError(f"Training stopped: {problem}"))
        self.outbox.append(ended)

    def _train(self, trainer: Trainer) -> None:
        self._tell_length(trainer)
        self._collapse = CollapseWatch(trainer.config.train, trainer.steps_per_epoch)
        self._snap(trainer)
        room = capacity(trainer.snapshot(), self._order.timeline_bytes)
        self._timeline = self._timeline.within(room)  # a file may claim any
        self._keep_entry(trainer)
        if trainer.steps_done == 0:
            self._evaluate(trainer)
        self._evaluated_step = trainer.steps_done
        while not trainer.finished and self._may_step(trainer):
            self._unsent.append(trainer.step())
            self._keep_entry(trainer)
            now = time.perf_counter()
            if now - self._flushed > FLUSH_SECONDS:
                self._flush(now)
            if trainer.epoch_is_complete:
                self._evaluate(trainer)
            if trainer.total_steps != self._told_steps:
                self._tell_length(trainer)
            if now - self._snapped > SNAPSHOT_SECONDS:
                self._flush(now)
                self._snap(trainer)

    def _tell_length(self, trainer: Trainer) -> None:
        """At the start, and where a repeated run gets the epochs that were added to it."""
        self._told_steps = trainer.total_steps
        device = str(trainer.device)
        self.outbox.append(
            Started(device, trainer.steps_done, self._told_steps, trainer.steps_per_epoch)
        )

    def _may_step(self, trainer: Trainer) -> bool:
        """Run the commands, then wait until a step is allowed; False when it is time to stop."""
        while True:
            with self._changed:
                if self._allowed_steps <= 0 and self._good_step != trainer.steps_done:
                    self._flush(time.perf_counter())
                    self._keep_again = 0.0  # a live hyperparameter may be set too far now
                    self._snap(trainer)
                self._changed.wait_for(
                    lambda: self._stopping or self._commands or self._allowed_steps > 0
                )
                commands, self._commands = self._commands, []
                if not commands:
                    self._allowed_steps -= 1
                    return not self._stopping
            for command in commands:
                command(trainer)

    def _set_hyperparameters(
        self, trainer: Trainer, before: LiveHyperparameters, after: LiveHyperparameters
    ) -> None:
        hyperparameters = trainer.hyperparameters
        if after.beta != before.beta:
            hyperparameters = replace(hyperparameters, beta=after.beta)
        if after.learning_rate != before.learning_rate:
            hyperparameters = replace(hyperparameters, learning_rate=after.learning_rate)
        if trainer.set_hyperparameters(hyperparameters):
            self.outbox.append(HyperparametersChanged(trainer.config.changes))

    def _send(self, command: Callable[[Trainer], None]) -> None:
        with self._changed:
            self._commands.append(command)
            self._changed.notify()

    def _put_checkpoint(self, trainer: Trainer) -> None:
        self._flush(time.perf_counter())
        self.outbox.append(trainer.checkpoint())

    def _flush(self, now: float) -> None:
        from vae_gui.core.vae.trainer import losses_of

        self._flushed = now
        if not self._unsent:
            return
        rows = losses_of(self._unsent)
        self._unsent = []
        require_finite(rows)
        model = self._order.config.model
        for step, *losses in rows[rows[:, 0] % LOG_STEPS == 0].tolist():
            log.info(LOG_LINE, step, loss_text(model, *losses), unit(model))
        self.outbox.append(Losses(rows, of_test=False))

    def _evaluate(self, trainer: Trainer) -> None:
        self._flush(time.perf_counter())
        stopping = self._stopping
        result = trainer.evaluate(
            stopped=lambda: self._hurries or (self._stopping and not stopping)
        )
        if result is not None:
            self._evaluated_step = trainer.steps_done
            row = [[result.step, result.loss, result.reconstruction, result.kl]]
            rows = np.array(row, np.float64)
            require_finite(rows)
            self.outbox.append(Losses(rows, of_test=True))
            if self._collapse.sees_it(trainer.steps_done, self._encode(trainer)):
                self.outbox.append(Collapsed(advice(trainer.config.train, trainer.hyperparameters)))

    def _encode(self, trainer: Trainer) -> Encodings:
        return trainer.encode(self._sample, self._order.data.class_names)

    def _snap(self, trainer: Trainer) -> None:
        began, snapshot = time.perf_counter(), good_snapshot(trainer)
        if began > self._keep_again:
            self._good = replace(good_checkpoint(trainer), snapshot=snapshot)
            self._good_step = snapshot.step
            self._keep_again = began + (time.perf_counter() - began) / KEEPING_SHARE
        self.outbox.append(snapshot)
        self._snapped = time.perf_counter()

    def _keep_entry(self, trainer: Trainer) -> None:
        if self._timeline.wants(trainer.steps_done):
            self._put_entry(trainer, good_snapshot(trainer))

    def _put_entry(self, trainer: Trainer, snapshot: Snapshot) -> None:
        encodings = self._encode(trainer)
        require_finite(encodings.mu)
        self._timeline = self._timeline.added(TimelineEntry(snapshot, encodings))
        self.outbox.append(self._timeline)

    def _end(self, trainer: Trainer) -> Ended:
        self._flush(time.perf_counter())
        if trainer.finished:
            trainer.keep_best()
        checkpoint = good_checkpoint(trainer)
        self._put_entry(trainer, checkpoint.snapshot)
        self.outbox.append(checkpoint.snapshot)
        if not trainer.finished and self._evaluated_step != trainer.steps_done:
            self._evaluate(trainer)  # behind the checkpoint: patience counts whole epochs alone
        return Ended(checkpoint, trainer.finished, None)

    def _fall_back(self, problem: UserError) -> Ended:
        """The end of a run that cannot go on: what is left of it is its last good state."""
        good, error = self._good, str(problem)
        if good is not None:
            error += KEPT.format(good.snapshot.step) if good.optimizer else ""
            self.outbox.append(good.snapshot)
        return Ended(good, False, error, problem if isinstance(problem, DeviceError) else None)
