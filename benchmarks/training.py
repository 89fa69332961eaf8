"""P1, P2, P3: training throughput against the tutorial's loop and against the bare matrix products."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.common import DATA_FOLDER, Claim, alternate, mnist, seconds
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.step import losses_of
from vae_gui.core.vae.trainer import Trainer

STEPS, ROUNDS = 100, 5
S3_LOSS, S3_EPOCHS = 151.5, 30


def tutorial_batches(workers: int) -> Iterator[Tensor]:
    """Batches as the tutorial takes them: torchvision, ToTensor, DataLoader; for ever."""
    from torch.utils.data import DataLoader
    from torchvision.datasets import MNIST
    from torchvision.transforms import ToTensor

    data = MNIST(str(DATA_FOLDER), download=False, transform=ToTensor())
    loader = DataLoader(
        data, 128, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )
    while True:
        for images, _ in loader:
            yield images


class TutorialLoop:
    """S3 as it is written: BCE after a sigmoid, plain Adam, `.item()` at each step."""

    def __init__(self, workers: int) -> None:
        self.batches = tutorial_batches(workers)
        self.encoder = nn.Sequential(nn.Linear(784, 256), nn.ReLU())
        self.mu, self.logvar = nn.Linear(256, 2), nn.Linear(256, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid()
        )
        parts = (self.encoder, self.mu, self.logvar, self.decoder)
        self.optimizer = torch.optim.Adam([p for part in parts for p in part.parameters()], 1e-3)
        self.total = 0.0

    def run(self, steps: int) -> None:
        for images in islice(self.batches, steps):
            x = images.view(-1, 784)
            h = self.encoder(x)
            mu, logvar = self.mu(h), self.logvar(h)
            z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
            loss = functional.binary_cross_entropy(self.decoder(z), x, reduction="sum")
            loss = loss - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.total += loss.item()


def trainer_of(preset: str, data: ImageData, **changes: float) -> Trainer:
    recipe = PRESETS[preset]
    train = replace(recipe.train, threads=torch.get_num_threads(), **changes)
    return Trainer(RunConfig(preset, "mnist", recipe.model, train), data, "benchmark")


def take(trainer: Trainer, steps: int) -> None:
    losses_of([trainer.step() for _ in range(steps)])


class MatrixProducts:
    """The products of one step of a model of linear layers: forward, and backward for weights and inputs."""

    def __init__(self, trainer: Trainer) -> None:
        batch = trainer.config.train.batch_size
        layers = [m for m in trainer.model.modules() if isinstance(m, nn.Linear)]
        self.shapes = [
            (torch.randn(batch, m.in_features), torch.randn(m.in_features, m.out_features))
            for m in layers
        ]
        first = layers[0]
        self.without_input_gradient = {id(self.shapes[0][0])} if first else set()

    @torch.no_grad()
    def run(self, steps: int) -> None:
        for _ in range(steps):
            for x, weight in self.shapes:
                y = x @ weight
                x.T @ y
                if id(x) not in self.without_input_gradient:
                    y @ weight.T


def throughput(data: ImageData) -> tuple[Claim, float]:
    """P1; also the tutorial's time for a step."""
    loops = {workers: TutorialLoop(workers) for workers in (0, 1, 2)}
    for loop in loops.values():
        loop.run(20)
    best = min(loops, key=lambda workers: seconds(lambda: loops[workers].run(STEPS)))
    ours = trainer_of("s3-mlp", data)
    take(ours, 20)
    mine, theirs = alternate(
        lambda: seconds(lambda: take(ours, STEPS)),
        lambda: seconds(lambda: loops[best].run(STEPS)),
        ROUNDS,
    )
    ratio = theirs / mine
    claim = Claim(
        "P1",
        "training throughput, s3-mlp, batch 128",
        f"{STEPS * 128 / mine:,.0f} images/s",
        f"tutorial loop, {best} workers: {STEPS * 128 / theirs:,.0f} images/s",
        ratio,
        "≥ 5",
        ratio >= 5,
    )
    return claim, theirs / STEPS


def floor(data: ImageData) -> Claim:
    """P2."""
    ours = trainer_of("recommended", data)
    products = MatrixProducts(ours)
    take(ours, 20)
    products.run(5)
    mine, bare = alternate(
        lambda: seconds(lambda: take(ours, STEPS // 2)),
        lambda: seconds(lambda: products.run(STEPS // 2)),
        ROUNDS,
    )
    ratio = mine / bare
    return Claim(
        "P2",
        "training step, recommended, batch 256",
        f"{1000 * mine / (STEPS // 2):.1f} ms",
        f"its matrix products alone: {1000 * bare / (STEPS // 2):.1f} ms",
        ratio,
        "≤ 1.3",
        ratio <= 1.3,
    )


def time_to_loss(data: ImageData, tutorial_step: float) -> Claim:
    """P3: the shortest one-cycle run of `recommended` that reaches S3's loss, evaluation included."""
    spent, loss = 0.0, float("inf")
    per_epoch = -(-len(data.train) // 128)
    for epochs in (1, 1.25, 1.5, 2, 3):
        steps = round(epochs * per_epoch)
        trainer = trainer_of("recommended", data, epochs=1, min_steps=steps, batch_size=128)

        def whole_run(trainer: Trainer = trainer) -> None:
            take(trainer, trainer.total_steps)

        spent = seconds(whole_run)
        evaluation = trainer.evaluate()
        assert evaluation is not None
        loss = evaluation.reconstruction + evaluation.kl
        if loss <= S3_LOSS:
            break
    theirs = tutorial_step * per_epoch * S3_EPOCHS
    ratio = theirs / spent
    return Claim(
        "P3",
        f"time to {S3_LOSS} nats on the test set, two dimensions",
        f"{spent:.1f} s ({epochs:g} epochs, {loss:.1f} nats)",
        f"tutorial loop, {S3_EPOCHS} epochs: {theirs:.0f} s",
        ratio,
        "≥ 30",
        ratio >= 30 and loss <= S3_LOSS,
    )


def run() -> list[Claim]:
    """All claims of this file."""
    data = mnist()
    first, tutorial_step = throughput(data)
    return [first, floor(data), time_to_loss(data, tutorial_step)]
