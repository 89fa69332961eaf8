"""TrainingLoop: a loop over Trainer that can run, wait, take single steps and stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from vae_gui.core.datasets.base import stratified
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.collapse import CollapseWatch, advice
from vae_gui.core.vae.device_errors import DeviceError, device_errors_in_words
from vae_gui.core.vae.divergence import good_checkpoint, good_snapshot, require_finite
from vae_gui.core.vae.run.messages import (
    Allow,
    Collapsed,
    Command,
    Ended,
    GiveCheckpoint,
    HyperparametersChanged,
    Kept,
    Losses,
    Moment,
    Put,
    RunRequest,
    SetHyperparameters,
    Started,
    Stop,
    WaysOut,
    broken_off,
)
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.timeline import (
    ENTRY_IMAGES,
    TimelineEntry,
    capacity,
    capacity_within,
    is_wanted,
)
from vae_gui.core.vae.warm_up import warm_up_training

if TYPE_CHECKING:
    from vae_gui.core.vae.step import Evaluation, Step
    from vae_gui.core.vae.trainer import Trainer

FLUSH_SECONDS = 1 / 60
SNAPSHOT_SECONDS = 0.2
KEEPING_SHARE = 0.02  # of the time goes to copies of the state that a run falls back on


class TrainingLoop:
    """One run on the thread that calls `run`; commands come from others."""

    def __init__(self, request: RunRequest, allowed_steps: float, put: Put) -> None:
        self._request, self._put = request, put
        self._changed = threading.Condition()
        self._allowed_steps = allowed_steps
        self._commands: list[SetHyperparameters | GiveCheckpoint] = []
        self._stopping = self._hurries = False
        self._unsent: list[Step] = []
        self._first_look: Iterator[None] = iter(())
        self._capacity = 0
        self._keep_again, self._kept_step = 0.0, -1
        self._sample = stratified(request.data.test, ENTRY_IMAGES)
        self._flushed = self._snapped = 0.0

    def take(self, command: Command) -> None:
        """Take a command from any thread; it is carried out between two steps."""
        with self._changed:
            match command:
                case Allow(steps):
                    self._allowed_steps = steps
                case Stop(measure):
                    self._stopping, self._hurries = True, not measure
                case SetHyperparameters() | GiveCheckpoint():
                    self._commands.append(command)
            self._changed.notify()

    def run(self) -> None:
        """Train until the run is finished or stopped; the last message is Ended, whatever happens."""
        request = self._request
        try:
            trainer = self._trainer()
            with device_errors_in_words(request.config.train, trainer.device.type):
                self._train(trainer)
                ended = self._end(trainer)
        except DeviceError as problem:
            ways_out = WaysOut(problem.smaller_batch, problem.cpu)
            ended = Ended(None, False, str(problem), ways_out)
        except UserError as problem:
            ended = Ended(None, False, str(problem))
        except Exception as problem:
            ended = broken_off(problem)
        self._put(ended)

    def _trainer(self) -> Trainer:
        """Choose the device, and build the run there."""
        warm_up_training()
        from vae_gui.core.vae.device_choice import choose
        from vae_gui.core.vae.trainer import Trainer

        request = self._request
        config, data = request.config, request.data
        self._choice = choose(config, data, request.device)
        device = self._choice.device
        with device_errors_in_words(config.train, device, begun=False):
            return Trainer(config, data, request.run_id, request.resume, device)

    def _train(self, trainer: Trainer) -> None:
        self._tell_length(trainer)
        self._collapse = CollapseWatch(trainer.config.train, trainer.steps_per_epoch)
        self._snap(trainer)
        room = capacity(trainer.snapshot(), self._request.timeline_bytes)
        self._capacity = capacity_within(self._request.timeline_capacity, room)
        self._begin(trainer)
        self._evaluated_step = trainer.steps_done
        while not trainer.finished and self._may_step(trainer):
            if any(self._stopping for _ in trainer.e_step()):
                break
            self._unsent.append(trainer.step())
            now = time.perf_counter()
            if now - self._flushed > FLUSH_SECONDS:
                self._flush(now)
            next(self._first_look, None)
            self._keep_moment(trainer)
            if trainer.epoch_is_complete:
                self._evaluate(trainer)
            if trainer.total_steps != self._told_steps:
                self._tell_length(trainer)
            if now - self._snapped > SNAPSHOT_SECONDS:
                self._flush(now)
                self._snap(trainer)

    def _begin(self, trainer: Trainer) -> None:
        """Look at the weights that the run begins with: part by part between its first steps, which come at once."""
        new, patient = trainer.steps_done == 0, trainer.config.train.patience > 0
        if new and not patient:
            self._first_look = self._looking(trainer.twin())
            return
        self._keep_moment(trainer, first=new or self._request.timeline_capacity == 0)
        if new:
            self._evaluate(trainer)  # patience compares with it

    def _looking(self, twin: Trainer) -> Iterator[None]:
        self._keep_moment(twin, first=True)
        yield
        self._tell_test((yield from twin.evaluation()))

    def _finish_first_look(self) -> None:
        while not self._stopping and next(self._first_look, self) is None:
            pass

    def _tell_length(self, trainer: Trainer) -> None:
        """Report the length at the start, and again where a repeated run gets the epochs that were added to it."""
        self._told_steps = trainer.total_steps
        length = (trainer.steps_done, self._told_steps, trainer.steps_per_epoch)
        choice = self._choice
        self._put(Started(choice.device, *length, choice.why, choice.warning))

    def _may_step(self, trainer: Trainer) -> bool:
        """Carry out the commands, then wait until a step is allowed; False when it is time to stop."""
        while True:
            with self._changed:
                if self._allowed_steps <= 0 and self._kept_step != trainer.steps_done:
                    self._flush(time.perf_counter())
                    self._keep_again = 0.0  # a live hyperparameter may be set too far now
                    self._snap(trainer)
                called = self._is_called()
            if not called and next(self._first_look, self) is None:
                continue  # there was another part
            with self._changed:
                self._changed.wait_for(self._is_called)
                commands, self._commands = self._commands, []
                if not commands:
                    self._allowed_steps -= 1
                    return not self._stopping
            for command in commands:
                self._carry_out(trainer, command)

    def _is_called(self) -> bool:
        return self._stopping or bool(self._commands) or self._allowed_steps > 0

    def _carry_out(self, trainer: Trainer, command: SetHyperparameters | GiveCheckpoint) -> None:
        if isinstance(command, GiveCheckpoint):
            self._flush(time.perf_counter())
            if command.measure:
                self._measure(trainer)
            self._put(trainer.checkpoint())
            return
        before, after, new = command.before, command.after, trainer.hyperparameters
        if after.beta != before.beta:
            new = replace(new, beta=after.beta)
        if after.learning_rate != before.learning_rate:
            new = replace(new, learning_rate=after.learning_rate)
        if trainer.set_hyperparameters(new):
            self._put(HyperparametersChanged(trainer.config.changes))

    def _flush(self, now: float) -> None:
        from vae_gui.core.vae.step import losses_of

        self._flushed = now
        if not self._unsent:
            return
        rows = losses_of(self._unsent)
        self._unsent = []
        require_finite(rows)
        self._put(Losses(rows, of_test=False))

    def _evaluate(self, trainer: Trainer) -> None:
        self._finish_first_look()
        self._flush(time.perf_counter())
        stopping = self._stopping
        result = trainer.evaluate(
            stopped=lambda: self._hurries or (self._stopping and not stopping)
        )
        if result is None:
            return
        self._evaluated_step = trainer.steps_done
        self._tell_test(result)
        if self._collapse.sees_it(trainer.steps_done, trainer.encode(self._sample, ())):
            self._put(Collapsed(advice(trainer.config.train, trainer.hyperparameters)))

    def _measure(self, trainer: Trainer) -> None:
        """Look at the test images once more where the weights have moved on.

        Patience, which counts epochs, does not see this look.
        """
        if self._evaluated_step == trainer.steps_done:
            return
        self._finish_first_look()
        parts = trainer.evaluation()
        try:
            while not self._hurries:
                next(parts)
        except StopIteration as end:
            self._evaluated_step = trainer.steps_done
            self._tell_test(end.value)
        finally:
            parts.close()

    def _tell_test(self, result: Evaluation) -> None:
        require_finite(result.row)
        self._put(Losses(result.row, of_test=True))
        if result.exact is not None:
            require_finite(result.exact.row)
            self._put(Losses(result.exact.row, of_test=True, of_posterior=True))

    def _snap(self, trainer: Trainer) -> None:
        began, snapshot = time.perf_counter(), good_snapshot(trainer)
        if began > self._keep_again:
            self._put(Kept(replace(good_checkpoint(trainer), snapshot=snapshot)))
            self._kept_step = snapshot.step
            self._keep_again = began + (time.perf_counter() - began) / KEEPING_SHARE
        self._put(snapshot)
        self._snapped = time.perf_counter()

    def _keep_moment(self, trainer: Trainer, first: bool = False) -> None:
        if first or is_wanted(trainer.steps_done, self._capacity):
            self._put_moment(trainer, good_snapshot(trainer))

    def _put_moment(self, trainer: Trainer, snapshot: Snapshot) -> None:
        encodings = trainer.encode(self._sample, self._request.data.class_names)
        require_finite(encodings.mu)
        self._put(Moment(TimelineEntry(snapshot, encodings), self._capacity))

    def _end(self, trainer: Trainer) -> Ended:
        self._finish_first_look()
        self._flush(time.perf_counter())
        if trainer.finished:
            trainer.keep_best()
        checkpoint = good_checkpoint(trainer)
        self._put_moment(trainer, checkpoint.snapshot)
        self._put(checkpoint.snapshot)
        if not trainer.finished:
            self._measure(trainer)
        return Ended(checkpoint, trainer.finished, None)
