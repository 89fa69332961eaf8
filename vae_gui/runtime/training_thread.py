"""TrainingThread: carries out a run, in itself or in a process of its own, and keeps what it falls back on."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import replace

from PySide6.QtCore import QObject, QThread

from vae_gui.core.support.errors import sentence
from vae_gui.core.vae.loss_terms import loss_text, unit
from vae_gui.core.vae.run.loop import TrainingLoop
from vae_gui.core.vae.run.messages import (
    Command,
    Ended,
    Kept,
    Losses,
    Message,
    Moment,
    Runner,
    RunRequest,
    broken_off,
)
from vae_gui.core.vae.run.process import ProcessRunner, TrainingProcess
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.timeline import Timeline
from vae_gui.runtime.overrides import qt_override

log = logging.getLogger(__name__)
LOG_STEPS = 100  # from one line of the log file to the next
LOG_LINE = "step %d: %s %s"
KEPT = " It is kept as it was after step {:,}, and Run ▸ Continue goes on from there, paused."


class TrainingThread(QThread):
    """Messages are put into `outbox` and pulled from there, moments as a whole Timeline; nothing is signalled.

    in_process: train in a process of its own. spare: one that waits for a run already.
    """

    def __init__(
        self,
        request: RunRequest,
        allowed_steps: float,
        timeline: Timeline,
        in_process: bool,
        spare: TrainingProcess | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.outbox: deque[Message | Timeline] = deque()
        self._request, self._allowed_steps = request, allowed_steps
        self._timeline, self._in_process, self._spare = timeline, in_process, spare
        self._good: Checkpoint | None = None
        self._choosing = threading.Lock()
        self._runner: Runner | None = None
        self._early: list[Command] = []

    def take(self, command: Command) -> None:
        """Carried out between two steps."""
        with self._choosing:
            if self._runner is None:
                self._early.append(command)
            else:
                self._runner.take(command)

    @qt_override
    def run(self) -> None:
        """Carry the run out; its last message is Ended, whatever happens."""
        try:
            runner = self._choose()
            with self._choosing:
                self._runner = runner
                for command in self._early:
                    runner.take(command)
            runner.run()
        except Exception as error:
            self._receive(broken_off(error))
        finally:
            if self._spare is not None:
                self._spare.close()  # also where no run came to it

    def _choose(self) -> Runner:
        request, allowed_steps = self._request, self._allowed_steps
        if self._in_process:
            try:
                process = self._spare or TrainingProcess(cards=not request.on_cpu)
                return ProcessRunner(process, request, allowed_steps, self._receive)
            except OSError as error:
                log.warning("no process of its own: %s", error)
        return TrainingLoop(request, allowed_steps, self._receive)

    def _receive(self, message: Message) -> None:
        match message:
            case Kept(checkpoint):
                self._good = checkpoint
            case Moment(entry, capacity):
                self._timeline = self._timeline.within(capacity).added(entry)
                self.outbox.append(self._timeline)
            case Ended(error=str()):
                self.outbox.append(self._fall_back(message))
            case _:
                if isinstance(message, Losses) and not message.of_test:
                    self._log(message)
                self.outbox.append(message)

    def _log(self, losses: Losses) -> None:
        model, rows = self._request.config.model, losses.rows
        for step, *values in rows[rows[:, 0] % LOG_STEPS == 0].tolist():
            log.info(LOG_LINE, step, loss_text(model, *values), unit(model))

    def _fall_back(self, ended: Ended) -> Ended:
        """The end of a run that cannot go on: what is left of it is its last good state."""
        good, error = self._good, sentence(ended.error or "")
        if ended.trace:
            log.error("training failed\n%s", ended.trace)
        if good is not None:
            error += KEPT.format(good.snapshot.step) if good.optimizer else ""
            self.outbox.append(good.snapshot)
        return replace(ended, checkpoint=good, error=error)
