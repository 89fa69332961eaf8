"""A whole run without a screen."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, stratified
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.support.settings import Value
from vae_gui.core.vae import schedule
from vae_gui.core.vae.collapse import CollapseWatch, advice
from vae_gui.core.vae.config import LiveHyperparameters, RunConfig
from vae_gui.core.vae.device_choice import choose
from vae_gui.core.vae.device_errors import device_errors_in_words
from vae_gui.core.vae.divergence import good_checkpoint, good_snapshot, require_finite
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.history import History, HistoryRows
from vae_gui.core.vae.run_settings import LIVE_HYPERPARAMETERS
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.step import Evaluation, Step, losses_of
from vae_gui.core.vae.timeline import ENTRY_IMAGES, Timeline, TimelineEntry
from vae_gui.core.vae.trainer import Trainer

KEEP_EVERY = 50  # steps after which losses leave the device


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One epoch of a run: mean losses of its images, losses of the test split, and how long it took.

    seconds: of training, without the test. Both they and the rate count only what this process trained.
    """

    number: int
    train: Evaluation
    test: Evaluation
    seconds: float
    images_per_second: float


class HeadlessRun:
    """A trainer, its history, and the loop over both.

    last_good: the state when the last whole epoch ended; None before that.
    timeline: grows with the run, where it was given; else None.
    warning: a sentence about how the run goes, or "".
    """

    def __init__(
        self,
        config: RunConfig,
        data: ImageData,
        run_id: str,
        resume: Checkpoint | None = None,
        history: HistoryRows | None = None,
        timeline: Timeline | None = None,
    ) -> None:
        choice = choose(config, data)
        with device_errors_in_words(config.train, choice.device, begun=False):
            self.trainer = Trainer(config, data, run_id, resume, choice.device)
        self.history = History()
        self.timeline = timeline
        self.last_good: Checkpoint | None = None
        self.warning = choice.warning
        self._class_names = data.class_names
        self._sample = stratified(data.test, ENTRY_IMAGES)
        self._collapse = CollapseWatch(config.train, self.trainer.steps_per_epoch)
        self._train_images = schedule.trained_images(config.train, len(data.train))
        if history is not None:
            self.history.extend(history.steps, history.tests, config.changes, history.exact)
        with self._device_errors_in_words():
            self._keep_moment()
            if self.trainer.steps_done == 0:
                self._test()

    def set_hyperparameters(self, beta: float | None, learning_rate: float | None) -> None:
        """Set the live hyperparameters that are given from the next step on; the config records it."""
        hyperparameters = self.trainer.hyperparameters
        self.trainer.set_hyperparameters(
            LiveHyperparameters(
                hyperparameters.beta if beta is None else beta,
                hyperparameters.learning_rate if learning_rate is None else learning_rate,
            )
        )

    def epochs(self, go_on: Callable[[], bool] = lambda: True) -> Iterator[EpochResult]:
        """Train to the end, or until `go_on`, which is asked before every step, says no.

        Each epoch is yielded as soon as it is evaluated. Raises UserError where the losses are not finite
        or the device fails.
        """
        with self._device_errors_in_words():
            yield from self._epochs(go_on)

    def _device_errors_in_words(self) -> AbstractContextManager[None]:
        trainer = self.trainer
        return device_errors_in_words(trainer.config.train, trainer.device.type)

    def _epochs(self, go_on: Callable[[], bool]) -> Iterator[EpochResult]:
        trainer = self.trainer
        while not trainer.finished:
            first, began = trainer.steps_done, perf_counter()
            if not self._train_epoch(go_on):
                self._keep_moment(last=True)
                self._measure()
                return
            seconds = perf_counter() - began
            test = self._test()
            self.last_good = good_checkpoint(trainer)
            images = self._seen(trainer.steps_done) - self._seen(first)
            number = -(-trainer.steps_done // trainer.steps_per_epoch)
            yield EpochResult(number, self._mean_of_epoch(number), test, seconds, images / seconds)
        trainer.keep_best()
        self._keep_moment(last=True)

    def rows(self) -> HistoryRows:
        """The curves so far."""
        return self.history.frozen()

    def _train_epoch(self, go_on: Callable[[], bool]) -> bool:
        """Take the steps that the epoch still needs; False where it was interrupted."""
        steps: list[Step] = []
        complete = False
        while not complete and go_on():
            steps.append(self.trainer.step())
            self._keep_moment()
            complete = self.trainer.epoch_is_complete
            if complete or len(steps) == KEEP_EVERY:
                self._keep(steps)
                steps = []
        self._keep(steps)
        return complete

    def _keep(self, steps: list[Step]) -> None:
        if steps:
            rows = losses_of(steps)
            require_finite(rows)
            self.history.extend(rows)

    def _keep_moment(self, last: bool = False) -> None:
        timeline = self.timeline
        if timeline is not None and (last or timeline.wants(self.trainer.steps_done)):
            snapshot = good_snapshot(self.trainer)
            self.timeline = timeline.added(TimelineEntry(snapshot, self._encode()))

    def _encode(self) -> Encodings:
        return self.trainer.encode(self._sample, self._class_names)

    def _test(self) -> Evaluation:
        test = self.trainer.evaluate()
        assert test is not None
        self._tell(test)
        if self._collapse.sees_it(test.step, self._encode()):
            self.warning = advice(self.trainer.config.train, self.trainer.hyperparameters)
        return test

    def _measure(self) -> None:
        """Look at the test images once more where the weights have moved on.

        Patience, which counts epochs, does not see this look.
        """
        tests = self.history.tests.column("step")
        if not len(tests) or tests[-1] != self.trainer.steps_done:
            self._tell(finish(self.trainer.evaluation()))

    def _tell(self, test: Evaluation) -> None:
        require_finite(test.row)
        self.history.extend(tests=test.row)
        if test.exact is not None:
            require_finite(test.exact.row)
            self.history.extend(exact=test.exact.row)

    def _mean_of_epoch(self, number: int) -> Evaluation:
        """Average the losses over the epoch's images, including those from before an interruption."""
        before = (number - 1) * self.trainer.steps_per_epoch
        rows = self.history.steps.rows()
        rows = rows[rows[:, 0] > before]
        weights = [self._seen(int(step)) - self._seen(int(step) - 1) for step in rows[:, 0]]
        means: NDArray[np.float64] = np.average(rows[:, 1:], axis=0, weights=weights)
        return Evaluation(self.trainer.steps_done, *means.tolist())

    def _seen(self, steps: int) -> int:
        """Images that so many steps have trained on; the last batch of an epoch may be smaller."""
        epochs, batches = divmod(steps, self.trainer.steps_per_epoch)
        size = self.trainer.config.train.batch_size
        return epochs * self._train_images + min(batches * size, self._train_images)


def resumed_run(
    config: RunConfig,
    data: ImageData,
    checkpoint: Checkpoint,
    rows: HistoryRows | None,
    timeline: Timeline | None,
    values: Mapping[str, Value],
    longer: str,
) -> HeadlessRun:
    """Return the run as it was left, with the live hyperparameters among `values` from its next step on.

    longer: how the caller gives a run more epochs, as the end of a sentence. Raises UserError for a finished run.
    """
    run = HeadlessRun(config, data, checkpoint.snapshot.run_id, checkpoint, rows, timeline)
    if run.trainer.finished:
        raise UserError(f"This run has reached its end after {run.trainer.epoch} epochs: {longer}.")
    beta, learning_rate = (values.get(name) for name in LIVE_HYPERPARAMETERS)
    run.set_hyperparameters(
        None if beta is None else float(beta),
        None if learning_rate is None else float(learning_rate),
    )
    return run
