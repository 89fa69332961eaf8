"""P1, P2, P3: training throughput against the tutorial's loop and against the bare matrix products."""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.common import Claim, alternate, mnist, seconds
from benchmarks.tutorials import TutorialLoop
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.step import losses_of
from vae_gui.core.vae.trainer import Trainer

STEPS, ROUNDS = 100, 5
S3_LOSS, S3_EPOCHS = 151.5, 30


def trainer_of(preset: str, data: ImageData, **changes: float) -> Trainer:
    recipe = PRESETS[preset]
    train = replace(recipe.train, threads=torch.get_num_threads(), **changes)
    return Trainer(RunConfig(preset, "mnist", recipe.model, train), data, "benchmark")


def take(trainer: Trainer, steps: int) -> None:
    losses_of([trainer.step() for _ in range(steps)])


class Products:
    """The matrix products and convolutions of one step: forward, and backward for weights and inputs."""

    def __init__(self, trainer: Trainer) -> None:
        self._layers: list[tuple[nn.Module, Tensor, Tensor]] = []
        kinds = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
        hooks = [
            module.register_forward_hook(self._remember)
            for module in trainer.model.modules()
            if isinstance(module, kinds)
        ]
        trainer.step()
        for hook in hooks:
            hook.remove()
        self._layers[0][1].requires_grad_(False)  # nobody asks for the gradient of the images

    def _remember(self, module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        x = torch.randn_like(inputs[0]).requires_grad_()
        self._layers.append((module, x, torch.randn_like(output)))

    def run(self, steps: int) -> None:
        for _ in range(steps):
            for module, x, gradient in self._layers:
                wanted = [*([x] if x.requires_grad else []), *module.parameters()]
                torch.autograd.grad(module(x), wanted, gradient)


class HandWrittenLoop:
    """S3 as fast as it can be written by hand: data in memory, logits, fused Adam, one gather, no synchronisation."""

    def __init__(self, data: ImageData) -> None:
        self.images = torch.tensor(data.train.images).flatten(1)
        self.encoder = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 4))
        self.decoder = nn.Sequential(nn.Linear(2, 256), nn.ReLU(), nn.Linear(256, 784))
        parameters = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimizer = torch.optim.Adam(parameters, 1e-3, fused=True)
        self.batches = iter(())

    def run(self, steps: int) -> None:
        for _ in range(steps):
            batch = next(self.batches, None)
            if batch is None:
                self.batches = iter(torch.randperm(len(self.images)).split(128))
                batch = next(self.batches)
            x = self.images[batch].float().mul_(1 / 255)
            mu, logvar = self.encoder(x).chunk(2, 1)
            logits = self.decoder(mu + torch.exp(0.5 * logvar) * torch.randn_like(mu))
            loss = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
            loss = loss - 0.5 * torch.sum(1 + logvar - mu.square() - logvar.exp())
            self.optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss / len(x))
            self.optimizer.step()


def throughput(data: ImageData) -> tuple[list[Claim], float]:
    """P1; also the tutorial's time for a step."""
    loops = {workers: TutorialLoop(PRESETS["s3-mlp"], workers) for workers in (0, 1, 2)}
    for loop in loops.values():
        loop.run(20)
    best = min(loops, key=lambda workers: seconds(lambda: loops[workers].run(STEPS)))
    ours, hand = trainer_of("s3-mlp", data), HandWrittenLoop(data)
    take(ours, 20)
    hand.run(20)
    mine, theirs = alternate(
        lambda: seconds(lambda: take(ours, STEPS)),
        lambda: seconds(lambda: loops[best].run(STEPS)),
        ROUNDS,
    )
    again, by_hand = alternate(
        lambda: seconds(lambda: take(ours, STEPS)), lambda: seconds(lambda: hand.run(STEPS)), 15
    )
    claims = [
        _rate_claim("hand-written loop", again, by_hand, 0.98),
        _rate_claim(f"tutorial loop, {best} workers", mine, theirs, 3.0),
    ]
    return claims, theirs / STEPS


def _rate_claim(reference: str, mine: float, theirs: float, least: float) -> Claim:
    ratio = theirs / mine
    return Claim(
        "P1",
        "training throughput, s3-mlp, batch 128, all cores",
        f"{STEPS * 128 / mine:,.0f} images/s",
        f"{reference}: {STEPS * 128 / theirs:,.0f} images/s",
        ratio,
        f"≥ {least:g}",
        ratio >= least,
    )


def floor(preset: str, data: ImageData) -> Claim:
    """P2."""
    ours = trainer_of(preset, data)
    products = Products(ours)
    steps = 10 if preset == "recommended-16" else 30
    take(ours, 5)
    products.run(5)
    mine, bare = alternate(
        lambda: seconds(lambda: take(ours, steps)),
        lambda: seconds(lambda: products.run(steps)),
        ROUNDS,
    )
    ratio = mine / bare
    return Claim(
        "P2",
        f"training step, {preset}, batch {ours.config.train.batch_size}",
        f"{1000 * mine / steps:.1f} ms",
        f"its matrix products and convolutions alone: {1000 * bare / steps:.1f} ms",
        ratio,
        "≤ 1.35",
        ratio <= 1.35,
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
        "≥ 50",
        ratio >= 50 and loss <= S3_LOSS,
    )


def run() -> list[Claim]:
    """All claims of this file."""
    data = mnist()
    rates, tutorial_step = throughput(data)
    recipes = [name for name in PRESETS if name.startswith("recommended")]
    return [
        *rates,
        *(floor(name, data) for name in recipes),
        time_to_loss(data, tutorial_step),
    ]
