"""Training a variational autoencoder: Auto-Encoding Variational Bayes (Kingma & Welling 2014).

Random numbers are a function of (seed, step), so a checkpoint needs no generator state and
evaluation, previews and snapshots cannot disturb a run.
"""

import copy
import math
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae import schedule
from vae_gui.core.vae.config import (
    OPTIMIZER,
    HyperparameterChange,
    LiveHyperparameters,
    RunConfig,
)
from vae_gui.core.vae.devices import choose_device, use_threads
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.losses import kl_to_prior, reconstruction_loss
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import (
    build,
    check_weights,
    load_weights,
    reparameterise,
    take_snapshot,
)
from vae_gui.core.vae.random_streams import INPUT_NOISE, NOISE, ORDER, TEST_NOISE, generator_seed
from vae_gui.core.vae.resume import optimizer_state
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot

EVALUATION_BATCH = 500


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One optimizer step. losses: (3,) objective, reconstruction, KL, nats per image, on the device."""

    number: int
    losses: Tensor


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over the test split, one sample of q(z|x) per image, in nats per image."""

    step: int
    loss: float
    reconstruction: float
    kl: float


def losses_of(steps: list[Step]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows (n, 4) of step, loss, reconstruction, kl for a History; one transfer for all."""
    rows = np.empty((len(steps), 4))
    rows[:, 0] = [step.number for step in steps]
    rows[:, 1:] = torch.stack([step.losses for step in steps]).cpu().numpy()
    return rows


class Trainer:
    """One run, one call of `step` at a time. Build it and call it on the same thread."""

    def __init__(
        self, config: RunConfig, data: ImageData, run_id: str, resume: Checkpoint | None = None
    ) -> None:
        check_fits(config, data)
        use_threads(config.train.threads)
        self.config = config
        self.run_id = run_id
        self.device = choose_device(config.train.device)
        self.hyperparameters = LiveHyperparameters(config.train.beta, config.train.learning_rate)
        self.steps_done = 0
        self.steps_per_epoch = schedule.steps_per_epoch(config.train, len(data.train))
        self.best: Snapshot | None = None
        self.best_loss = math.inf
        self.epochs_without_improvement = 0
        self._train = torch.tensor(data.train.images, device=self.device).unsqueeze(1)
        self._test = torch.tensor(data.test.images, device=self.device).unsqueeze(1)
        self._order = torch.empty(0, dtype=torch.int64)
        self._noise = torch.Generator(self.device)
        self.model = build(config.model, config.train.seed).to(self.device)
        optimizer = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[config.train.optimizer]
        self.optimizer = optimizer(self.model.parameters(), fused=True)
        if resume is not None:
            self._resume(resume)

    @property
    def epoch(self) -> int:
        """Passes over the training images that are complete."""
        return self.steps_done // self.steps_per_epoch

    @property
    def total_steps(self) -> int:
        """Length of the run as it is known at this step."""
        return schedule.run_steps(self.config.train_at(self.steps_done), len(self._train))

    @property
    def epoch_is_complete(self) -> bool:
        return self.steps_done % self.steps_per_epoch == 0 or self.steps_done == self.total_steps

    @property
    def finished(self) -> bool:
        patience = self.config.train.patience
        impatient = 0 < patience <= self.epochs_without_improvement and self._best_is_comparable
        return self.steps_done >= self.total_steps or impatient

    def step(self) -> Step:
        """Take one batch and one optimizer step."""
        self._replay_changes()
        self._set_learning_rate()
        x = self._batch()  # (B, 1, side, side)
        noise = self._draw((len(x), self.config.model.latent_dim), NOISE, self.steps_done)
        loss, reconstruction, kl = self._losses(x, self._with_input_noise(x), noise)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self.optimizer.step()
        self.steps_done += 1
        return Step(self.steps_done, torch.stack((loss, reconstruction, kl)).detach())

    def evaluate(self, stopped: Callable[[], bool] = lambda: False) -> Evaluation | None:
        """Losses of the test split; None as soon as `stopped` says so. Remembers the best weights."""
        parts = self.evaluation()
        try:
            while not stopped():
                next(parts)
        except StopIteration as end:
            evaluation: Evaluation = end.value
            self._remember_best(evaluation)
            return evaluation
        parts.close()
        return None

    @torch.no_grad()
    def evaluation(self) -> Generator[None, None, Evaluation]:
        """The same in parts of EVALUATION_BATCH images; no step may be taken in between."""
        self.model.eval()
        try:
            total = torch.zeros(3, dtype=torch.float64)
            for start in range(0, len(self._test), EVALUATION_BATCH):
                yield
                x = _as_floats(self._test[start : start + EVALUATION_BATCH])
                noise = self._draw((len(x), self.config.model.latent_dim), TEST_NOISE, start)
                total += len(x) * torch.stack(self._losses(x, x, noise)).double().cpu()
        finally:
            self.model.train()
        return Evaluation(self.steps_done, *(total / len(self._test)).tolist())

    def twin(self) -> "Trainer":
        """With the weights of now in a model of its own, to evaluate and encode with while this one goes on."""
        twin = copy.copy(self)
        twin.model = copy.deepcopy(self.model)
        return twin

    @torch.no_grad()
    def encode(self, split: Split, class_names: tuple[str, ...]) -> Encodings:
        """q(z|x) of a few images under the current weights."""
        self.model.eval()
        x = _as_floats(torch.tensor(split.images, device=self.device).unsqueeze(1))
        mu, logvar = self.model.encode(x)
        self.model.train()
        return Encodings(
            mu.cpu().contiguous().numpy(),
            None if logvar is None else logvar.cpu().contiguous().numpy(),
            split.labels,
            class_names,
        )

    def set_hyperparameters(
        self, hyperparameters: LiveHyperparameters
    ) -> tuple[HyperparameterChange, ...]:
        """Set the live hyperparameters from the next step on; returns what changed, which the config now records."""
        changes = tuple(
            HyperparameterChange(self.steps_done, name, getattr(hyperparameters, name))
            for name in ("beta", "learning_rate")
            if getattr(hyperparameters, name) != getattr(self.hyperparameters, name)
        )
        past = tuple(c for c in self.config.changes if c.step <= self.steps_done)
        if changes:
            self.config = replace(self.config, changes=past + changes)
            self.hyperparameters = hyperparameters
        return changes

    def snapshot(self) -> Snapshot:
        """A copy of the weights as they are now."""
        return take_snapshot(self.model, self.run_id, self.steps_done)

    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on later."""
        state: dict[int, dict[str, Tensor]] = self.optimizer.state_dict()["state"]
        optimizer = {
            f"{name}.{index}": tensor.detach().cpu().clone().numpy()
            for index, tensors in state.items()
            for name, tensor in tensors.items()
        }
        return Checkpoint(
            self.config,
            self.snapshot(),
            optimizer,
            self.best,
            self.best_loss,
            self.epochs_without_improvement,
        )

    def keep_best(self) -> None:
        """Go back to the weights with the lowest test loss of the objective of now, if patience asked for them."""
        if self.config.train.patience and self.best is not None and self._best_is_comparable:
            load_weights(self.model, self.best)

    def _losses(self, x: Tensor, seen: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mu, logvar = self.model.encode(seen)
        logits = self.model.decode(reparameterise(mu, logvar, noise))
        likelihood, log_sigma = self.config.model.likelihood, self.model.pixel_log_sigma()
        reconstruction = reconstruction_loss(likelihood, logits, x, log_sigma).mean()
        kl = kl_to_prior(mu, logvar).sum(1).mean()
        beta = self.hyperparameters.beta * self._warmup(self.steps_done)
        return reconstruction + beta * kl, reconstruction, kl

    def _warmup(self, step: int) -> float:
        return schedule.beta_factor(self.config.train, step, self.steps_per_epoch)

    def _batch(self) -> Tensor:
        position = self.steps_done % self.steps_per_epoch
        if position == 0 or len(self._order) == 0:
            generator = torch.Generator().manual_seed(self._seed(ORDER, self.epoch))
            self._order = torch.randperm(len(self._train), generator=generator).to(self.device)
        size = self.config.train.batch_size
        return _as_floats(self._train[self._order[position * size : (position + 1) * size]])

    def _with_input_noise(self, x: Tensor) -> Tensor:
        sigma = self.config.train.input_noise
        if sigma == 0:
            return x
        return x + sigma * self._draw(tuple(x.shape), INPUT_NOISE, self.steps_done)

    def _draw(self, shape: tuple[int, ...], stream: int, number: int) -> Tensor:
        self._noise.manual_seed(self._seed(stream, number))
        return torch.randn(shape, generator=self._noise, device=self.device)

    def _seed(self, stream: int, number: int) -> int:
        return generator_seed(self.config.random_streams, self.config.train.seed, stream, number)

    def _set_learning_rate(self) -> None:
        factor = schedule.learning_rate_factor(self.config.train, self.steps_done, self.total_steps)
        for group in self.optimizer.param_groups:
            group["lr"] = self.hyperparameters.learning_rate * factor

    def _replay_changes(self) -> None:
        for change in self.config.changes:
            if change.step == self.steps_done:
                self.hyperparameters = self.hyperparameters.after(change)
                if change.name == OPTIMIZER:
                    self.optimizer.state.clear()

    @property
    def _best_is_comparable(self) -> bool:
        """Whether the best loss weighs the KL as the objective of now does."""
        best = self.best
        return (
            best is not None
            and self._warmup(best.step) == 1
            and not any(
                change.name == "beta" and best.step <= change.step < self.steps_done
                for change in self.config.changes
            )
        )

    def _remember_best(self, evaluation: Evaluation) -> None:
        if not self.config.train.patience or self._warmup(self.steps_done) < 1:
            return
        if evaluation.loss < self.best_loss or not self._best_is_comparable:
            self.best, self.best_loss, self.epochs_without_improvement = (
                self.snapshot(),
                evaluation.loss,
                0,
            )
        else:
            self.epochs_without_improvement += 1

    def _resume(self, checkpoint: Checkpoint) -> None:
        load_weights(self.model, checkpoint.snapshot)
        if checkpoint.best is not None:
            check_weights(self.model, checkpoint.best)
        self.steps_done = checkpoint.snapshot.step
        self.best, self.best_loss = checkpoint.best, checkpoint.best_loss
        self.epochs_without_improvement = checkpoint.epochs_without_improvement
        for change in self.config.changes:
            if change.step <= self.steps_done:
                self.hyperparameters = self.hyperparameters.after(change)
        state = optimizer_state(list(self.model.parameters()), checkpoint.optimizer)
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})


def check_fits(config: RunConfig, data: ImageData) -> None:
    """Raise UserError where a model cannot learn from this data."""
    entry = MODELS[config.model.architecture]
    if config.model.side != data.side:
        raise UserError(
            f"The model is built for images of {config.model.side} pixels, "
            f"but {data.title} has {data.side}: start a new run on this data set."
        )
    if entry.sides and data.side not in entry.sides:
        raise UserError(
            f"{entry.title} is built for images of {entry.sides[0]} pixels, "
            f"but {data.title} has {data.side}: choose another preset."
        )


def _as_floats(images: Tensor) -> Tensor:
    return images.to(torch.float32).mul_(1 / 255)
