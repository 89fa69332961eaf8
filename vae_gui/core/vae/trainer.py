"""Training a variational autoencoder: Auto-Encoding Variational Bayes (Kingma & Welling 2014).

Random numbers are a function of (seed, step), so a checkpoint needs no generator state and
evaluation, previews and snapshots cannot disturb a run.
"""

import copy
import math
from collections.abc import Callable, Generator
from dataclasses import replace

import torch
from torch import Tensor

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.support.progress import finish
from vae_gui.core.vae import schedule
from vae_gui.core.vae.batches import Batches, as_floats
from vae_gui.core.vae.config import (
    OPTIMIZER,
    HyperparameterChange,
    LiveHyperparameters,
    RunConfig,
)
from vae_gui.core.vae.devices import choose_device, use_threads
from vae_gui.core.vae.em_phase import EMPhase
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.exact_em import PosteriorGrid, negative_log_q, posterior_grid
from vae_gui.core.vae.fits import check_fits
from vae_gui.core.vae.held_out import as_seen_by
from vae_gui.core.vae.losses import kl_to_prior, reconstruction_loss
from vae_gui.core.vae.models.base import (
    build,
    check_weights,
    load_weights,
    reparameterise,
    take_snapshot,
)
from vae_gui.core.vae.optimizers import make_optimizer
from vae_gui.core.vae.random_numbers import RandomNumbers
from vae_gui.core.vae.random_streams import NOISE, POSTERIOR, TEST_NOISE
from vae_gui.core.vae.resume import arrays_of, take_arrays
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.step import Evaluation, Step

EVALUATION_BATCH = 500


class Trainer:
    """One run, one call of `step` at a time. Build it and call it on the same thread.

    device: where it is trained; "" for where its setting says.
    """

    def __init__(
        self,
        config: RunConfig,
        data: ImageData,
        run_id: str,
        resume: Checkpoint | None = None,
        device: str = "",
    ) -> None:
        check_fits(config, data)
        use_threads(config.train.threads)
        self.config = config
        self.run_id = run_id
        self.device = choose_device(device or config.train.device)
        self.hyperparameters = LiveHyperparameters(config.train.beta, config.train.learning_rate)
        self.steps_done = 0
        self._images = len(data.train)
        self.steps_per_epoch = schedule.steps_per_epoch(config.train, self._images)
        self.best: Snapshot | None = None
        self.best_loss = math.inf
        self.epochs_without_improvement = 0
        self._last: Snapshot | None = None  # where the model went back to the best weights
        seen = as_seen_by(config.train, data)
        self._test = torch.tensor(seen.test.images, device=self.device).unsqueeze(1)
        self._em = EMPhase(schedule.phases(config.train, len(data.train)), self.steps_per_epoch)
        self._random = RandomNumbers(config.random_streams, config.train.seed, self.device)
        self._batches = Batches(config.train, seen.train, self._random, self.device)
        self.model = build(config.model, config.train.seed).to(self.device)
        self.optimizer = make_optimizer(config.train.optimizer, self.model.parameters())
        self._trained_before: tuple[str, ...] = ()
        if resume is not None:
            self._resume(resume)
        self._began_at = self.steps_done

    @property
    def epoch(self) -> int:
        """Passes over the training images that are complete."""
        return self.steps_done // self.steps_per_epoch

    @property
    def shown_step(self) -> int:
        """The step that the weights of the model are of; earlier than the last where patience chose them."""
        return self.steps_done if self._last is None or self.best is None else self.best.step

    @property
    def total_steps(self) -> int:
        """Return the length of the run as it is known at this step."""
        return schedule.run_steps(self.config.train_at(self.steps_done), self._images)

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
        grid = finish(self.e_step())
        self._replay_changes()
        self._set_learning_rate()
        x, seen = self._batches.take(self.steps_done)  # (B, 1, side, side)
        if grid is not None and self.steps_done in self._em.parts.em:
            losses = self._em_losses(x, seen, grid, self.steps_done)
        else:
            losses = self._losses(x, seen, NOISE, self.steps_done)
        objective = losses[0]
        if grid is not None and self.steps_done in self._em.parts.blend:
            objective = objective + self._reconstruction(
                x, self._exact_z(x, grid, self.steps_done)[0]
            )
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(objective)
        self.optimizer.step()
        self.steps_done += 1
        return Step(self.steps_done, torch.stack(losses).detach())

    def e_step(self) -> Generator[None, None, PosteriorGrid | None]:
        """Compute in parts what the next step has to know of the exact posterior; `step` does what is left of it."""
        return self._em.e_step(self.steps_done, self.model, self.snapshot)

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
            in_em = self.steps_done - 1 in self._em.parts.em
            grid = (yield from posterior_grid(self.model)) if in_em else None
            total = torch.zeros((2, 3), dtype=torch.float64)  # with z of q(z|x), and of p(z|x)
            for start in range(0, len(self._test), EVALUATION_BATCH):
                yield
                x = as_floats(self._test[start : start + EVALUATION_BATCH])
                looks = [self._losses(x, x, TEST_NOISE, start)]
                if grid is not None:
                    looks.append(self._em_losses(x, x, grid, start))
                for sums, losses in zip(total, looks, strict=False):
                    sums += len(x) * torch.stack(losses).cpu().double()
        finally:
            self.model.train()
        own, exact = (total / len(self._test)).tolist()
        of_posterior = None if grid is None else Evaluation(self.steps_done, *exact)
        return replace(Evaluation(self.steps_done, *own), exact=of_posterior)

    def twin(self) -> "Trainer":
        """Return a trainer with a copy of the model as it is, to evaluate and encode with while this one goes on."""
        twin = copy.copy(self)
        twin.model = copy.deepcopy(self.model)
        return twin

    @torch.no_grad()
    def encode(self, split: Split, class_names: tuple[str, ...]) -> Encodings:
        """q(z|x) of a few images under the current weights."""
        self.model.eval()
        x = as_floats(torch.tensor(split.images, device=self.device).unsqueeze(1))
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
        """A copy of the weights as they are now, with the step that they are of."""
        return take_snapshot(self.model, self.run_id, self.shown_step)

    def checkpoint(self) -> Checkpoint:
        """Return all that is needed to go on later."""
        return Checkpoint(
            self.config,
            self.snapshot(),
            arrays_of(self.optimizer),
            self.best,
            self.best_loss,
            self.epochs_without_improvement,
            self._em.seen_at(self.steps_done),
            self._last,
            self._trained_on(),
        )

    def keep_best(self) -> None:
        """Go back, at the end of a run, to the weights with the lowest test loss, if patience asked for them.

        Only test losses of the present objective count. The optimizer's state is that of the last weights, with which
        a run that goes on begins.
        """
        best = self.best if self.config.train.patience and self._best_is_comparable else None
        if best is not None and best.step != self.steps_done:
            self._last = self.snapshot()
            load_weights(self.model, best)

    def _trained_on(self) -> tuple[str, ...]:
        """Return the kinds of device that have taken steps of this run, in their order."""
        here = (self.device.type,) if self.steps_done > self._began_at else ()
        return tuple(dict.fromkeys((*self._trained_before, *here)))

    def _losses(
        self, x: Tensor, seen: Tensor, stream: int, number: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Objective, reconstruction and KL of a batch, of which the encoder sees `seen`."""
        mu, logvar = self._encode(seen)
        noise = self._random.normal((len(x), self.config.model.latent_dim), stream, number)
        reconstruction = self._reconstruction(x, reparameterise(mu, logvar, noise))
        kl = kl_to_prior(mu, logvar).sum(1).mean()
        beta = self.hyperparameters.beta * self._warmup(self.steps_done)
        return reconstruction + beta * kl, reconstruction, kl

    def _em_losses(
        self, x: Tensor, seen: Tensor, grid: PosteriorGrid, number: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The same with z from p(z|x), where reconstruction + KL bounds −log p(x); the encoder learns to tell z."""
        z, kl = self._exact_z(x, grid, number)
        mu, logvar = self._encode(seen)
        assert logvar is not None
        reconstruction = self._reconstruction(x, z)
        return reconstruction + negative_log_q(mu, logvar, z).mean(), reconstruction, kl.mean()

    def _exact_z(self, x: Tensor, grid: PosteriorGrid, number: int) -> tuple[Tensor, Tensor]:
        return grid.draw(x, self._random.uniform((len(x), 3), POSTERIOR, number))

    def _encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        with self._precision():
            mu, logvar = self.model.encode(x)
        return mu.float(), None if logvar is None else logvar.float()

    def _reconstruction(self, x: Tensor, z: Tensor) -> Tensor:
        with self._precision():
            logits = self.model.decode(z)
        likelihood, log_sigma = self.config.model.likelihood, self.model.pixel_log_sigma()
        return reconstruction_loss(likelihood, logits.float(), x, log_sigma).mean()

    def _precision(self) -> torch.autocast:
        half = self.config.train.precision == "bfloat16" and self.model.training
        return torch.autocast(self.device.type, torch.bfloat16, enabled=half)

    def _warmup(self, step: int) -> float:
        return schedule.beta_factor(self.config.train, step, self.steps_per_epoch)

    def _set_learning_rate(self) -> None:
        factor = schedule.learning_rate_factor(
            self.config.train, self._em.parts, self.steps_done, self.total_steps
        )
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
        """Say whether the best loss weighs the KL as the present objective does."""
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
        load_weights(self.model, checkpoint.goes_on_from)
        if checkpoint.best is not None:
            check_weights(self.model, checkpoint.best)
        self.steps_done = checkpoint.steps_done
        self.best, self.best_loss = checkpoint.best, checkpoint.best_loss
        self._trained_before = checkpoint.trained_on
        self.epochs_without_improvement = checkpoint.epochs_without_improvement
        for change in self.config.changes:
            if change.step <= self.steps_done:
                self.hyperparameters = self.hyperparameters.after(change)
        self._em.resume(self.steps_done, checkpoint.e_step, self.device)
        take_arrays(self.optimizer, list(self.model.parameters()), checkpoint.optimizer)
