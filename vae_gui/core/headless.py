"""A whole run without a screen, and what a finished model carries with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from vae_gui.core.config import RunConfig
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.encodings import Encodings
from vae_gui.core.history import History
from vae_gui.core.inference import answer
from vae_gui.core.requests import Encode, Frozen
from vae_gui.core.snapshot import Checkpoint, Snapshot
from vae_gui.core.training import Evaluation, Step, Trainer, losses_of


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch of a run: mean losses of its batches, losses of the test split, and how long it took."""

    number: int
    train: Evaluation
    test: Evaluation
    seconds: float
    images_per_second: float


class HeadlessRun:
    """A trainer, its history, and the loop over both."""

    def __init__(
        self, config: RunConfig, data: ImageData, run_id: str, resume: Checkpoint | None = None
    ) -> None:
        self.trainer = Trainer(config, data, run_id, resume)
        self.history = History()

    def epochs(self) -> Iterator[Epoch]:
        """Train to the end; each epoch is yielded as soon as it is evaluated."""
        trainer = self.trainer
        while not trainer.finished:
            began, first = perf_counter(), trainer.steps_done
            steps: list[Step] = []
            while not steps or not trainer.epoch_is_complete:
                steps.append(trainer.step())
            rows = losses_of(steps)
            seconds = perf_counter() - began
            test = trainer.evaluate()
            assert test is not None
            test_row = np.array([[test.step, test.loss, test.reconstruction, test.kl]])
            self.history.extend(rows, test_row)
            means = Evaluation(trainer.steps_done, *rows[:, 1:].mean(axis=0).tolist())
            number = -(-trainer.steps_done // trainer.steps_per_epoch)
            images = (trainer.steps_done - first) * trainer.config.train.batch_size
            yield Epoch(number, means, test, seconds, images / seconds)
        trainer.keep_best()


def encode_split(snapshot: Snapshot, split: Split, class_names: tuple[str, ...]) -> Encodings:
    """q(z|x) of every image of a split."""
    mu, logvar = answer(snapshot, Encode(Frozen(split.images)))
    return Encodings(mu, logvar, split.labels, class_names)


def test_elbo(checkpoint: Checkpoint, data: ImageData) -> Evaluation:
    """Losses of the test split under exactly these weights, one fixed-seed sample per image."""
    config = checkpoint.config
    config = replace(config, train=replace(config.train, device="cpu"))
    evaluation = Trainer(config, data, "evaluation", checkpoint).evaluate()
    assert evaluation is not None
    return evaluation
