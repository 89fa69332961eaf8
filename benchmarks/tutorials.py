"""P5: one epoch of each tutorial's recipe, at its own batch, beside its loop as a tutorial writes it."""

import time
from dataclasses import replace
from itertools import chain, repeat

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from benchmarks.common import DATA_FOLDER, Claim, alternate, mnist, seconds
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.losses import kl_to_prior
from vae_gui.core.vae.models.base import build, reparameterise
from vae_gui.core.vae.presets import PRESETS, Preset
from vae_gui.core.vae.step import losses_of
from vae_gui.core.vae.trainer import Trainer

RECIPES = [preset for name, preset in PRESETS.items() if name[0] == "s" and name[1].isdigit()]
MIN_RATIO, ROUNDS, BUDGET_SECONDS = 2.0, 3, 4.0


class TutorialLoop:
    """The same networks, with torchvision's images one by one, a sigmoid before the loss, `.item()` at each step.

    workers: of the DataLoader.
    """

    def __init__(self, preset: Preset, workers: int = 0) -> None:
        from torchvision.datasets import MNIST
        from torchvision.transforms import ToTensor

        data = MNIST(str(DATA_FOLDER), download=False, transform=ToTensor())
        loader = DataLoader(
            data,
            preset.train.batch_size,
            shuffle=True,
            num_workers=workers,
            persistent_workers=workers > 0,
        )
        self.batches = chain.from_iterable(repeat(loader))  # for ever
        self.model = build(preset.model)
        kind = torch.optim.AdamW if preset.train.optimizer == "adamw" else torch.optim.Adam
        self.optimizer = kind(self.model.parameters(), preset.train.learning_rate)
        self.bernoulli = preset.model.likelihood == "bernoulli"
        self.total = 0.0

    def run(self, steps: int) -> None:
        for _ in range(steps):
            x, _ = next(self.batches)
            mu, logvar = self.model.encode(x)
            z = reparameterise(mu, logvar, torch.randn_like(mu))
            loss = self._reconstruction(torch.sigmoid(self.model.decode(z)), x)
            loss = loss + kl_to_prior(mu, logvar).sum()
            self.optimizer.zero_grad()
            torch.autograd.backward(loss)
            self.optimizer.step()
            self.total += loss.item()

    def _reconstruction(self, mean: Tensor, x: Tensor) -> Tensor:
        if self.bernoulli:
            return functional.binary_cross_entropy(mean, x, reduction="sum")
        return nn.functional.mse_loss(mean, x, reduction="sum")


def run() -> list[Claim]:
    """One row for each recipe."""
    data = mnist()
    return [_epoch(preset, data) for preset in RECIPES]


def _epoch(preset: Preset, data: ImageData) -> Claim:
    """Time an epoch by as many steps as fit the budget: a whole epoch of the slowest takes minutes."""
    train = replace(preset.train, device="cpu", threads=torch.get_num_threads())
    ours = Trainer(RunConfig(preset.name, "mnist", preset.model, train), data, "benchmark")
    tutorial = TutorialLoop(preset)
    losses_of([ours.step() for _ in range(3)])
    began = time.perf_counter()
    tutorial.run(3)
    steps = max(5, round(3 * BUDGET_SECONDS / (time.perf_counter() - began) / ROUNDS))
    mine, theirs = alternate(
        lambda: seconds(lambda: losses_of([ours.step() for _ in range(steps)])),
        lambda: seconds(lambda: tutorial.run(steps)),
        ROUNDS,
    )
    share = ours.steps_per_epoch / steps
    return Claim(
        "P5",
        f"one epoch of MNIST, {preset.name}, batch {train.batch_size}",
        f"{mine * share:.1f} s",
        f"its tutorial's loop: {theirs * share:.1f} s",
        theirs / mine,
        f"≥ {MIN_RATIO:g}",
        theirs >= MIN_RATIO * mine,
    )
